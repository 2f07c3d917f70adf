// SPDX-License-Identifier: Apache-2.0
#include "rtsp/server_session.h"

#include <gtest/gtest.h>

namespace vedette::rtsp {
namespace {

/// A camera with "/cam0" (video and audio) and "/cam0/sub" (video only).
class FakeCamera final : public ServerHandler {
 public:
  Result<ServedMedia> describe(std::string_view path) override {
    if (path == "/cam0") return ServedMedia{"v=0\r\n", {"stream=0", "stream=1"}};
    if (path == "/cam0/sub") return ServedMedia{"v=0\r\n", {"stream=0"}};
    return make_error(ErrorCode::kNotFound, "no such path");
  }
  Result<Transport> set_up(std::string_view path, size_t track, const Transport& asked) override {
    calls += "S" + std::string(path) + ":" + std::to_string(track) + " ";
    if (refuse_set_up) return make_error(ErrorCode::kUnsupported, "no");
    Transport given = asked;
    if (!asked.tcp) given.server_port = NumberPair{6970, 6971};
    return given;
  }
  Result<std::vector<Start>> play(std::string_view path) override {
    calls += "P" + std::string(path) + " ";
    return std::vector<Start>{{0, 7, 1234}};
  }
  void pause() override { calls += "pause "; }
  void teardown() override { calls += "teardown "; }

  std::string calls;
  bool refuse_set_up = false;
};

class ServerSessionTest : public testing::Test {
 protected:
  explicit ServerSessionTest(ServerLogin login = {})
      : session({"Test", "abc", 60, std::move(login)}, camera) {}

  /// Sends a request and gives the response back.
  Response ask(std::string_view method, std::string_view uri, std::string_view headers = "") {
    std::string text = std::string(method) + " " + std::string(uri) +
                       " RTSP/1.0\r\nCSeq: " + std::to_string(++cseq) + "\r\n" +
                       std::string(headers) + "\r\n";
    EXPECT_TRUE(session.on_bytes(as_bytes(text), now));
    const Bytes out = session.take_output();
    MessageParser parser;
    parser.feed(out);
    const auto item = parser.next();
    EXPECT_TRUE(item && *item == MessageParser::Item::kResponse) << as_text(out);
    EXPECT_EQ(cseq_of(parser.response().headers), cseq);
    return parser.response();
  }

  static constexpr std::string_view kTcp =
      "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: abc\r\n";
  static constexpr std::string_view kSession = "Session: abc\r\n";

