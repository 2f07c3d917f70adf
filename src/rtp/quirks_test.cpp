// SPDX-License-Identifier: Apache-2.0
// What cameras get wrong in RTP, each by vendor or model where one is known publicly, and what is
// made of it. The notation is that of test_stream.h.
#include <gtest/gtest.h>

#include "media/nal.h"
#include "rtp/rtcp.h"
#include "rtp/test_stream.h"

namespace vedette::rtp {
namespace {

using media::Codec;
using test::Camera;
using test::hex;

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes idr(size_t size = 20) { return test::nal(Codec::kH264, 'I', size); }

/// An FU-A packet's payload (RFC 6184 §5.8); `flags` are S, E and R.
Bytes fu(uint8_t flags, uint8_t type, ByteSpan data) {
  Bytes payload = {0x7C, static_cast<uint8_t>(flags | type)};
  payload.insert(payload.end(), data.begin(), data.end());
  return payload;
}

Bytes length_prefixed(const Bytes& nal) {
  Bytes data;
  media::append_nal(data, nal);
  return data;
}

// --- Where a picture ends --------------------------------------------------------------------

struct BoundaryRow {
  const char* camera;
  const char* sent;
  const char* received;
};

TEST(BoundaryQuirks, PicturesEndWhereTheyShould) {
  const BoundaryRow rows[] = {
      {"Reolink RLC-822A: marker on the SPS, parameter sets with the timestamp of the last picture",
       "S*T @I* @P* ST @I* @P* S*T* @I* @P*", "I P I P I P"},
      {"Ivel LV-IP22IR40DVBL: marker on SEI", "STE*I* @E*P* @E*P* @P*", "I2 P2 P2 P"},
      {"SEI after the picture it belongs to the next of", "STI*E @P*E @P*E @P*", "I P2 P2 P2"},
      {"no camera in particular: no marker ever", "STI @P @P @P", "I P P"},
      {"marker missing on some last packets", "STI* @P @P* @P @P* @P*", "I P P P P P"},
      {"obs-rtspserver, ustreamer: marker on every NAL unit", "S*T*I*i*i* @P*p*p* @P*p* @P*",
       "I3 P3 P2"},
      {"Intelbras DVRs: two pictures with one timestamp", "STI* @P* @P*P* @P*", "I P P P P"},
      {"no marker and one timestamp for two pictures", "STI @PP @P @P", "I P P P"},
      {"delimiter and parameter sets begin a picture without marker or timestamp",
       "STIASTIAP @P @P", "I I P P"},
      {"marker on an empty packet of filler", "STIF* @PF* @PF* @P*", "I P P P"},
      {"GStreamer: parameter sets before every slice of an IDR picture",
       "STISTiSTi* @Pp* @STISTi* @Pp*", "I3 P2 I2 P2"},
      {"parameter sets that change begin a picture without marker or timestamp", "STIiOTIi @P @P",
       "I2 /I2 P"},
  };
  for (const auto& row : rows) {
    Camera camera(test::h264_setup());
    camera.feed(row.sent);
    EXPECT_EQ(camera.received(), row.received) << row.camera;
    EXPECT_EQ(camera.stats().malformed, 0U) << row.camera;
  }
}

TEST(BoundaryQuirks, MarkersThatLieAfterHavingBeenTrustedAreNoticed) {
  Camera camera(test::h264_setup());
  camera.feed("STI* @P* @P* @P* @P*p* @P*p* @P*p* @P*");
  EXPECT_EQ(camera.received(), "I P P P P P! P2 P2");  // one picture is torn, then none
}

TEST(BoundaryQuirks, GStreamerRepeatsH265ParameterSetsBeforeEverySlice) {
  Camera camera(test::h265_setup());
  camera.feed("VSTIVSTi* @Pp* @VSTIVSTi* @Pp*");
  EXPECT_EQ(camera.received(), "I2 P2 I2 P2");
}

TEST(BoundaryQuirks, FieldsOfAFrameStayTogether) {
  // frame_mbs_only_flag 0, from an interlaced x264 stream at 64x64.
  Camera camera(test::h264_setup());
  camera.payload("67640015ace411360220000003002000000303c3e28549");
  camera.feed("TIP* @PP* @PP* @PP*");
  EXPECT_EQ(camera.received(), "I2 P2 P2 P2");
}

// --- NAL units and fragments ------------------------------------------------------------------

TEST(FragmentQuirks, V380PutsAnnexBIntoAFragmentedSps) {
  const Bytes all = join(
      {test::h264_sps(), hex("00000001"), test::h264_pps(), hex("000001"), idr(60), hex("0000")});
  const ByteSpan body = ByteSpan(all).subspan(1);
  for (size_t cut = 1; cut < body.size(); ++cut) {  // also inside the start codes
    Camera camera(test::h264_setup());
    camera.payload(fu(0x80, 7, body.first(cut)));
    camera.payload(fu(0x40, 7, body.subspan(cut)), true);
    camera.feed("@P*");
    const auto aus = camera.take();
    ASSERT_EQ(aus.size(), 1U) << cut;
    EXPECT_EQ(aus[0]->data, length_prefixed(idr(60)));
    EXPECT_TRUE(aus[0]->random_access);
  }
}

TEST(FragmentQuirks, StartCodesInSingleNalUnitPackets) {
  Camera camera(test::h264_setup());
  camera.payload(join({hex("00000001"), test::h264_sps(), hex("00000001"), test::h264_pps()}));
  camera.payload(join({hex("000001"), idr()}), true);
  camera.feed("@P* @P*");
  EXPECT_EQ(camera.received(), "I P P");
}

TEST(FragmentQuirks, TiandyChangesTheNalTypeInsideAFragment) {
  Camera camera(test::h264_setup(true));
  const Bytes whole = idr(60);
  const ByteSpan body = ByteSpan(whole).subspan(1);
  camera.payload(fu(0x80, 5, body.first(20)));
  camera.payload(fu(0, 1, body.subspan(20, 20)));
  camera.payload(fu(0x40, 1, body.subspan(40)), true);
  camera.feed("@P*");
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 1U);
  EXPECT_EQ(aus[0]->data, length_prefixed(whole));
}

TEST(FragmentQuirks, CostarHdStartsAndEndsAFragmentInOnePacket) {
  Camera camera(test::h264_setup(true));
  const Bytes whole = idr(40);
  camera.payload(fu(0xC0, 5, ByteSpan(whole).subspan(1)), true);
  camera.feed("@P* @P*");
  EXPECT_EQ(camera.received(), "I P P");
  EXPECT_EQ(camera.stats().malformed, 0U);
}

TEST(FragmentQuirks, OpenIpcStartsAndEndsAnH265FragmentInOnePacket) {
  Camera camera(test::h265_setup(true));
  const Bytes whole = test::nal(Codec::kH265, 'I', 40);
  Bytes payload = {49 << 1, 1, 0xC0 | 20};
  payload.insert(payload.end(), whole.begin() + 2, whole.end());
  camera.payload(payload, true);
  camera.feed("@P* @P*");
  EXPECT_EQ(camera.received(), "I P P");
}

TEST(FragmentQuirks, TheReservedBitIsIgnored) {
  Camera camera(test::h264_setup(true));
  const Bytes whole = idr(40);
  camera.payload(fu(0xA0, 5, ByteSpan(whole).subspan(1, 20)));
  camera.payload(fu(0x60, 5, ByteSpan(whole).subspan(21)), true);
  camera.feed("@P*");
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 1U);
  EXPECT_EQ(aus[0]->data, length_prefixed(whole));
}

