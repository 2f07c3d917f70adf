// SPDX-License-Identifier: Apache-2.0
#include "ingest/backoff.h"

#include <gtest/gtest.h>

namespace vedette::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Backoff, GrowsToItsCapWithJitterAndStartsAgain) {
  Backoff backoff(42);
  Duration total{0};
  for (int i = 0; i < 10; ++i) {
    const Duration wait = backoff.next(seconds(15));
    EXPECT_GE(wait, milliseconds(400));
    EXPECT_LE(wait, seconds(15));
    total += wait;
  }
  EXPECT_GE(total, seconds(60));
  EXPECT_LE(backoff.next(seconds(2)), seconds(2));
  backoff.reset();
  EXPECT_LE(backoff.next(seconds(15)), milliseconds(600));
}

}  // namespace
}  // namespace vedette::ingest
