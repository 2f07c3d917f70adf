// SPDX-License-Identifier: Apache-2.0
#include "sim/options.h"

#include <gtest/gtest.h>

#include "sim/faults.h"

namespace vedette::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Faults, are_read_from_their_flags) {
  FaultPlan plan;
  for (const auto& [name, value] : {std::pair{"drop", "0.01"},
                                    {"reorder", "0.5"},
                                    {"stall", "20s:5s"},
                                    {"reboot", "1m"},
                                    {"change-parameters", "1.5s"},
                                    {"garbage", "250ms"},
                                    {"drift", "-500"}})
    EXPECT_TRUE(set_fault(plan, name, value)) << name;
  EXPECT_DOUBLE_EQ(plan.drop, 0.01);
  EXPECT_DOUBLE_EQ(plan.reorder, 0.5);
  EXPECT_EQ(plan.stall->every, seconds(20));
  EXPECT_EQ(plan.stall->length, seconds(5));
  EXPECT_EQ(plan.reboot->every, seconds(60));
  EXPECT_EQ(plan.reboot->length, seconds(3)) << "a camera that is not told otherwise takes 3 s";
  EXPECT_EQ(*plan.change_parameters, milliseconds(1500));
  EXPECT_EQ(*plan.garbage, milliseconds(250));
  EXPECT_DOUBLE_EQ(plan.drift_ppm, -500);
}

TEST(Faults, a_wrong_flag_says_how_to_write_it) {
  for (const auto& [name, value] : {std::pair{"drop", "1"},
                                    {"drop", "-0.1"},
                                    {"drop", "lots"},
                                    {"drop", ""},
                                    {"drop", "nan"},
                                    {"reorder", "2"},
                                    {"stall", "20s"},
                                    {"stall", "5s:20s"},
                                    {"stall", "20:5"},
                                    {"stall", ":"},
                                    {"reboot", "2s"},
                                    {"reboot", "0s:1s"},
                                    {"change-parameters", "soon"},
                                    {"garbage", "-1s"},
                                    {"garbage", "1e99s"},
                                    {"drift", "fast"},
                                    {"drift", "1000000"}}) {
    FaultPlan plan;
    const auto result = set_fault(plan, name, value);
    ASSERT_FALSE(result) << name << " " << value;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(result.error().what.find("write it like"), std::string::npos) << result.error().what;
  }
}

TEST(Faults, an_unknown_one_is_answered_with_the_list) {
  FaultPlan plan;
  const auto result = set_fault(plan, "explode", "now");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().what.find("reorder"), std::string::npos);
}

TEST(FaultClock, the_first_pulse_comes_after_one_period) {
  FaultPlan plan;
  ASSERT_TRUE(set_fault(plan, "stall", "20s:5s"));
  const FaultClock clock(plan, 0, 4, 1);
  for (const int t : {0, 4, 19, 25, 39, 45}) EXPECT_FALSE(clock.stalled(seconds(t))) << t;
  for (const int t : {20, 24, 40, 44}) EXPECT_TRUE(clock.stalled(seconds(t))) << t;
  EXPECT_FALSE(clock.rebooting(seconds(20)));
}

TEST(FaultClock, cameras_take_turns) {
  FaultPlan plan;
  ASSERT_TRUE(set_fault(plan, "reboot", "20s:5s"));
  const FaultClock third(plan, 2, 4, 1);
  EXPECT_FALSE(third.rebooting(seconds(21)));
  EXPECT_TRUE(third.rebooting(seconds(31)));
}

TEST(FaultClock, garbage_is_counted_and_holds_no_beginning_of_a_packet) {
  FaultPlan plan;
  ASSERT_TRUE(set_fault(plan, "garbage", "10s"));
  FaultClock clock(plan, 0, 1, 1);
  EXPECT_EQ(clock.garbage_count(seconds(9)), 0);
  EXPECT_EQ(clock.garbage_count(seconds(10)), 1);
  EXPECT_EQ(clock.garbage_count(seconds(35)), 3);
  const Bytes garbage = clock.make_garbage();
  EXPECT_GE(garbage.size(), 64u);
  for (const uint8_t byte : garbage) EXPECT_TRUE(byte != '$' && byte != 'R');
}

TEST(FaultClock, drops_about_as_many_as_asked_and_the_same_ones_for_a_seed) {
  FaultPlan plan;
  plan.drop = 0.1;
  FaultClock one(plan, 3, 8, 42);
  FaultClock other(plan, 3, 8, 42);
  int dropped = 0;
  for (int i = 0; i < 10000; ++i) {
    const bool drop = one.roll_drop();
    EXPECT_EQ(drop, other.roll_drop());
    dropped += drop ? 1 : 0;
  }
  EXPECT_NEAR(dropped, 1000, 120);
}

struct OptionRow {
  const char* name;
  void (*spoil)(SimOptions&);
};

TEST(SimOptions, are_checked_before_anything_is_opened) {
  SimOptions good;
  good.file = "x.mp4";
  EXPECT_TRUE(check(good));
  for (const OptionRow& row : {
           OptionRow{"no cameras", [](SimOptions& o) { o.cameras = 0; }},
           OptionRow{"too many cameras", [](SimOptions& o) { o.cameras = 257; }},
           OptionRow{"no cache for scenes", [](SimOptions& o) { o.file.clear(); }},
           OptionRow{"tiny mtu", [](SimOptions& o) { o.mtu = 10; }},
           OptionRow{"login without user",
                     [](SimOptions& o) { o.auth = rtsp::ServerScheme::kDigestMd5; }},
           OptionRow{"a stamp in a file", [](SimOptions& o) { o.stamp = true; }},
           OptionRow{"a stamp of a clock that drifts",
                     [](SimOptions& o) {
                       o.file.clear();
                       o.cache_dir = "x";
                       o.stamp = true;
                       o.faults.drift_ppm = 1;
                     }},
           OptionRow{"no frames", [](SimOptions& o) { o.fps = 0; }},
           OptionRow{"scene in a sound codec", [](SimOptions& o) { o.codec = media::Codec::kAac; }},
       }) {
    SimOptions options = good;
    row.spoil(options);
    const auto result = check(options);
    ASSERT_FALSE(result) << row.name;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument) << row.name;
  }
}

}  // namespace
}  // namespace vedette::sim