TEST(FragmentQuirks, EmptyFragmentsAndZeroLengthNalUnitsAreSkipped) {
  Camera camera(test::h264_setup(true));
  const Bytes whole = idr(40);
  camera.payload(fu(0x80, 5, {}));
  camera.payload(fu(0, 5, ByteSpan(whole).subspan(1)));
  camera.payload(fu(0x40, 5, {}), true);
  camera.next_frame();
  camera.payload(ByteSpan{});  // no payload at all
  camera.payload("61");        // only a header
  camera.payload("78 0000 0001 61 0014 419a3b11 80818283 84858687 88898a8b 8c8d8e8f", true);
  camera.feed("@P* @P*");
  EXPECT_EQ(camera.received(), "I P P P");
  EXPECT_EQ(camera.stats().malformed, 0U);
}

TEST(FragmentQuirks, AMissingEndBitIsMadeUpForByWhateverComesNext) {
  Camera camera(test::h264_setup(true));
  const Bytes whole = idr(40);
  camera.payload(fu(0x80, 5, ByteSpan(whole).subspan(1)));
  camera.payload(test::nal(Codec::kH264, 'i'), true);
  camera.next_frame();
  camera.payload(fu(0x80, 1, ByteSpan(test::nal(Codec::kH264, 'P')).subspan(1)), true);
  camera.feed("@P* @P*");
  EXPECT_EQ(camera.received(), "I2 P P P");
}

