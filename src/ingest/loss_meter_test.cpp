// SPDX-License-Identifier: Apache-2.0
#include "ingest/loss_meter.h"

#include <gtest/gtest.h>

namespace vedette::ingest {
namespace {

using std::chrono::seconds;

TEST(LossMeter, TellsOfTheLastMinuteOnly) {
  LossMeter meter;
  EXPECT_FALSE(meter.share());
  uint64_t received = 0;
  uint64_t lost = 0;
  MonoTime now{0};
  const auto pass = [&](int a_second, int lost_a_second, int length) {
    for (int i = 0; i < length; ++i) {
      now = now + seconds(1);
      received += static_cast<uint64_t>(a_second);
      lost += static_cast<uint64_t>(lost_a_second);
      meter.count(now, received, lost);
    }
  };
  meter.count(now, 0, 0);
  EXPECT_FALSE(meter.share()) << "nothing was to be received";
  pass(90, 10, 60);
  EXPECT_NEAR(meter.share().value(), 0.1, 0.001);
  pass(100, 0, 30);
  EXPECT_NEAR(meter.share().value(), 0.05, 0.01);
  pass(100, 0, 40);
  EXPECT_EQ(meter.share(), 0.0) << "what was lost before is over";
  pass(0, 0, 70);
  EXPECT_FALSE(meter.share()) << "a camera that is down loses nothing";
}

}  // namespace
}  // namespace vedette::ingest
