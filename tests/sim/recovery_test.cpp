// SPDX-License-Identifier: Apache-2.0
// What recovery has to put in order for an honest archive to verify, each found by a seed once.
#include <gtest/gtest.h>

#include "world.h"

namespace vedette::trial {
namespace {

using fs::Op;
using std::chrono::seconds;

WorldOptions short_files(int cameras) {
  WorldOptions options = signed_site(cameras, 7);
  options.seed = 7;
  options.file_duration = seconds(10);
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
    World world(short_files(2));
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
    World world(short_files(cameras));
    world.run(seconds(4));
    world.disk().inject({Op::kSyncDir, 1, true, ErrorCode::kUnavailable, "/v0"});
    world.disk().inject({Op::kSyncAll, 1, true, ErrorCode::kUnavailable, "/v0"});
    world.run(seconds(20));
    world.disk().clear_faults();
    world.run(seconds(25));
    expect_verified(world);
  }
}

void go_on_after_a_power_cut(World& world) {
  world.run(seconds(25));
  world.check(false);
  world.cut_power(3);
  world.start();
  world.check();
}

// Taken for the end of the file, it had what stands behind it cut off.
TEST(Recovery, a_read_that_fails_once_ends_no_file) {
  for (int nth = 1; nth <= 40; nth += 3) {
    World world(short_files(2));
    world.run(seconds(9));
    world.kill();
    world.disk().inject({Op::kRead, nth, false, ErrorCode::kUnavailable, ".mp4"});
    world.start();
    world.check();
    world.disk().clear_faults();
    go_on_after_a_power_cut(world);
    EXPECT_EQ(found(world), "") << "read " << nth;
  }
}

// The kernel takes what a failed sync should have written for clean: it is seen until the power
// goes, and another sync passes it over.
TEST(Recovery, what_a_failed_sync_left_is_written_again_before_it_is_listed) {
  for (const int cameras : {1, 3}) {
    for (const Op op : {Op::kSync, Op::kSyncAll}) {
      World world(short_files(cameras));
      world.run(seconds(6));
      world.disk().inject({Op::kTruncate, 1, true, ErrorCode::kUnavailable, ".mp4"});
      world.disk().inject({op, 1, true, ErrorCode::kUnavailable, "/v0"});
      world.run(seconds(2));
      world.kill();
      world.disk().clear_faults();
      world.start();
      world.check();
      go_on_after_a_power_cut(world);
      EXPECT_EQ(found(world), "") << cameras << " cameras";
    }
  }
}

// A catalog that does not answer at the start hides what a crash left for a while, and says so.
TEST(Recovery, that_the_catalog_keeps_waiting_says_so) {
  for (int nth = 1; nth <= 12; ++nth) {
    World world(short_files(2));
    world.run(seconds(9));
    world.kill();
    world.disk().inject({Op::kOpen, nth, false, ErrorCode::kUnavailable, "/data"});
    world.start();
    world.check();
    world.disk().clear_faults();
    go_on_after_a_power_cut(world);
    EXPECT_EQ(found(world), "") << "open " << nth;
  }
}

// No run of the camera is in the catalog then, only the gap that ended when it began.
TEST(Recovery, a_camera_of_which_nothing_was_recorded_yet_has_a_gap_over_the_restart) {
  for (const int tenths : {5, 13, 17, 26}) {
    World world(short_files(3));
    world.disk().set_read_only("/v0", true);
    world.run(Duration(tenths * 100'000));
    world.cut_power();
    world.run(seconds(4));
    world.disk().set_read_only("/v0", false);
    world.start();
    world.run(seconds(25));
    world.check(false);
    EXPECT_EQ(found(world), "") << tenths << " tenths of a second";
  }
}

// Nobody looked at files that the catalog called closed, and no ledger knew them.
TEST(Recovery, the_ledger_is_told_later_of_files_that_ended_while_it_could_not_be_written) {
  World world(short_files(3));
  world.run(seconds(3));
  world.disk().inject({Op::kWrite, 1, true, ErrorCode::kUnavailable, "vedette.ledger"});
  world.disk().inject({Op::kCreate, 1, true, ErrorCode::kUnavailable, "vedette.ledger"});
  world.run(seconds(25));
  world.stop();
  world.disk().clear_faults();
  world.start();
  world.run(seconds(25));
  expect_verified(world);
}

// Their day is not among those that are searched: only the ledger has their names.
TEST(Recovery, files_that_came_and_went_while_the_catalog_could_not_be_written_are_listed) {
  World world(short_files(2));
  world.run(seconds(4));
  world.disk().inject({Op::kWrite, 1, true, ErrorCode::kUnavailable, "/data"});
  world.step_clock(-std::chrono::hours(24 * 30));
  world.run(seconds(14));
  world.step_clock(std::chrono::hours(24 * 60));
  world.run(seconds(3));
  world.kill();
  world.disk().clear_faults();
  world.start();
  world.check();
  go_on_after_a_power_cut(world);
  EXPECT_EQ(found(world), "");
}

// Read while it was pulled out, its ledger seemed to be empty: nobody looked again.
TEST(Recovery, gaps_reach_the_ledger_of_a_disk_that_comes_and_goes) {
  for (const int tenths : {3, 13, 23, 33, 43, 53}) {
    World world(short_files(2));
    world.run(seconds(6));
    world.disk().set_read_only("/v0", true);
    world.run(seconds(6));
    world.kill();
    world.disk().set_read_only("/v0", false);
    world.disk().unplug("/v0");
    world.start();
    world.run(seconds(4));
    world.disk().plug_in("/v0");
    world.run(Duration(tenths * 100'000));
    without_disk_for(world, seconds(6));
    world.run(seconds(30));
    expect_verified(world);
  }
}

// The ledger is told of a file with the sync after its first fragments, and no catalog knows the
// volume: nobody would ever vouch for what was begun then. What only the lost catalog knew is left
// to fsck --rebuild, however it is called.
TEST(Recovery, takes_in_what_was_begun_last_on_a_volume_whose_catalog_was_lost_and_nothing_older) {
  for (int offset = 0; offset < 20; ++offset) {
    SCOPED_TRACE(offset);
    WorldOptions options = short_files(3);
    World world(options);
    world.run(seconds(35));
    world.kill();
    for (const char* part : {"", "-wal", "-shm"})
      (void)world.disk().remove(std::string(World::kCatalog) + part);
    world.expect().catalog_complete = false;
    world.start();
    const WallTime lost = world.clock().wall();
    world.run(seconds(9) + std::chrono::milliseconds(100 * offset));
    world.cut_power(static_cast<uint64_t>(offset));
    world.start();
    for (const char* camera : {"cam0", "cam1", "cam2"}) {
      const auto older =
          world.catalog().fragments({camera, store::StreamKind::kMain, {0}, lost - seconds(5)});
      EXPECT_TRUE(older && older->empty()) << "an empty catalog changes nothing";
    }
    world.run(seconds(15));
    expect_verified(world);
  }
}

}  // namespace
}  // namespace vedette::trial