TEST(FragmentQuirks, ATimestampThatChangesInsideAFragmentDamagesThePicture) {
  Camera camera(test::h264_setup(true));
  camera.feed("I* @P* @P*");
  camera.next_frame();
  camera.payload(fu(0x80, 5, ByteSpan(idr(40)).subspan(1)));
  camera.next_frame();
  camera.payload(fu(0x40, 5, hex("808182")), true);
  camera.feed("@P* @P*");
  EXPECT_EQ(camera.received(), "I P P P! P! P");
  EXPECT_EQ(camera.stats().malformed, 1U);
}

TEST(FragmentQuirks, ASessionThatBeginsInsideAFragmentStartsAtTheNextPicture) {
  Camera camera(test::h264_setup(true));
  camera.payload(fu(0, 5, hex("808182")));
  camera.payload(fu(0x40, 5, hex("808182")), true);
  camera.feed("@I* @P* @P*");
  EXPECT_EQ(camera.received(), "I! P P");
}

TEST(FragmentQuirks, TrailingZerosAreNotPartOfANalUnit) {
  Camera camera(test::h264_setup(true));
  camera.payload(join({idr(), hex("000000")}), true);
  camera.feed("@P*");
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 1U);
  EXPECT_EQ(aus[0]->data, length_prefixed(idr()));
}

TEST(FragmentQuirks, DahuaClonesDeclarePacketizationMode0AndFragment) {
  auto setup = test::h264_setup(true);
  setup.fmtp = "packetization-mode=0;" + setup.fmtp.substr(setup.fmtp.find("sprop"));
  Camera camera(setup);
  camera.payload(fu(0x80, 5, ByteSpan(idr(40)).subspan(1, 20)));
  camera.payload(fu(0x40, 5, ByteSpan(idr(40)).subspan(21)), true);
  camera.feed("@P*");
  EXPECT_EQ(camera.received(), "I");
}

TEST(FragmentQuirks, IntelEncodersSendH265TrailN) {
  Camera camera(test::h265_setup());
  camera.feed("VSTI* @B* @B* @B*");  // nal_unit_type 0 as a single NAL unit
  EXPECT_EQ(camera.received(), "I P P P");
  EXPECT_EQ(camera.stats().malformed, 0U);
}

TEST(FragmentQuirks, AnAggregateThatRunsPastItsPacketIsCutThere) {
  Camera camera(test::h264_setup(true));
  camera.payload(join({hex("78 0014"), idr(), hex("ffff 41")}), true);
  camera.feed("@P*");
  EXPECT_EQ(camera.received(), "I");
  EXPECT_EQ(camera.stats().malformed, 1U);
}

