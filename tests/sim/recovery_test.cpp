// SPDX-License-Identifier: Apache-2.0
// What recovery has to put in order for an honest archive to verify, each found by a seed once.
#include <gtest/gtest.h>

#include "world.h"

namespace vedette::trial {
namespace {

using fs::Op;
using std::chrono::seconds;

WorldOptions signed_site(int cameras) {
  fs::FakeChance chance(7);
  WorldOptions options;
  options.seed = 7;
  options.cameras = some_cameras(cameras, chance);
  options.file_duration = seconds(10);
  options.sign = true;
  return options;
}

std::string found(World& world) {
  std::string all;
  for (const std::string& finding : world.checker().findings()) all += finding + "\n";
  return all;
}

void expect_verified(World& world) {
  world.check(false);
  world.stop_and_verify();
  EXPECT_EQ(found(world), "");
}

void without_disk_for(World& world, Duration length) {
  world.expect().away.insert("/v0");
  world.disk().unplug("/v0");
  world.run(length);
  world.disk().plug_in("/v0");
  world.expect().away.clear();
}

// Its open files could not be cut back: looked for where the disk should be, they were not found.
TEST(Recovery, of_a_disk_that_is_away_waits_until_it_is_back) {
  for (const int away : {3, 20, 400}) {
    World world(signed_site(2));
    world.run(seconds(7));
    without_disk_for(world, seconds(away));
    world.run(seconds(25));
    expect_verified(world);
  }
}

// A sync that fails as a file is followed by the next: neither is believed, and the older one must
// not close the newer one.
TEST(Recovery, two_files_of_a_run_that_fail_together_are_both_given_up) {
  for (const int cameras : {1, 3}) {
    World world(signed_site(cameras));
    world.run(seconds(4));
    world.disk().inject({Op::kSyncDir, 1, true, ErrorCode::kUnavailable, "/v0"});
    world.disk().inject({Op::kSyncAll, 1, true, ErrorCode::kUnavailable, "/v0"});
    world.run(seconds(20));
    world.disk().clear_faults();
    world.run(seconds(25));
    expect_verified(world);
  }
}

}  // namespace
}  // namespace vedette::trial
