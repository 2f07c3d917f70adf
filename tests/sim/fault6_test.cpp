// SPDX-License-Identifier: Apache-2.0
// A disk that does not answer, beside one that does and alone. What counts as not answering is in
// src/store/volume_hang_test.cpp. Here all disks share a thread, so that what the other one was
// given reaches it when the first one answers; memory holds it until then.
#include <gtest/gtest.h>

#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;

class Fault6 : public testing::Test {
 protected:
  static WorldOptions options(int volumes) {
    WorldOptions options = signed_site(4, 6);
    options.volumes = volumes;
    options.queue_bytes = size_t{32} << 20;
    return options;
  }
  static std::vector<store::FragmentRef> fragments(World& world, size_t camera) {
    return world.catalog()
        .fragments({world.camera(camera).script().id, store::StreamKind::kMain, {0}, {INT64_MAX}})
        .value();
  }
  // From 12 s to 60 s after `hang` everything went to the second disk.
  static void expect_moved(World& world, WallTime hang) {
    for (size_t i = 0; i < world.cameras(); ++i) {
      size_t there = 0;
      for (const store::FragmentRef& at : fragments(world, i)) {
        const WallTime start{at.entry.start_us};
        if (start < hang + seconds(13) || start > hang + seconds(58)) continue;
        EXPECT_EQ(at.file->root, "/v1") << "camera " << i << " at " << at.entry.start_us;
        ++there;
      }
      EXPECT_GT(there, 15U) << "camera " << i;
    }
  }
  static void expect_nothing_lost(World& world) {
    for (size_t i = 0; i < world.cameras(); ++i) {
      const std::string camera = world.camera(i).script().id;
      SCOPED_TRACE(camera);
      EXPECT_TRUE(world.recorder(i).status().recording);
      EXPECT_EQ(world.recorder(i).status().lost_frames, 0U);
      const auto gaps = world.catalog().gaps(camera, {0}, {INT64_MAX}).value();
      for (const store::Gap& gap : gaps) {
        const bool empty = gap.end.has_value() && gap.end->us == gap.start.us;
        EXPECT_TRUE(gap.cause == "starting" || empty) << gap.cause;
      }
      const auto spans = world.catalog().spans(camera, {0}, {INT64_MAX}).value();
      for (size_t k = 1; k < spans.size(); ++k)
        EXPECT_LE(spans[k].start.us - spans[k - 1].end.us, 1000);
    }
    world.check();
    world.stop_and_verify();
    for (const std::string& finding : world.checker().findings()) ADD_FAILURE() << finding;
  }
};

TEST_F(Fault6, a_write_that_hangs_for_a_minute_moves_the_cameras_to_the_other_disk) {
  World world(options(2));
  world.run(seconds(20));
  const WallTime hang = world.clock().wall();
  world.disk().inject({.op = fs::Op::kWrite, .path_part = "/v0/cam", .delay = seconds(60)});
  world.run(seconds(90));
  expect_moved(world, hang);
  EXPECT_FALSE(world.archive().volumes()[0].problem);
  expect_nothing_lost(world);
}

TEST_F(Fault6, a_sync_that_hangs_for_a_minute_moves_the_cameras_and_the_disk_is_taken_back) {
  World world(options(2));
  world.run(seconds(20));
  const WallTime hang = world.clock().wall();
  world.disk().inject({.op = fs::Op::kSync, .path_part = "/v0/", .delay = seconds(60)});
  world.disk().inject({.op = fs::Op::kSyncAll, .path_part = "/v0", .delay = seconds(60)});
  world.run(seconds(90));
  world.disk().clear_faults();
  expect_moved(world, hang);
  EXPECT_FALSE(world.archive().volumes()[0].problem);
  world.camera(0).change_codec();  // a new run, which goes where there is less to do
  world.run(seconds(10));
  EXPECT_EQ(fragments(world, 0).back().file->root, "/v0");
  expect_nothing_lost(world);
}

TEST_F(Fault6, without_another_disk_memory_holds_what_comes) {
  World world(options(1));
  world.run(seconds(20));
  world.disk().inject({.op = fs::Op::kWrite, .path_part = "/v0/cam", .delay = seconds(45)});
  world.run(seconds(75));
  for (size_t i = 0; i < world.cameras(); ++i)
    EXPECT_EQ(fragments(world, i).back().file->root, "/v0");
  expect_nothing_lost(world);
}

}  // namespace
}  // namespace vedette::trial
