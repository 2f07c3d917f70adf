// SPDX-License-Identifier: Apache-2.0
// The worked example of docs/design/time.md, row by row, and the failure modes listed there.
#include "rtp/timeline.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "rtp/decode_order.h"

namespace vedette::rtp {
namespace {

using media::UtcSource;

constexpr int64_t kWall0 = 1'700'000'000'000'000;  // UTC when the monotonic clock says 0

Arrival at(double seconds) {
  const auto us = static_cast<int64_t>(seconds * 1e6 + 0.5);
  return {{us}, {kWall0 + us}};
}

/// UTC equal but for the rounding of ticks.
void expect_utc(const Timeline::Stamp& stamp, double seconds) {
  EXPECT_LE(std::abs(stamp.utc.us - at(seconds).wall.us), 2) << seconds;
}

TEST(WorkedExample, OfDocsDesignTime) {
  Timeline timeline(90000, {10'000'000});
  DecodeOrder order;
  order.expect(1, 3600);
  const auto kB = Reordering::kPossible;
  const auto kP = Reordering::kImpossible;
  const struct {
    double arrives;
    uint32_t timestamp;
    Reordering reordering;
    int64_t pts, dts;
    double utc;  ///< seconds after kWall0
    uint32_t error_us;
  } rows[] = {
      {10.200, 4294963696, kP, 18000, 14400, 10.200, 250'000},  // I
      {10.240, 3600, kP, 25200, 18000, 10.240, 250'000},        // P, after the wrap
      {10.280, 0, kB, 21600, 21600, 10.200, 250'000},           // B
      {10.320, 10800, kP, 32400, 25200, 10.320, 250'000},       // P
      {10.360, 7200, kB, 28800, 28800, 10.280, 250'000},        // B
      // Sender report at 10.365: timestamp 10800 was 10.470 in UTC.
      {10.440, 18000, kP, 39600, 32400, 10.550, 170'000},               // P
      {10.480, 18000 - 324000000U, kP, 46800, 39600, 10.480, 250'000},  // set back by an hour
  };
  for (const auto& row : rows) {
    if (row.arrives > 10.4 && row.arrives < 10.45) {
      SenderReport report;
      report.ntp = wall_to_ntp({kWall0 + 10'470'000});
      report.rtp_timestamp = 10800;
      ASSERT_TRUE(timeline.on_sender_report(report, at(10.365)));
    }
    const auto stamp = timeline.place(row.timestamp, at(row.arrives), row.reordering);
    const auto times = order.assign(stamp.pts);
    EXPECT_EQ(times.pts, row.pts) << row.arrives;
    EXPECT_EQ(times.dts, row.dts) << row.arrives;
    EXPECT_EQ(stamp.utc.us, at(row.utc).wall.us) << row.arrives;
    EXPECT_EQ(stamp.utc_error_us, row.error_us) << row.arrives;
  }
  EXPECT_EQ(timeline.jumps(), 1U);
}

TEST(Timeline, SaysHowFarTheCamerasClockIsOffEvenWhenItDoesNotBelieveIt) {
  Timeline timeline(90000, {0});
  EXPECT_FALSE(timeline.camera_clock());
  for (uint32_t i = 0; i < 15; ++i) timeline.place(i * 6000, at(i / 15.0));
  const auto report = [&](double ahead_s) {
    SenderReport said;
    said.ntp = wall_to_ntp(at(14 / 15.0 + ahead_s).wall);
    said.rtp_timestamp = 14 * 6000;
    return timeline.on_sender_report(said, at(1.0));
  };
  ASSERT_TRUE(report(0.4));
  ASSERT_TRUE(timeline.camera_clock());
  EXPECT_NEAR(static_cast<double>(timeline.camera_clock()->offset.count()), 400'000, 5);
  EXPECT_EQ(timeline.camera_clock()->error, Duration(250'000));
  EXPECT_TRUE(timeline.camera_clock()->believed);
  EXPECT_FALSE(report(-7200)) << "two hours slow: somebody set the zone, not the clock";
  EXPECT_NEAR(static_cast<double>(timeline.camera_clock()->offset.count()), -7.2e9, 5);
  EXPECT_FALSE(timeline.camera_clock()->believed);
  timeline.restart();
  EXPECT_FALSE(timeline.camera_clock()) << "another source has another clock";
}

TEST(Timeline, FollowsACameraWhoseClockRunsAtAnotherSpeed) {
  for (const double speed : {0.9995, 1.0005}) {
    Timeline timeline(90000, {0});
    Timeline::Stamp stamp;
    for (int i = 0; i < 15 * 600; ++i) {  // ten minutes: 0.3 s apart at the end
      const double t = i / 15.0;
      stamp = timeline.place(static_cast<uint32_t>(t * 90000 * speed), at(t));
      ASSERT_LT(std::abs((stamp.utc - at(t).wall).count()), 20'000) << speed << " " << t;
    }
    EXPECT_EQ(timeline.jumps(), 0U);
  }
}

TEST(Timeline, TakesABurstAfterANetworkStallForWhatItIs) {
  Timeline timeline(90000, {0});
  for (uint32_t i = 0; i < 15; ++i) timeline.place(i * 6000, at(i / 15.0));
  // Nothing for 20 s, then everything at once.
  for (uint32_t i = 15; i < 315; ++i) {
    const auto stamp = timeline.place(i * 6000, at(21.0));
    EXPECT_EQ(stamp.pts, int64_t{i} * 6000);
    expect_utc(stamp, i / 15.0);
  }
  EXPECT_EQ(timeline.jumps(), 0U);
}

TEST(Timeline, FindsUtcAgainAfterTheCamerasClockStoodStill) {
  Timeline timeline(90000, {0});
  uint32_t i = 0;
  for (; i < 30; ++i) timeline.place(i * 6000, at(i / 15.0));
  Timeline::Stamp stamp;
  for (; i < 30 + 31 * 15; ++i) stamp = timeline.place(i * 6000, at(60 + i / 15.0));
  expect_utc(stamp, 60 + (i - 1) / 15.0);
}

TEST(Timeline, AStepOfOurOwnUtcClockChangesNothingButUtc) {
  Timeline timeline(90000, {0});
  for (uint32_t i = 0; i < 15; ++i) timeline.place(i * 6000, at(i / 15.0));
  Arrival stepped = at(1.0);
  stepped.wall = stepped.wall + std::chrono::seconds(3600);
  const auto stamp = timeline.place(15 * 6000, stepped);
  EXPECT_EQ(stamp.pts, 90000);
  EXPECT_EQ(stamp.utc.us, stepped.wall.us);
}

TEST(Timeline, StraightensUnevenTimestamps) {
  Timeline timeline(90000, {0});
  EXPECT_EQ(timeline.place(1000, at(0)).pts, 0);
  EXPECT_EQ(timeline.place(7000, at(0.066)).pts, 6000);
  EXPECT_EQ(timeline.place(6900, at(0.133)).pts, 6001);
  EXPECT_EQ(timeline.place(6900, at(0.2)).pts, 6002);
  EXPECT_EQ(timeline.place(19000, at(0.266)).pts, 18000);
  EXPECT_EQ(timeline.jumps(), 0U);
}

TEST(Timeline, ASenderReportThatComesFirstIsUsed) {
  Timeline timeline(90000, {0});
  SenderReport report;
  report.ntp = wall_to_ntp(at(0.9).wall);
  report.rtp_timestamp = 500;
  timeline.on_sender_report(report, at(0.95));
  const auto stamp = timeline.place(9500, at(1.05));
  EXPECT_EQ(stamp.utc_source, UtcSource::kRtcp);
  EXPECT_EQ(stamp.utc.us, at(1.0).wall.us);
}

TEST(Timeline, AContradictedReportNoLongerCounts) {
  Timeline timeline(90000, {0});
  timeline.place(0, at(0));
  SenderReport report;
  report.ntp = wall_to_ntp(at(0).wall);
  EXPECT_TRUE(timeline.on_sender_report(report, at(0)));
  report.ntp = wall_to_ntp(at(3600).wall);
  EXPECT_FALSE(timeline.on_sender_report(report, at(0)));
  EXPECT_EQ(timeline.place(6000, at(0.066)).utc_source, UtcSource::kArrival);
}

struct OrderRow {
  const char* name;
  uint8_t depth;
  std::vector<int64_t> pts;  ///< in frames
  std::vector<int64_t> dts;  ///< in frames
};

TEST(DecodeOrder, TakesThePtsOfEarlierPicturesAsDecodeTimes) {
  const OrderRow rows[] = {
      {"no reordering", 0, {0, 1, 2, 3}, {0, 1, 2, 3}},
      {"one B-frame", 1, {0, 2, 1, 4, 3}, {-1, 0, 1, 2, 3}},
      {"a pyramid", 2, {0, 4, 2, 1, 3, 8, 6, 5, 7}, {-2, -1, 0, 1, 2, 3, 4, 5, 6}},
      {"leading pictures of a CRA", 2, {8, 4, 6, 12, 10}, {6, 7, 8, 9, 10}},
  };
  for (const auto& row : rows) {
    DecodeOrder order;
    order.expect(row.depth, 100);
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < row.pts.size(); ++i) {
      const auto times = order.assign(row.pts[i] * 100);
      if (row.name != std::string("leading pictures of a CRA")) {
        EXPECT_EQ(times.dts, row.dts[i] * 100) << row.name << " " << i;
        EXPECT_EQ(times.pts, row.pts[i] * 100) << row.name << " " << i;
      }
      EXPECT_GT(times.dts, last);
      EXPECT_GE(times.pts, times.dts);
      last = times.dts;
    }
  }
}

TEST(DecodeOrder, LearnsADepthThatNobodyDeclared) {
  DecodeOrder order;
  order.expect(0, 3600);
  int64_t last = INT64_MIN;
  int moved = 0;
  for (int64_t gop = 0; gop < 10; ++gop) {
    for (const int64_t frame : {3, 1, 2}) {
      const int64_t pts = (gop * 3 + frame) * 3600;
      const auto times = order.assign(pts);
      EXPECT_GT(times.dts, last);
      EXPECT_GE(times.pts, times.dts);
      if (times.pts != pts) ++moved;
      last = times.dts;
    }
  }
  EXPECT_LE(moved, 2);  // the pictures from which it learns
  EXPECT_LE(order.depth(), 2);
}

}  // namespace
}  // namespace vedette::rtp
