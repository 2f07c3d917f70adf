// SPDX-License-Identifier: Apache-2.0
#include "store/fsck_job.h"

#include <new>

#include <gtest/gtest.h>

namespace vedette::store {
namespace {

TEST(FsckJob, ends_with_a_word_when_memory_runs_out) {
  const FakeClock clock;
  FsckJob job(clock,
              [](const FsckOptions&, const FsckWatch&) -> FsckReport { throw std::bad_alloc(); });
  ASSERT_TRUE(job.start({}));
  while (job.status().running) {
  }
  EXPECT_NE(job.status().report->error.find("log"), std::string::npos);
}

TEST(FsckJob, runs_once_at_a_time_and_ends_when_told_to) {
  const FakeClock clock;
  FsckJob job(clock, [](const FsckOptions&, const FsckWatch& watch) {
    watch.progress({1, 2, 3, 4});
    Mutex mutex;
    while (!watch.stop.stop_requested()) MutexLock lock(mutex);
    FsckReport report;
    report.cancelled = true;
    return report;
  });
  EXPECT_FALSE(job.status().running);
  ASSERT_TRUE(job.start({.rebuild = true}));
  EXPECT_EQ(job.start({}).error().code, ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(job.status().options.rebuild);
  job.cancel();
  while (job.status().running) {
  }
  EXPECT_TRUE(job.status().report->cancelled);
  ASSERT_TRUE(job.start({}));
}

}  // namespace
}  // namespace vedette::store