// --- Parameter sets ----------------------------------------------------------------------------

TEST(ParameterSetQuirks, SpropAsCamerasWriteIt) {
  const std::string sps = "Z2QACqyyCPYCIAAAAwAgAAADA8HiRMk=";
  const std::string pps = "aOvDyyLA";
  const struct {
    const char* camera;
    std::string sprop;
    bool usable;
  } rows[] = {
      {"as it should be", sps + "," + pps, true},
      {"Hikvision: the PPS is missing", sps + ",", false},
      {"empty (MJPEG turned into H.264, Hikvision)", "", false},
      {"the first one is empty", "," + sps + "," + pps, true},
      {"spaces around", "  " + sps + " , " + pps + " ", true},
      {"trailing comma", sps + "," + pps + ",", true},
      {"three sets (DVB encoders)", sps + "," + pps + "," + pps, true},
      {"a tail that is not base64", sps + "," + pps + "%%%%", true},
      {"V380: Annex B inside one set",
       "AAAAAWdkAAqssgj2AiAAAAMAIAAAAwPB4kTJAAAAAWjrw8siwA==", true},
      {"VStarcam: not parameter sets at all", "6ejp6A==,AAAA", false},
  };
  for (const auto& row : rows) {
    TrackSetup setup = test::h264_setup();
    setup.fmtp = "packetization-mode=1; sprop-parameter-sets=" + row.sprop + "; ";
    Camera camera(setup);
    camera.feed("I* @P* @P*");
    EXPECT_EQ(camera.received(), row.usable ? "I P P" : "") << row.camera;
    camera.feed("@STI* @P* @P* @P*");  // in-band sets always help
    EXPECT_EQ(camera.received().substr(0, 5), "I P P") << row.camera;
  }
}

TEST(ParameterSetQuirks, GwSecuritySendsUnreadableSetsInTheStreamAndGoodOnesInSdp) {
  Camera camera(test::h264_setup(true));
  camera.payload("67 64");
  camera.feed("I* @P* @P*");
  EXPECT_EQ(camera.received(), "I P P");
  EXPECT_EQ(camera.stats().malformed, 1U);
}

TEST(ParameterSetQuirks, ReolinkDoorbellSendsAnotherSpsInTheStreamThanInSdp) {
  TrackSetup setup = test::h264_setup();
  setup.fmtp = "sprop-parameter-sets=Z2QAM6wVFKCgPZA=,aO48sA==";
  Camera camera(setup);
  camera.feed("@P* @P*");
  camera.payload("67640033ac1514a0a03da1000004f6000063380404");  // with bytes after its end
  camera.feed("@I* @P* @P*");
  const auto aus = camera.take();
  ASSERT_GE(aus.size(), 3U);
  EXPECT_EQ(aus[0]->track->width, 640);
  EXPECT_EQ(aus[0]->track->height, 480);
}

TEST(ParameterSetQuirks, Reolink811SendsAnH265PpsWithScalingLists) {
  TrackSetup setup = test::h265_setup();
  setup.fmtp =
      "profile-space=0;profile-id=1;tier-flag=0;level-id=150;interop-constraints=000000000000;"
      "sprop-vps=QAEMAf//AWAAAAMAAAMAAAMAAAMAlqwJ;"
      "sprop-sps=QgEBAWAAAAMAAAMAAAMAAAMAlqAB4CACHH+KrTuiS7I=;sprop-pps=RAHAcvCJBAcONkg=";
  Camera camera(setup);
  camera.feed("I* @P* @P*");
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 3U);
  EXPECT_EQ(aus[0]->track->width, 3840);
  EXPECT_EQ(aus[0]->track->height, 2160);
}

// --- RTP headers and sources -------------------------------------------------------------------

