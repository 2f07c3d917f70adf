// SPDX-License-Identifier: Apache-2.0
// Addresses, descriptions, header fields and authentication, each by table.
#include <gtest/gtest.h>

#include "rtsp/auth.h"
#include "rtsp/header_fields.h"
#include "rtsp/sdp.h"
#include "rtsp/url.h"

namespace vedette::rtsp {
namespace {

struct UrlRow {
  const char* text;
  const char* host;
  int port;  // 0: not an address
  const char* user;
  const char* password;
  const char* request_uri;
};

TEST(ParseUrl, ReadsAddressesAsPeoplePasteThem) {
  const UrlRow rows[] = {
      {"rtsp://h", "h", 554, "", "", "rtsp://h"},
      {" RTSP://Cam.Example/Live?x=1#f ", "cam.example", 554, "", "",
       "rtsp://cam.example/Live?x=1"},
      {"rtsps://h/a", "h", 322, "", "", "rtsps://h/a"},
      {"rtsp://u:p%40%2fs@h:8554/a", "h", 8554, "u", "p@/s", "rtsp://h:8554/a"},
      {"rtsp://u:p@ss:w%@h/a@b", "h", 554, "u", "p@ss:w%", "rtsp://h/a@b"},
      {"rtsp://u@[FE80::1]:99/", "fe80::1", 99, "u", "", "rtsp://[fe80::1]:99/"},
      {"rtsp://h:/a", "h", 554, "", "", "rtsp://h/a"},
      {"http://h/", "", 0, "", "", ""},
      {"h:554/a", "", 0, "", "", ""},
      {"rtsp://", "", 0, "", "", ""},
      {"rtsp://h:99999/", "", 0, "", "", ""},
      {"rtsp://h:0/", "", 0, "", "", ""},
      {"rtsp://[::1/", "", 0, "", "", ""},
      {"rtsp://h/a b", "", 0, "", "", ""},
      {"rtsp://h\r\nX: y/", "", 0, "", "", ""},
      {"rtsp://h/\r\nX: y", "", 0, "", "", ""},
  };
  for (const UrlRow& row : rows) {
    const auto url = parse_url(row.text);
    ASSERT_EQ(url.has_value(), row.port != 0) << row.text;
    if (!url) {
      EXPECT_EQ(url.error().code, ErrorCode::kInvalidArgument);
      continue;
    }
    EXPECT_EQ(url->host, row.host) << row.text;
    EXPECT_EQ(url->port, row.port) << row.text;
    EXPECT_EQ(url->user, row.user) << row.text;
    EXPECT_EQ(url->password, row.password) << row.text;
    EXPECT_EQ(url->request_uri(), row.request_uri) << row.text;
  }
}

TEST(ResolveControl, AppendsAsCamerasExpect) {
  const char* rows[][3] = {
      {"rtsp://h/s/", "trackID=1", "rtsp://h/s/trackID=1"},
      {"rtsp://h/s", "trackID=1", "rtsp://h/s/trackID=1"},
      {"rtsp://h/s/", "*", "rtsp://h/s/"},
      {"rtsp://h/s", "", "rtsp://h/s"},
      {"rtsp://h/s?a=1&b=2/", "trackID=0", "rtsp://h/s?a=1&b=2/trackID=0"},
      {"rtsp://h/s?a=1&b=2", "trackID=0", "rtsp://h/s?a=1&b=2/trackID=0"},
      {"rtsp://h/s/", "/track1", "rtsp://h/s/track1"},
      {"rtsp://h/s", "?track=1", "rtsp://h/s?track=1"},
      {"rtsp://h/s/", "rtsp://u:p@x:5/t", "rtsp://x:5/t"},
      {"rtsp://h:554/s/", "h:554/s/t", "rtsp://h:554/s/t"},
      {"rtsp://h//s", "video", "rtsp://h//s/video"},
  };
  for (const auto& row : rows) EXPECT_EQ(resolve_control(row[0], row[1]), row[2]) << row[1];
}

TEST(ChooseBase, MendsWhatCamerasWrite) {
  const Url request = parse_url("rtsp://u:p@h:8554/s").value();
  EXPECT_EQ(choose_base(request, "", ""), "rtsp://h:8554/s");
  EXPECT_EQ(choose_base(request, "rtsp://x/s/", "rtsp://y/"), "rtsp://x/s/");
  EXPECT_EQ(choose_base(request, "", "rtsp://y/"), "rtsp://y/");
  EXPECT_EQ(choose_base(request, "h:8554/s/", ""), "rtsp://h:8554/s/");
  EXPECT_EQ(choose_base(request, "rtsp://rtsp://h/s/", ""), "rtsp://h/s/");
  EXPECT_EQ(choose_base(request, "/s/", ""), "rtsp://h:8554/s");
  EXPECT_EQ(choose_base(request, "rtsp://[", ""), "rtsp://h:8554/s");
}

TEST(ParseSdp, PassesOverWhatItDoesNotNeed) {
  const auto sdp = parse_sdp(
      "garbage\nv=0\nm=video 0 RTP/AVP 96 97\nx=unknown\na=rtpmap:97 h265/90000\n"
      "a=fmtp: 97 a=1; b=2; ;\na=rtpmap:96 VP8/90000\r\n\r\na=control:  t1 \nm=audio 0 RTP/AVP 0");
  ASSERT_TRUE(sdp);
  const auto tracks = choose_tracks(*sdp, "rtsp://h/");
  ASSERT_TRUE(tracks);
  ASSERT_EQ(tracks->size(), 2u);
  EXPECT_EQ((*tracks)[0].codec, media::Codec::kH265);
  EXPECT_EQ((*tracks)[0].payload_type, 97);
  EXPECT_EQ((*tracks)[0].fmtp, "a=1; b=2");
  EXPECT_EQ((*tracks)[0].control, "rtsp://h/t1");
  EXPECT_EQ((*tracks)[1].codec, media::Codec::kPcmu);
  EXPECT_EQ((*tracks)[1].clock_rate, 8000u);
}

TEST(ParseSdp, TakesThirtyTwoMediaAndNoMore) {
  std::string text;
  for (size_t i = 0; i < kMaxMedia; ++i) text += "m=application 0 RTP/AVP 107\n";
  EXPECT_TRUE(parse_sdp(text));
  const auto more = parse_sdp(text + "m=video 0 RTP/AVP 96\n");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().what,
            "SDP byte 896: more than 32 media; is this the address of a stream? Check its path and "
            "port");
}

TEST(ParseSdp, SaysThatAWebPageIsNone) {
  EXPECT_EQ(parse_sdp("<html>").error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(parse_sdp("").error().code, ErrorCode::kDataLoss);
}

TEST(ChooseTracks, SaysInTextWhatACameraOffersInBytes) {
  const auto sdp = parse_sdp("m=video 0 RTP/AVP 96\na=rtpmap:96 V\xfc" + std::string(99, 'x'));
  const auto none = choose_tracks(*sdp, "rtsp://h/");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().what, "the camera offers video as V\uFFFD" + std::string(36, 'X') +
                                   " only; set it to H.264 or H.265 in the camera");
}

TEST(ChooseTracks, NamesWhatACameraOffersByNumberOnly) {
  const auto told = [](const std::string& text) {
    const auto sdp = parse_sdp(text);
    return sdp ? choose_tracks(*sdp, "rtsp://h/").error().what : sdp.error().what;
  };
  EXPECT_EQ(told("m=video 0 RTP/AVP 34 33 98"),
            "the camera offers video as H263, MP2T, payload type 98 only; set it to H.264 or "
            "H.265 in the camera");
  EXPECT_EQ(told("v=0\ns=empty\nt=0 0"),
            "the camera offers no video at this address; check the path, or switch video on in "
            "the camera");
  EXPECT_EQ(told("<html>"),
            "what the camera sent as the description of its streams is none (neither v= nor m= in "
            "it); check the path");
}

TEST(ChooseTracks, LeavesTheLoudspeakerAlone) {
  const std::string back = "m=audio 0 RTP/AVP 0\na=sendonly\n";
  const auto sdp = parse_sdp("m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=recvonly\n" + back);
  EXPECT_EQ(choose_tracks(*sdp, "rtsp://h/")->size(), 1u);
  const auto all = parse_sdp("m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=sendonly\n" + back);
  EXPECT_EQ(choose_tracks(*all, "rtsp://h/")->size(), 2u) << "the camera's own point of view";
}

TEST(TransportField, IsReadInTheFormsThatWereSeen) {
  struct Row {
    const char* text;
    bool tcp;
    std::optional<NumberPair> interleaved;
    std::optional<NumberPair> server;
    std::optional<uint32_t> ssrc;
  };
  const Row rows[] = {
      {"RTP/AVP/TCP;unicast;interleaved=0-1", true, NumberPair{0, 1}, {}, {}},
      {"RTP/AVP;unicast;interleaved=4", true, NumberPair{4, 5}, {}, {}},
      {"RTP/AVP/TCP;unicast;interleaved=0-1; ssrc= 4cacc3d1 ;mode=\"play\"",
       true,
       NumberPair{0, 1},
       {},
       0x4cacc3d1},
      {"RTP/AVP/UDP;unicast;client_port=1-2;server_port=3-4;ssrc=",
       false,
       {},
       NumberPair{3, 4},
       {}},
      {"RTP/AVP;server_port=40000-40001,ssrc=FFFFCCCC",
       false,
       {},
       NumberPair{40000, 40001},
       0xFFFFCCCC},
      {"RTP/AVP;unicast;server_port=99999-3", false, {}, {}, {}},
      {"RTP/AVP/TCP,RTP/AVP;server_port=1-2", true, {}, {}, {}},
  };
  for (const Row& row : rows) {
    const auto transport = parse_transport(row.text);
    ASSERT_TRUE(transport) << row.text;
    EXPECT_EQ(transport->tcp, row.tcp) << row.text;
    EXPECT_EQ(transport->interleaved, row.interleaved) << row.text;
    EXPECT_EQ(transport->server_port, row.server) << row.text;
    EXPECT_EQ(transport->ssrc, row.ssrc) << row.text;
  }
  EXPECT_FALSE(parse_transport(""));
  EXPECT_FALSE(parse_transport("MP2T/H2221/UDP;unicast"));
}

TEST(TransportField, ReadsBackWhatItWrites) {
  Transport transport;
  transport.tcp = true;
  transport.interleaved = NumberPair{2, 3};
  transport.ssrc = 0xAB;
  transport.mode = "PLAY";
  const std::string text = to_string(transport);
  EXPECT_EQ(text, "RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=000000AB;mode=\"PLAY\"");
  EXPECT_EQ(to_string(parse_transport(text).value()), text);
}

TEST(SessionField, ReadsTheTimeoutAmongBlanks) {
  EXPECT_EQ(parse_session("  12 ; timeout = 15 ").id, "12");
  EXPECT_EQ(parse_session("12; timeout=15").timeout_s, 15u);
  EXPECT_EQ(parse_session("12;timeout=abc").timeout_s, std::nullopt);
  EXPECT_EQ(parse_session("").id, "");
}

TEST(ListsMethod, ComparesWholeNames) {
  EXPECT_TRUE(lists_method("OPTIONS,  get_parameter", "GET_PARAMETER"));
  EXPECT_FALSE(lists_method("SET_PARAMETER", "GET_PARAMETER"));
  EXPECT_FALSE(lists_method("", "GET_PARAMETER"));
}

// RFC 7616 §3.9.1, and RFC 2069's form without qop as RFC 2617 §3.2.2.1 keeps it.
TEST(DigestResponse, GivesTheValuesOfTheSpecification) {
  DigestInput input;
  input.challenge.scheme = Challenge::Scheme::kDigestSha256;
  input.challenge.realm = "http-auth@example.org";
  input.challenge.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  input.challenge.qop_auth = true;
  input.user = "Mufasa";
  input.password = "Circle of Life";
  input.method = "GET";
  input.uri = "/dir/index.html";
  input.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  EXPECT_EQ(digest_response(input),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
  input.challenge.scheme = Challenge::Scheme::kDigestMd5;
  EXPECT_EQ(digest_response(input), "8ca523f5e9506fed4657c9700eebdbec");
}

Headers challenge(std::initializer_list<const char*> values) {
  Headers headers;
  for (const char* value : values) headers.add("WWW-Authenticate", value);
  return headers;
}

TEST(ParseChallenges, ReadsSeveralInOneField) {
  const auto all =
      parse_challenges(challenge({"Basic realm=\"a\\\"b, c\", Digest realm=x, nonce=\"n=,1\" "
                                  ",qop=\"auth,auth-int\", stale=true,"
                                  "Negotiate abc==, Digest nonce=\"2\", algorithm=SHA-256, Digest "
                                  "nonce=\"3\", algorithm=FOO"}));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].scheme, Challenge::Scheme::kBasic);
  EXPECT_EQ(all[0].realm, "a\"b, c");
  EXPECT_EQ(all[1].scheme, Challenge::Scheme::kDigestMd5);
  EXPECT_EQ(all[1].nonce, "n=,1");
  EXPECT_TRUE(all[1].qop_auth);
  EXPECT_TRUE(all[1].stale);
  EXPECT_EQ(all[2].scheme, Challenge::Scheme::kDigestSha256);
}

