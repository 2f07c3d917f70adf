// SPDX-License-Identifier: Apache-2.0
#include "transcode/budget.h"

#include <gtest/gtest.h>

namespace vedette::transcode {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Budget, lets_a_new_viewer_catch_up_and_then_holds_the_mean) {
  FakeClock clock;
  Budget budget(0.5, clock.mono());
  budget.charge(milliseconds(900), clock.mono());
  EXPECT_TRUE(budget.allows_all()) << "the first GOP at once";
  budget.charge(milliseconds(200), clock.mono());
  EXPECT_FALSE(budget.allows_all());
  EXPECT_TRUE(budget.allows_key_frames());
  clock.advance(milliseconds(200));
  budget.charge(Duration(0), clock.mono());
  EXPECT_TRUE(budget.allows_all()) << "0.1 s were owed";
}

TEST(Budget, leaves_key_frames_out_only_when_even_they_are_too_much) {
  FakeClock clock;
  Budget budget(0.1, clock.mono());
  budget.charge(milliseconds(2100), clock.mono());
  EXPECT_FALSE(budget.allows_key_frames());
  clock.advance(seconds(2));
  budget.charge(Duration(0), clock.mono());
  EXPECT_TRUE(budget.allows_key_frames());
  EXPECT_FALSE(budget.allows_all());
}

TEST(Budget, saves_no_more_than_a_second) {
  FakeClock clock;
  Budget budget(0.5, clock.mono());
  clock.advance(seconds(1000));
  budget.charge(milliseconds(1001), clock.mono());
  EXPECT_FALSE(budget.allows_all());
}

TEST(Budget, expects_more_of_larger_and_faster_pictures) {
  EXPECT_NEAR(expected_cores(1280, 720, 15), 0.17, 0.01);
  EXPECT_NEAR(expected_cores(3840, 2160, 25) / expected_cores(1920, 1080, 25), 4, 0.01);
  EXPECT_EQ(expected_cores(1280, 720, 0), expected_cores(1280, 720, 15)) << "not declared";
}

}  // namespace
}  // namespace vedette::transcode