TEST(HeaderQuirks, PaddingExtensionsAndContributingSourcesAreLeftOut) {
  const struct {
    const char* name;
    const char* packet;
    const char* payload;
  } rows[] = {
      {"plain", "8060 0001 00000002 00000003 aabb", "aabb"},
      {"padding", "a060 0001 00000002 00000003 aabb 000003", "aabb"},
      {"nothing but padding", "a060 0001 00000002 00000003 00000004", ""},
      {"a contributing source", "8160 0001 00000002 00000003 00000009 aabb", "aabb"},
      {"ONVIF replay extension",
       "9060 0001 00000002 00000003 abac 0003 11111111 22222222 00000000"
       " aabb",
       "aabb"},
      {"an empty extension", "9060 0001 00000002 00000003 bede 0000 aabb", "aabb"},
      {"no payload", "8060 0001 00000002 00000003", ""},
  };
  for (const auto& row : rows) {
    const Bytes bytes = hex(row.packet);
    const auto packet = parse_rtp(bytes);
    ASSERT_TRUE(packet.has_value()) << row.name;
    const Bytes expected = hex(row.payload);
    EXPECT_TRUE(std::equal(packet->payload.begin(), packet->payload.end(), expected.begin(),
                           expected.end()))
        << row.name;
    EXPECT_EQ(packet->ssrc, 3U);
  }
  for (const char* bad :
       {"", "80", "0060 0001 00000002 00000003 aa", "a060 0001 00000002 00000003 aa00",
        "a060 0001 00000002 00000003 aa09", "9060 0001 00000002 00000003 bede 0002 11111111",
        "8f60 0001 00000002 00000003 00000009"})
    EXPECT_FALSE(parse_rtp(hex(bad)).has_value()) << bad;
}

TEST(SourceQuirks, StrayPacketsOfAnotherSourceOrTypeAreIgnored) {
  Camera camera(test::h264_setup(true));
  camera.feed("I* @P*");
  camera.ssrc = 99;
  camera.sequence = 7;
  camera.payload(idr(), true);
  camera.ssrc = 0x11223344;
  camera.sequence = 102;
  camera.payload_type = 104;
  camera.payload(idr(), true);
  camera.payload_type = 96;
  camera.sequence = 102;
  camera.feed("@P* @P*");
  EXPECT_EQ(camera.received(), "I P P P");
  EXPECT_EQ(camera.stats().foreign, 2U);
  EXPECT_EQ(camera.stats().lost, 0U);
}

TEST(SourceQuirks, ACameraThatRebootsComesBackWithAnotherSource) {
  Camera camera(test::h264_setup(true));
  camera.feed("I* @P* @P*");
  EXPECT_EQ(camera.received(), "I P P");
  camera.ssrc = 99;
  camera.sequence = 7;
  camera.timestamp = 5;
  camera.feed("@P* @P* @P* @STI* @P*");
  EXPECT_EQ(camera.received(), "P! I P");
  EXPECT_EQ(camera.stats().clock_jumps, 1U);
}

TEST(SourceQuirks, SequenceNumbersThatStartAgainCostOnePacket) {
  Camera camera(test::h264_setup(true));
  camera.feed("I* @P* @P*");
  camera.sequence = 40'000;
  camera.feed("@P* @P* @I* @P*");
  EXPECT_EQ(camera.received(), "I P P P! I P");
}

TEST(SourceQuirks, DuplicatedPacketsOverTcpAreDropped) {
  Camera camera(test::h264_setup(true));
  camera.feed("I* @P*");
  --camera.sequence;
  camera.feed("P* @P* @P*");
  EXPECT_EQ(camera.received(), "I P P P");
  EXPECT_EQ(camera.stats().duplicates, 1U);
}

// --- AAC ---------------------------------------------------------------------------------------

TrackSetup aac_setup(const char* fmtp) {
  TrackSetup setup;
  setup.codec = Codec::kAac;
  setup.clock_rate = 16000;
  setup.fmtp = fmtp;
  return setup;
}

