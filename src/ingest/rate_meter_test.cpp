// SPDX-License-Identifier: Apache-2.0
#include "ingest/rate_meter.h"

#include <gtest/gtest.h>

namespace vedette::ingest {
namespace {

TEST(RateMeter, ForgetsWhatIsOlderThanAFewSeconds) {
  RateMeter meter;
  meter.reset({0});
  for (int second = 1; second <= 20; ++second) {
    for (int i = 0; i < (second <= 10 ? 25 : 10); ++i) meter.add(1000);
    EXPECT_TRUE(meter.tick({second * 1'000'000}));
  }
  EXPECT_DOUBLE_EQ(meter.frames_per_second(), 10);
  EXPECT_DOUBLE_EQ(meter.bits_per_second(), 80'000);
}

}  // namespace
}  // namespace vedette::ingest
