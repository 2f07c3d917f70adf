// SPDX-License-Identifier: Apache-2.0
// What goes into a Packetizer comes out of a TrackReceiver, also under reordering and loss; the
// bounds; reports.
#include "rtp/track_receiver.h"

#include <algorithm>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "media/nal.h"
#include "media/track_info.h"
#include "rtp/packetizer.h"
#include "rtp/rtcp.h"
#include "rtp/test_stream.h"

namespace vedette::rtp {
namespace {

using media::Codec;
using test::Camera;

media::TrackInfoPtr track_of(Codec codec) {
  const Bytes asc = test::hex("1210");
  auto track = codec == Codec::kAac ? media::make_aac_track_info(asc, 44100)
               : codec == Codec::kH264
                   ? media::make_video_track_info(codec, {}, test::h264_sps(), test::h264_pps())
                   : media::make_video_track_info(codec, test::h265_vps(), test::h265_sps(),
                                                  test::h265_pps());
  EXPECT_TRUE(track.has_value());
  return std::make_shared<const media::TrackInfo>(std::move(*track));
}

/// An IDR picture of two slices with an SEI, then pictures of one to three slices of any size.
std::vector<media::AccessUnit> make_aus(Codec codec, int count, std::mt19937& random) {
  std::vector<media::AccessUnit> aus;
  std::uniform_int_distribution<size_t> size(8, 6000);
  const auto track = track_of(codec);
  for (int i = 0; i < count; ++i) {
    media::AccessUnit au;
    au.track = track;
    au.random_access = codec == Codec::kAac || i % 5 == 0;
    if (codec == Codec::kAac) {
      au.data.assign(size(random), static_cast<uint8_t>(i + 1));
    } else {
      std::string letters = i % 5 == 0 ? "EIi" : i % 3 == 0 ? "Ppp" : "P";
      for (const char c : letters) media::append_nal(au.data, test::nal(codec, c, size(random)));
    }
    aus.push_back(std::move(au));
  }
  return aus;
}

struct Sent {
  Bytes packet;
  size_t au;
};

std::vector<Sent> packetize(const std::vector<media::AccessUnit>& aus, uint32_t ticks) {
  auto packetizer = Packetizer::create(*aus.front().track, 96, 1400);
  EXPECT_TRUE(packetizer.has_value());
  std::vector<Sent> sent;
  uint16_t sequence = 65530;
  for (size_t i = 0; i < aus.size(); ++i) {
    std::vector<Bytes> packets;
    (*packetizer)->packetize(aus[i], true, packets);
    for (Bytes& packet : packets) {
      EXPECT_LE(packet.size(), 1400U);
      patch_rtp_header(packet, sequence++, static_cast<uint32_t>(i) * ticks + 0xFFFFE000U, 7);
      sent.push_back({std::move(packet), i});
    }
  }
  return sent;
}

std::unique_ptr<TrackReceiver> receiver_for(const media::TrackInfo& track, bool ordered) {
  TrackSetup setup;
  setup.codec = track.codec;
  setup.clock_rate = track.timescale;
  setup.ordered = ordered;
  if (track.codec == Codec::kAac) setup.fmtp = "mode=AAC-hbr;config=1210";
  auto made = TrackReceiver::create(setup);
  EXPECT_TRUE(made.has_value());
  return std::move(made).value();
}

std::vector<media::AccessUnitPtr> receive(TrackReceiver& receiver, const std::vector<Sent>& sent) {
  std::vector<media::AccessUnitPtr> aus;
  int64_t us = 0;
  for (const Sent& s : sent) {
    us += 5'000;
    EXPECT_TRUE(receiver.push_rtp(s.packet, {{us}, {us}}).has_value());
    while (auto au = receiver.pop()) aus.push_back(std::move(au));
  }
  receiver.flush();
  while (auto au = receiver.pop()) aus.push_back(std::move(au));
  return aus;
}

void expect_valid(const std::vector<media::AccessUnitPtr>& aus) {
  for (size_t i = 0; i < aus.size(); ++i) {
    EXPECT_GE(aus[i]->pts, aus[i]->dts);
    EXPECT_TRUE(i == 0 || aus[i]->dts > aus[i - 1]->dts);
    EXPECT_TRUE(!is_video(aus[i]->track->codec) || media::is_length_prefixed(aus[i]->data));
  }
}

class RoundTrip : public testing::TestWithParam<Codec> {};

TEST_P(RoundTrip, GivesIdenticalAccessUnitsOverTcp) {
  std::mt19937 random(1);
  const auto aus = make_aus(GetParam(), 40, random);
  const uint32_t ticks = aus[0].track->timescale / 15;
  auto receiver = receiver_for(*aus[0].track, true);
  const auto got = receive(*receiver, packetize(aus, ticks));
  ASSERT_EQ(got.size(), aus.size());
  expect_valid(got);
  for (size_t i = 0; i < aus.size(); ++i) {
    EXPECT_EQ(got[i]->data, aus[i].data) << i;
    EXPECT_EQ(got[i]->random_access, aus[i].random_access) << i;
    EXPECT_FALSE(got[i]->damaged) << i;
    EXPECT_EQ(got[i]->pts - got[0]->pts, static_cast<int64_t>(i) * ticks);
    EXPECT_EQ(*got[i]->track, *aus[i].track);
    EXPECT_EQ(got[i]->track, got[0]->track);  // one pointer as long as nothing changes
  }
  EXPECT_EQ(receiver->stats().malformed, 0U);
}

TEST_P(RoundTrip, GivesIdenticalAccessUnitsFromReorderedAndDuplicatedPackets) {
  std::mt19937 random(2);
  const auto aus = make_aus(GetParam(), 40, random);
  auto sent = packetize(aus, aus[0].track->timescale / 15);
  for (size_t i = 1; i + 8 < sent.size(); i += 8) {
    std::shuffle(sent.begin() + static_cast<long>(i), sent.begin() + static_cast<long>(i + 8),
                 random);
    sent.insert(sent.begin() + static_cast<long>(i), sent[i]);
  }
  auto receiver = receiver_for(*aus[0].track, false);
  const auto got = receive(*receiver, sent);
  ASSERT_EQ(got.size(), aus.size());
  for (size_t i = 0; i < aus.size(); ++i) EXPECT_EQ(got[i]->data, aus[i].data) << i;
  EXPECT_GT(receiver->stats().reordered, 0U);
  EXPECT_GT(receiver->stats().duplicates, 0U);
  EXPECT_EQ(receiver->stats().lost, 0U);
}

TEST_P(RoundTrip, MarksEveryAccessUnitThatLossMayHaveTouchedAndNoOtherBytesChange) {
  std::mt19937 random(3);
  const auto aus = make_aus(GetParam(), 200, random);
  auto sent = packetize(aus, aus[0].track->timescale / 15);
  std::vector<bool> hurt(aus.size() + 1, false);
  uint64_t lost = 0;
  for (size_t i = 20; i + 40 < sent.size(); i += 23) {
    hurt[sent[i].au] = true;
    sent.erase(sent.begin() + static_cast<long>(i));
    ++lost;
  }
  auto receiver = receiver_for(*aus[0].track, true);
  const auto got = receive(*receiver, sent);
  expect_valid(got);
  EXPECT_EQ(receiver->stats().lost, lost);
  size_t at = 0;
  bool missing_before = false;
  for (const auto& au : got) {
    // Find the one it came from: an undamaged one must be identical to it.
    const int64_t ticks = aus[0].track->timescale / 15;
    const auto index = static_cast<size_t>((au->pts - got[0]->pts + ticks / 2) / ticks);
    ASSERT_LT(index, aus.size());
    for (; at < index; ++at) missing_before = missing_before || hurt[at];
    if (!au->damaged) {
      EXPECT_FALSE(hurt[index]) << index;
      EXPECT_EQ(au->data, aus[index].data) << index;
    }
    missing_before = false;
    at = index + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, RoundTrip,
                         testing::Values(Codec::kH264, Codec::kH265, Codec::kAac),
                         [](const auto& row) { return std::string(to_string(row.param)); });

TEST(TrackReceiver, DropsAndCountsAccessUnitsBeforeParameterSetsAreKnown) {
  Camera camera(test::h264_setup());
  camera.feed("P* @P* @I* @P* @STI* @P* @P*");
  EXPECT_EQ(camera.received(), "I P P");
  EXPECT_EQ(camera.stats().no_parameters, 4U);
}

TEST(TrackReceiver, StartsAnotherTrackAtTheRandomAccessAfterParameterSetsChange) {
  Camera camera(test::h264_setup());
  camera.feed("STI* @P* @P* @OTI* @P* @OTI* @P*");
  EXPECT_EQ(camera.received(), "I P P /I P I P");
}

TEST(TrackReceiver, KeepsTheOldTrackUntilTheNextRandomAccess) {
  Camera camera(test::h264_setup());
  camera.feed("STI* @P* @OT P* @P* @I* @P*");
  EXPECT_EQ(camera.received(), "I P P P /I P");
}

TEST(TrackReceiver, ResumesCleanAtTheNextIdrAfterLoss) {
  Camera camera(test::h264_setup());
  camera.feed("STI* @P* @P* @-P* @P* @P* @STI* @P*");
  EXPECT_EQ(camera.received(), "I P P P! P I P");
}

TEST(TrackReceiver, DoesNotOfferAnIdrThatLostASliceAsRandomAccess) {
  Camera camera(test::h264_setup());
  camera.feed("STI* @P* @P* @STI-ii* @P* @ST-Ii* @P* @STIi*");
  EXPECT_EQ(camera.received(), "I P P P2! P P! P I2");
}

TEST(TrackReceiver, LeavesOutParameterSetsDelimitersAndFiller) {
  Camera camera(test::h265_setup());
  camera.feed("AVSTEIF* @APF* @AP*");
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 3U);
  Bytes expected;
  media::append_nal(expected, test::nal(Codec::kH265, 'E'));
  media::append_nal(expected, test::nal(Codec::kH265, 'I'));
  EXPECT_EQ(aus[0]->data, expected);
}

TEST(TrackReceiver, EndsWithAClearErrorBeyond16MiB) {
  Camera camera(test::h264_setup(true));
  const Bytes start = test::hex("7c8588");
  Bytes more = test::hex("7c05");
  more.resize(65000, 0x80);
  RtpPacket packet;
  packet.payload_type = 96;
  packet.payload = start;
  ASSERT_TRUE(camera.receiver->push_rtp(test::rtp_packet(packet), camera.now).has_value());
  packet.payload = more;
  Result<void> result;
  for (int i = 0; i < 300 && result; ++i) {
    ++packet.sequence;
    result = camera.receiver->push_rtp(test::rtp_packet(packet), camera.now);
  }
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kResourceExhausted);
}

TEST(TrackReceiver, RefusesWhatItCannotReceive) {
  const struct {
    const char* name;
    Codec codec;
    const char* fmtp;
  } rows[] = {
      {"interleaved H.264", Codec::kH264, "packetization-mode=2"},
      {"H.265 with DONL", Codec::kH265, "sprop-max-don-diff=2"},
      {"AAC in another mode", Codec::kAac, "mode=CELP-cbr"},
      {"Opus", Codec::kOpus, ""},
      {"G.711 at 90 kHz", Codec::kPcmu, ""},
  };
  for (const auto& row : rows) {
    TrackSetup setup;
    setup.codec = row.codec;
    setup.fmtp = row.fmtp;
    const auto made = TrackReceiver::create(setup);
    ASSERT_FALSE(made.has_value()) << row.name;
    EXPECT_EQ(made.error().code, ErrorCode::kUnsupported) << row.name;
  }
}

TEST(TrackReceiver, BelievesNoClockRateThatTheSpecificationsRuleOut) {
  TrackSetup setup;
  for (const Codec codec : {Codec::kH264, Codec::kH265}) {
    setup.codec = codec;
    setup.clock_rate = 90000;
    EXPECT_TRUE(TrackReceiver::create(setup).has_value());
    for (const uint32_t rate : {0U, 1U, 25U, 89999U, 4'000'000'000U}) {
      setup.clock_rate = rate;
      const auto made = TrackReceiver::create(setup);
      ASSERT_FALSE(made.has_value()) << rate;
      EXPECT_EQ(made.error().code, ErrorCode::kUnsupported);
    }
  }
  setup.codec = Codec::kAac;
  setup.fmtp = "mode=AAC-hbr;config=1408;sizeLength=13;indexLength=3;indexDeltaLength=3";
  setup.clock_rate = 16000;
  EXPECT_TRUE(TrackReceiver::create(setup).has_value());
  for (const uint32_t rate : {0U, 1U, 192001U, 4'000'000'000U}) {
    setup.clock_rate = rate;
    EXPECT_FALSE(TrackReceiver::create(setup).has_value()) << rate;
  }
}

TEST(TrackReceiver, ReportsReceptionEveryFiveSeconds) {
  Camera camera(test::h264_setup());
  EXPECT_FALSE(camera.receiver->make_receiver_report(camera.now.mono).has_value());
  camera.feed("STI* @P* @-P* @P*");
  EXPECT_FALSE(camera.receiver->make_receiver_report(camera.now.mono).has_value());
  for (int i = 0; i < 80; ++i) camera.next_frame();
  const auto report = camera.receiver->make_receiver_report(camera.now.mono);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ((*report)[1], 201);
  ByteReader reader(*report);
  reader.skip(8);
  EXPECT_EQ(reader.u32(), camera.ssrc);
  EXPECT_EQ(reader.u8(), 256 / 6);  // one of six lost
  EXPECT_EQ(reader.u24(), 1U);
  EXPECT_EQ(reader.u32(), 105U);
  EXPECT_FALSE(camera.receiver->make_receiver_report(camera.now.mono).has_value());
}

TEST(TrackReceiver, TurnsG711IntoOpusOf20MsWhateverItsRate) {
  for (const uint32_t rate : {8000U, 16000U, 48000U}) {
    SCOPED_TRACE(rate);
    TrackSetup setup;
    setup.codec = Codec::kPcma;
    setup.clock_rate = rate;
    Camera camera(setup);
    camera.frame_ticks = rate / 20;
    const Bytes samples(rate / 20, 0xD5);
    for (int i = 0; i < 4; ++i) {
      camera.payload(samples);
      camera.next_frame();
    }
    const auto aus = camera.take();
    ASSERT_EQ(aus.size(), 10U);
    for (size_t i = 0; i < aus.size(); ++i) {
      EXPECT_EQ(aus[i]->pts, static_cast<int64_t>(i) * 960);
      EXPECT_EQ(aus[i]->track->codec, Codec::kOpus);
      EXPECT_EQ(aus[i]->track->timescale, 48000U);
      EXPECT_FALSE(aus[i]->data.empty());
    }
  }
}

}  // namespace
}  // namespace vedette::rtp
