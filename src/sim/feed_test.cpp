// SPDX-License-Identifier: Apache-2.0
#include "sim/feed.h"

#include <string_view>

#include <gtest/gtest.h>

namespace vedette::sim {
namespace {

/// "IPPIPP": one frame every 100 ms, as the letters say.
ServedStreamPtr stream_of(std::string_view gops) {
  auto stream = std::make_shared<ServedStream>();
  auto info = std::make_shared<media::TrackInfo>();
  info->codec = media::Codec::kH264;
  stream->tracks.push_back({info, 90000, 0});
  for (size_t i = 0; i < gops.size(); ++i) {
    ServedFrame frame;
    frame.due_us = static_cast<int64_t>(i) * 100'000;
    frame.rtp_ticks = static_cast<int64_t>(i) * 9000;
    frame.random_access = gops[i] == 'I';
    stream->frames.push_back(frame);
  }
  stream->loop_us = static_cast<int64_t>(gops.size()) * 100'000;
  return stream;
}

constexpr MonoTime kEpoch{5'000'000};

TEST(Feed, times_and_timestamps_go_on_over_the_loop) {
  Feed feed(stream_of("IPP"), kEpoch, 0);
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(feed.due().us, kEpoch.us + i * 100'000);
    EXPECT_EQ(feed.ticks(), i * 9000);
    feed.advance();
  }
  EXPECT_EQ(feed.loops(), 3);
}

struct SeekRow {
  int64_t now_us;
  int64_t due_us;
};

TEST(Feed, starts_at_the_next_key_frame) {
  for (const SeekRow& row :
       {SeekRow{0, 0}, SeekRow{1, 300'000}, SeekRow{300'000, 300'000}, SeekRow{300'001, 600'000},
        SeekRow{6'000'000, 6'000'000}, SeekRow{6'350'000, 6'600'000}, SeekRow{-5, 0}}) {
    Feed feed(stream_of("IPPIPP"), kEpoch, 0);
    feed.seek_key_frame(kEpoch + Duration(row.now_us));
    EXPECT_EQ((feed.due() - kEpoch).count(), row.due_us) << row.now_us;
    EXPECT_TRUE(feed.frame().random_access);
  }
}

TEST(Feed, a_fast_clock_sends_early_and_says_so_in_its_timestamps) {
  Feed feed(stream_of("IPPIPPIPPI"), kEpoch, 1000);
  for (int i = 0; i < 10'000; ++i) feed.advance();  // 1000 s of media
  const Duration late = feed.due() - kEpoch;
  EXPECT_NEAR(static_cast<double>(late.count()), 1e9 / 1.001, 2);
  const auto& track = feed.stream().tracks[0];
  EXPECT_NEAR(static_cast<double>(feed.ticks_at(feed.due(), track)),
              static_cast<double>(feed.ticks()), 2);
}

TEST(Feed, a_changing_stream_alternates_at_key_frames) {
  const auto a = stream_of("IPPPIPPP");
  const auto b = stream_of("IPIP");
  const auto both = alternate(*a, *b, std::chrono::milliseconds(500));
  ASSERT_TRUE(both) << both.error().message();
  std::string letters;
  for (const ServedFrame& frame : (*both)->frames) letters += frame.random_access ? 'I' : 'P';
  EXPECT_EQ(letters, "IPPPIPPPIPIPIP") << "the first key frame after 500 ms of each";
  EXPECT_EQ((*both)->loop_us, 1'400'000);
  for (size_t i = 0; i < (*both)->frames.size(); ++i) {
    EXPECT_EQ((*both)->frames[i].due_us, static_cast<int64_t>(i) * 100'000);
    EXPECT_EQ((*both)->frames[i].rtp_ticks, static_cast<int64_t>(i) * 9000);
  }
}

}  // namespace
}  // namespace vedette::sim