  FakeCamera camera;
  ServerSession session;
  MonoTime now{1'000'000};
  uint32_t cseq = 0;
};

TEST_F(ServerSessionTest, serves_a_whole_conversation) {
  EXPECT_NE(ask("OPTIONS", "rtsp://h/cam0").headers.get("Public").find("DESCRIBE"),
            std::string_view::npos);
  const Response described = ask("DESCRIBE", "rtsp://h/cam0", "Accept: application/sdp\r\n");
  EXPECT_EQ(described.body, "v=0\r\n");
  EXPECT_EQ(described.headers.get("Content-Base"), "rtsp://h/cam0/");
  const Response video = ask("SETUP", "rtsp://h/cam0/stream=0", kTcp);
  EXPECT_EQ(video.status, 200);
  EXPECT_EQ(parse_session(video.headers.get("Session")).id, "abc");
  EXPECT_EQ(ask("SETUP", "rtsp://h/cam0/stream=1", kTcp).status, 200);
  const Response played = ask("PLAY", "rtsp://h/cam0/", kSession);
  EXPECT_EQ(played.headers.get("RTP-Info"), "url=rtsp://h/cam0/stream=0;seq=7;rtptime=1234");
  EXPECT_TRUE(session.playing());
  EXPECT_EQ(ask("GET_PARAMETER", "rtsp://h/cam0", kSession).status, 200);
  EXPECT_EQ(ask("PAUSE", "rtsp://h/cam0", kSession).status, 200);
  EXPECT_FALSE(session.playing());
  EXPECT_EQ(ask("TEARDOWN", "rtsp://h/cam0", kSession).status, 200);
  EXPECT_TRUE(session.closed());
  EXPECT_EQ(camera.calls, "S/cam0:0 S/cam0:1 P/cam0 pause teardown ");
}

TEST_F(ServerSessionTest, a_sub_stream_is_not_taken_for_a_track) {
  EXPECT_EQ(ask("SETUP", "rtsp://h/cam0/sub/stream=0", kTcp).status, 200);
  EXPECT_EQ(camera.calls, "S/cam0/sub:0 ");
}

TEST_F(ServerSessionTest, the_control_may_be_left_out_where_there_is_one_medium) {
  EXPECT_EQ(ask("SETUP", "rtsp://h/cam0/sub", kTcp).status, 200);
  EXPECT_EQ(ask("SETUP", "rtsp://h/cam0", kTcp).status, 459) << "of two, one must be named";
}

struct WrongRow {
  const char* name;
  const char* method;
  const char* uri;
  const char* headers;
  int status;
};

TEST_F(ServerSessionTest, wrong_requests_get_the_status_that_says_why) {
  const WrongRow rows[] = {
      {"unknown path", "DESCRIBE", "rtsp://h/nowhere", "", 404},
      {"unknown track", "SETUP", "rtsp://h/cam0/stream=9",
       "Transport: RTP/AVP/TCP;interleaved=0-1\r\n", 404},
      {"no path", "DESCRIBE", "rtsp://h", "", 404},
      {"star", "DESCRIBE", "*", "", 404},
      {"no transport", "SETUP", "rtsp://h/cam0/stream=0", "", 461},
      {"multicast", "SETUP", "rtsp://h/cam0/stream=0", "Transport: RTP/AVP;multicast\r\n", 461},
      {"no ports", "SETUP", "rtsp://h/cam0/stream=0", "Transport: RTP/AVP;unicast\r\n", 461},
      {"play first", "PLAY", "rtsp://h/cam0", "Session: abc\r\n", 455},
      {"pause first", "PAUSE", "rtsp://h/cam0", "Session: abc\r\n", 455},
      {"teardown first", "TEARDOWN", "rtsp://h/cam0", "Session: abc\r\n", 454},
      {"unknown method", "RECORD", "rtsp://h/cam0", "", 501},
  };
  for (const WrongRow& row : rows)
    EXPECT_EQ(ask(row.method, row.uri, row.headers).status, row.status) << row.name;
  EXPECT_EQ(camera.calls, "");
}

TEST_F(ServerSessionTest, another_session_id_is_refused) {
  EXPECT_EQ(ask("SETUP", "rtsp://h/cam0/sub", kTcp).status, 200);
  EXPECT_EQ(ask("PLAY", "rtsp://h/cam0/sub", "Session: other\r\n").status, 454);
  EXPECT_FALSE(session.playing());
}

TEST_F(ServerSessionTest, a_transport_that_the_owner_refuses_is_461) {
  camera.refuse_set_up = true;
  EXPECT_EQ(ask("SETUP", "rtsp://h/cam0/sub", kTcp).status, 461);
}

TEST_F(ServerSessionTest, a_request_without_cseq_is_bad) {
  ASSERT_TRUE(session.on_bytes(as_bytes("OPTIONS * RTSP/1.0\r\n\r\n"), now));
  EXPECT_EQ(as_text(session.take_output()).substr(0, 12), "RTSP/1.0 400");
}

TEST_F(ServerSessionTest, what_is_not_rtsp_ends_the_connection) {
  EXPECT_FALSE(session.on_bytes(as_bytes("\x16\x03\x01 hello, is this TLS?\r\n\r\n"), now));
}

TEST_F(ServerSessionTest, requests_may_come_in_pieces_and_among_receiver_reports) {
  std::string text = "$";
  text += std::string("\x01\x00\x04\x80\xc9\x00\x01", 7);
  text += "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
  for (const char c : text) ASSERT_TRUE(session.on_bytes(as_bytes(std::string_view(&c, 1)), now));
  EXPECT_EQ(as_text(session.take_output()).substr(0, 12), "RTSP/1.0 200");
}

TEST_F(ServerSessionTest, only_silent_udp_clients_expire) {
  ask("SETUP", "rtsp://h/cam0/sub", "Transport: RTP/AVP;unicast;client_port=5000-5001\r\n");
  ask("PLAY", "rtsp://h/cam0/sub", kSession);
  EXPECT_FALSE(session.expired(now + std::chrono::seconds(60)));
  EXPECT_TRUE(session.expired(now + std::chrono::seconds(61)));
  now = now + std::chrono::seconds(50);
  ask("GET_PARAMETER", "rtsp://h/cam0/sub", kSession);
  EXPECT_FALSE(session.expired(now + std::chrono::seconds(60)));
}

TEST_F(ServerSessionTest, tcp_clients_may_be_silent_for_ever) {
  ask("SETUP", "rtsp://h/cam0/sub", kTcp);
  ask("PLAY", "rtsp://h/cam0/sub", kSession);
  EXPECT_FALSE(session.expired(now + std::chrono::hours(24)));
}

struct LoginRow {
  const char* name;
  ServerScheme scheme;
};
class EveryLogin : public testing::TestWithParam<LoginRow> {
 protected:
  ServerAuth server_auth(uint32_t requests_per_nonce = 0) const {
    return ServerAuth({GetParam().scheme, "cam", "ann", "pa\"ss", "n0", requests_per_nonce});
  }
};
INSTANTIATE_TEST_SUITE_P(Schemes, EveryLogin,
                         testing::Values(LoginRow{"basic", ServerScheme::kBasic},
                                         LoginRow{"md5", ServerScheme::kDigestMd5},
                                         LoginRow{"sha256", ServerScheme::kDigestSha256},
                                         LoginRow{"both", ServerScheme::kDigestBoth}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(EveryLogin, our_own_client_gets_in_with_the_password_and_not_without) {
  ServerAuth server = server_auth();
  EXPECT_FALSE(server.admits("DESCRIBE", ""));
  Headers challenge;
  server.add_challenges(challenge);
  Authenticator good("ann", "pa\"ss", "c1");
  ASSERT_EQ(good.on_unauthorized(challenge), Authenticator::Verdict::kRetry);
  EXPECT_TRUE(server.admits("DESCRIBE", good.authorization("DESCRIBE", "rtsp://h/cam0")));
  EXPECT_TRUE(server.admits("SETUP", good.authorization("SETUP", "rtsp://h/cam0/stream=0")));
  Authenticator wrong("ann", "guess", "c1");
  ASSERT_EQ(wrong.on_unauthorized(challenge), Authenticator::Verdict::kRetry);
  EXPECT_FALSE(server.admits("DESCRIBE", wrong.authorization("DESCRIBE", "rtsp://h/cam0")));
}

TEST_P(EveryLogin, an_answer_for_one_method_does_not_pass_for_another) {
  if (GetParam().scheme == ServerScheme::kBasic) GTEST_SKIP() << "Basic says the same for all";
  ServerAuth server = server_auth();
  Headers challenge;
  server.add_challenges(challenge);
  Authenticator good("ann", "pa\"ss", "c1");
  ASSERT_EQ(good.on_unauthorized(challenge), Authenticator::Verdict::kRetry);
  EXPECT_FALSE(server.admits("PLAY", good.authorization("DESCRIBE", "rtsp://h/cam0")));
}

TEST_P(EveryLogin, a_used_up_nonce_is_stale_and_the_new_one_works) {
  if (GetParam().scheme == ServerScheme::kBasic) GTEST_SKIP() << "Basic has no nonce";
  ServerAuth server = server_auth(2);
  Headers challenge;
  server.add_challenges(challenge);
  Authenticator client("ann", "pa\"ss", "c1");
  ASSERT_EQ(client.on_unauthorized(challenge), Authenticator::Verdict::kRetry);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(server.admits("OPTIONS", client.authorization("OPTIONS", "rtsp://h/cam0")));
    client.on_accepted();
  }
  EXPECT_FALSE(server.admits("OPTIONS", client.authorization("OPTIONS", "rtsp://h/cam0")));
  Headers renewed;
  server.add_challenges(renewed);
  EXPECT_NE(renewed.get("WWW-Authenticate").find("stale=true"), std::string_view::npos);
  ASSERT_EQ(client.on_unauthorized(renewed), Authenticator::Verdict::kRetry);
  EXPECT_TRUE(server.admits("OPTIONS", client.authorization("OPTIONS", "rtsp://h/cam0")));
}

class LockedSession : public ServerSessionTest {
 protected:
  LockedSession()
      : ServerSessionTest({ServerScheme::kDigestMd5, "cam", "ann", "secret", "n0", 0}) {}
};

TEST_F(LockedSession, everything_but_options_needs_a_login) {
  EXPECT_EQ(ask("OPTIONS", "rtsp://h/cam0").status, 200);
  const Response refused = ask("DESCRIBE", "rtsp://h/cam0");
  EXPECT_EQ(refused.status, 401);
  Authenticator client("ann", "secret", "c1");
  ASSERT_EQ(client.on_unauthorized(refused.headers), Authenticator::Verdict::kRetry);
  const std::string field =
      "Authorization: " + client.authorization("DESCRIBE", "rtsp://h/cam0") + "\r\n";
  EXPECT_EQ(ask("DESCRIBE", "rtsp://h/cam0", field).status, 200);
}

}  // namespace
}  // namespace vedette::rtsp