TEST(Authenticator, PrefersTheStrongestAndNeverFallsToBasicBesideDigest) {
  Authenticator authenticator("u", "p", "c");
  const auto headers = challenge({"Basic realm=\"r\"", "Digest realm=\"r\", nonce=\"m\"",
                                  "Digest realm=\"r\", nonce=\"s\", algorithm=SHA-256"});
  EXPECT_EQ(authenticator.authorization("OPTIONS", "/"), "");
  EXPECT_EQ(authenticator.on_unauthorized(headers), Authenticator::Verdict::kRetry);
  EXPECT_NE(authenticator.authorization("OPTIONS", "/").find("SHA-256"), std::string::npos);
  EXPECT_EQ(authenticator.on_unauthorized(headers), Authenticator::Verdict::kRetry);
  EXPECT_NE(authenticator.authorization("OPTIONS", "/").find("nonce=\"m\""), std::string::npos);
  EXPECT_EQ(authenticator.on_unauthorized(headers), Authenticator::Verdict::kRejected);
}

TEST(Authenticator, AnswersBasicWhereNothingElseIsOffered) {
  Authenticator authenticator("Aladdin", "open sesame", "c");
  EXPECT_EQ(authenticator.on_unauthorized(challenge({"Basic realm=\"r\""})),
            Authenticator::Verdict::kRetry);
  EXPECT_EQ(authenticator.authorization("OPTIONS", "/"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(authenticator.on_unauthorized(challenge({"Basic realm=\"r\""})),
            Authenticator::Verdict::kRejected);
}

TEST(Authenticator, KeepsThePasswordFromOneThatAsksForItInClearAfterDigest) {
  Authenticator authenticator("u", "p", "c");
  EXPECT_FALSE(authenticator.offered_digest());
  const auto digest = challenge({"Digest realm=\"r\", nonce=\"n\""});
  EXPECT_EQ(authenticator.on_unauthorized(digest), Authenticator::Verdict::kRetry);
  EXPECT_TRUE(authenticator.offered_digest());
  Authenticator next("u", "p", "c");
  next.set_digest_only(true);
  EXPECT_EQ(next.on_unauthorized(challenge({"Basic realm=\"r\""})),
            Authenticator::Verdict::kWeaker);
  EXPECT_EQ(next.authorization("OPTIONS", "/"), "");
  EXPECT_TRUE(next.asked_in_clear());
  EXPECT_FALSE(next.unproven()) << "nothing was sent";
  EXPECT_EQ(next.on_unauthorized(digest), Authenticator::Verdict::kRetry);
  EXPECT_TRUE(next.unproven());
  EXPECT_FALSE(next.asked_in_clear());
}

TEST(Authenticator, SaysWhenItCannotAnswer) {
  Authenticator none;
  EXPECT_EQ(none.on_unauthorized(challenge({"Basic realm=\"r\""})),
            Authenticator::Verdict::kNoCredentials);
  Authenticator some("u", "p", "c");
  EXPECT_EQ(some.on_unauthorized(challenge({"Negotiate"})), Authenticator::Verdict::kNotUnderstood);
  EXPECT_EQ(some.on_unauthorized({}), Authenticator::Verdict::kNotUnderstood);
}

TEST(Authenticator, GivesUpOnEndlessStaleNonces) {
  Authenticator authenticator("u", "p", "c");
  const auto stale = challenge({"Digest realm=\"r\", nonce=\"n\", stale=true"});
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(authenticator.on_unauthorized(stale), Authenticator::Verdict::kRetry);
  EXPECT_EQ(authenticator.on_unauthorized(stale), Authenticator::Verdict::kRejected);
}

}  // namespace
}  // namespace vedette::rtsp