struct AacRow {
  const char* camera;
  const char* fmtp;
  std::vector<const char*> packets;
  std::vector<const char*> frames;
};

TEST(AacQuirks, FramesComeOutWhole) {
  const char* usual = "mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408";
  const AacRow rows[] = {
      {"one frame", usual, {"0010 0018 010203"}, {"010203"}},
      {"several frames in a packet", usual, {"0020 0010 0018 0102 030405"}, {"0102", "030405"}},
      {"a frame over several packets",
       usual,
       {"0010 0028 0102", "0010 0028 030405"},
       {"0102030405"}},
      {"AMS32: sizeLength alone, 13-bit headers",
       "mode=AAC-hbr;config=1408;sizeLength=13",
       {"000d 0018 010203"},
       {"010203"}},
      {"Reolink: a space after a semicolon, a stray profile",
       "streamtype=5;profile-level-id=15;mode=AAC-hbr;config=1408; profile=1;",
       {"0010 0010 0102"},
       {"0102"}},
      {"no parameters at all", "", {"0010 0010 0102"}, {"0102"}},
      {"AAC-lbr", "mode=AAC-lbr;config=1408", {"0008 08 0102"}, {"0102"}},
      {"no AU headers", "mode=generic;sizelength=0;config=1408", {"010203"}, {"010203"}},
      {"ADTS headers left in", usual, {"0010 0048 fff16040013ffc 0102"}, {"0102"}},
      {"a header that says 0", usual, {"0010 0000", "0010 0010 0102"}, {"0102"}},
      {"a length beyond the packet twice over", usual, {"0020 0010 0018 0102 03"}, {"0102"}},
      {"header lengths beyond the packet", usual, {"ffff 0010", "00"}, {}},
  };
  for (const auto& row : rows) {
    Camera camera(aac_setup(row.fmtp));
    for (const char* packet : row.packets) camera.payload(packet, true);
    const auto aus = camera.take();
    ASSERT_EQ(aus.size(), row.frames.size()) << row.camera;
    for (size_t i = 0; i < aus.size(); ++i) {
      EXPECT_EQ(aus[i]->data, hex(row.frames[i])) << row.camera;
      EXPECT_EQ(aus[i]->dts - aus[0]->dts, static_cast<int64_t>(i) * 1024) << row.camera;
      EXPECT_EQ(aus[i]->track->sample_rate, 16000U) << row.camera;
    }
  }
}

TEST(AacQuirks, AFragmentedFrameThatLostAPartIsDropped) {
  Camera camera(aac_setup("config=1408"));
  camera.payload("0010 0028 0102");
  camera.lose();
  camera.pass(1024);
  camera.payload("0010 0010 0607", true);
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 1U);
  EXPECT_TRUE(aus[0]->damaged);
}

// --- Clocks ------------------------------------------------------------------------------------

TEST(ClockQuirks, IntelbrasSendsSingleFramesHoursAway) {
  for (const int64_t away : {int64_t{-9800} * 90000, int64_t{20000} * 90000}) {
    Camera camera(test::h264_setup(true));
    camera.feed("I* @P* @P* @P*");
    camera.timestamp += static_cast<uint32_t>(away);
    camera.feed("@P*");
    camera.timestamp -= static_cast<uint32_t>(away);
    camera.feed("@P* @P*");
    const auto aus = camera.take();
    ASSERT_EQ(aus.size(), 7U);
    for (size_t i = 0; i < aus.size(); ++i)
      EXPECT_NEAR(static_cast<double>(aus[i]->pts), static_cast<double>(i) * 6000, 1) << i;
    EXPECT_EQ(camera.stats().clock_jumps, 2U);
  }
}

TEST(ClockQuirks, SequenceNumbersAndTimestampsWrap) {
  Camera camera(test::h264_setup(true));
  camera.sequence = 65534;
  camera.timestamp = 0xFFFFFFFF - 6000;
  camera.feed("I* @P* @P* @P*");
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 4U);
  EXPECT_EQ(aus[3]->pts - aus[0]->pts, 18000);
  EXPECT_EQ(camera.stats().lost, 0U);
}

TEST(ClockQuirks, RtpInfoThatDoesNotMatchTheStreamIsIgnored) {
  // rtptime=0: https://github.com/scottlamb/retina/issues/117.
  const struct {
    const char* name;
    uint32_t rtptime;
    int64_t pts;
  } rows[] = {
      {"right: the first picture is 0.1 s after it", 1'000'000 - 9000, 9000},
      {"rtptime=0 (Laureii)", 0, 0},
      {"of another session", 3'000'000'000, 0},
  };
  for (const auto& row : rows) {
    Camera camera(test::h264_setup(true));
    camera.timestamp = 1'000'000;
    camera.receiver->set_rtp_info(row.rtptime, 0);
    camera.feed("I* @P* @P*");
    const auto aus = camera.take();
    ASSERT_EQ(aus.size(), 3U);
    EXPECT_EQ(aus[0]->pts, row.pts) << row.name;
  }
}

TEST(ClockQuirks, SenderReportsWithoutACredibleClockAreNotUsed) {
  const WallTime base{1'700'000'000'000'000};
  const struct {
    const char* name;
    uint64_t ntp;
    uint32_t ahead;  ///< of the report's RTP timestamp
    bool used;
  } rows[] = {
      {"right", wall_to_ntp(base + Duration(300'000)), 0, true},
      {"half a second fast", wall_to_ntp(base + Duration(800'000)), 0, true},
      {"NTP 0: no clock", 0, 0, false},
      {"1900", 1ULL << 32, 0, false},
      {"1970", wall_to_ntp({5'000'000}), 0, false},
      {"local time sent as UTC", wall_to_ntp(base + std::chrono::hours(1)), 0, false},
      {"RTP timestamp of another stream", wall_to_ntp(base), 900'000'000, false},
  };
  for (const auto& row : rows) {
    Camera camera(test::h264_setup(true));
    camera.feed("I* @P* @P* @P*");
    SenderReport report;
    report.ntp = row.ntp;
    report.rtp_timestamp = camera.timestamp + row.ahead;
    camera.receiver->push_rtcp(build_sender_report(report, "camera"), camera.now);
    camera.take();
    camera.feed("@P* @P*");
    const auto aus = camera.take();
    ASSERT_EQ(aus.size(), 2U);
    EXPECT_EQ(aus[0]->utc_source, row.used ? media::UtcSource::kRtcp : media::UtcSource::kArrival)
        << row.name;
    EXPECT_EQ(camera.stats().bad_reports, row.used ? 0U : 1U) << row.name;
  }
}

TEST(ClockQuirks, ASenderReportThatSpeaksOfThePastIsAsGoodAsAFreshOne) {
  Camera camera(test::h264_setup(true));
  const WallTime start = camera.now.wall;
  const uint32_t first = camera.timestamp + 6000;
  camera.feed("@I* @P* @P* @P* @P* @P* @P* @P* @P* @P* @P*");
  SenderReport report;
  report.ntp = wall_to_ntp(start);  // of the first picture, 0.7 s ago
  report.rtp_timestamp = first;
  camera.receiver->push_rtcp(build_sender_report(report, "camera"), camera.now);
  camera.take();
  camera.feed("@P* @P*");
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 2U);
  EXPECT_EQ(aus[0]->utc_source, media::UtcSource::kRtcp);
  EXPECT_EQ((aus[0]->utc - start).count(), 11 * 6000 * 1'000'000LL / 90000);
  EXPECT_LT(aus[0]->utc_error_us, 100'000U);
}

}  // namespace
}  // namespace vedette::rtp
