// SPDX-License-Identifier: Apache-2.0
// A camera that sends ten times what it did, beside others, over hours of virtual time. What one
// camera may be, in packets and pictures, is in src/ingest and src/rtp.
#include <algorithm>

#include <gtest/gtest.h>

#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Fault19 : public testing::Test {
 protected:
  static WorldOptions options() {
    WorldOptions options;
    for (int i = 0; i < 4; ++i) {
      CameraScript script;
      script.id = "cam" + std::to_string(i);
      script.fps = 2;
      script.gop = 4;
      script.key_bytes = 1000;
      script.other_bytes = 150;
      options.cameras.push_back(script);
    }
    options.queue_bytes = size_t{256} << 10;
    options.file_duration = minutes(1);
    return options;
  }
  // Runs it, and looks at what waits in memory every second.
  static size_t run(World& world, Duration length) {
    size_t most = 0;
    for (Duration done{0}; done < length; done += seconds(1)) {
      world.run(seconds(1));
      most = std::max(most, world.archive().volumes()[0].queued_bytes);
    }
    return most;
  }
  // Between the first picture and the last, nothing is missing of these.
  static void expect_others_whole(World& world) {
    for (size_t i = 1; i < world.cameras(); ++i) {
      const std::string camera = world.camera(i).script().id;
      SCOPED_TRACE(camera);
      EXPECT_EQ(world.recorder(i).status().lost_frames, 0U);
      const auto gaps = world.catalog().gaps(camera, {0}, {INT64_MAX}).value();
      for (const store::Gap& gap : gaps) EXPECT_EQ(gap.cause, "starting") << gap.detail;
      EXPECT_EQ(world.catalog().spans(camera, {0}, {INT64_MAX})->size(), 1U);
    }
  }
  static void expect_sound(World& world) {
    world.check();
    for (const std::string& finding : world.checker().findings()) ADD_FAILURE() << finding;
  }
};

TEST_F(Fault19, ten_times_the_rate_for_two_hours_takes_nothing_from_the_others) {
  World world(options());
  (void)run(world, minutes(1));
  world.camera(0).flood(10);
  const size_t most = run(world, hours(2));
  EXPECT_LE(most, world.options().queue_bytes);
  expect_others_whole(world);
  EXPECT_TRUE(world.recorder(0).status().recording) << "it is only large";
  world.camera(0).flood(1);
  (void)run(world, minutes(1));
  expect_others_whole(world);
  expect_sound(world);
}

// Quota: the flood takes room, and retention makes it from the flood, not from what the others keep
// at least.
TEST_F(Fault19, a_flood_fills_the_disk_with_itself) {
  WorldOptions options = Fault19::options();
  options.quota_bytes = 10'000'000;
  World world(options);
  constexpr int64_t kLeastUs = int64_t{20} * 60 * 1'000'000;
  for (size_t i = 1; i < world.cameras(); ++i) {
    store::Camera camera = world.config().camera(world.camera(i).script().id).value();
    camera.retention.min_age_us = kLeastUs;
    ASSERT_TRUE(world.config().update_camera(camera));
  }
  (void)run(world, minutes(25));
  world.camera(0).flood(10);
  (void)run(world, minutes(50));
  for (size_t i = 1; i < world.cameras(); ++i) {
    const auto spans = world.catalog().spans(world.camera(i).script().id, {0}, {INT64_MAX}).value();
    ASSERT_FALSE(spans.empty());
    EXPECT_GE(world.clock().wall().us - spans.front().start.us, kLeastUs)
        << world.camera(i).script().id;
    EXPECT_TRUE(world.recorder(i).status().recording);
  }
  expect_sound(world);
}

// A disk that takes all of them in good times and not the flood: what is refused is bounded, said,
// and over with the flood.
TEST_F(Fault19, a_flood_that_the_disk_does_not_take_is_refused_and_said) {
  WorldOptions options = Fault19::options();
  World world(options);
  (void)run(world, minutes(1));
  world.camera(0).flood(300);
  const size_t most = run(world, minutes(20));
  EXPECT_LE(most, options.queue_bytes) << "memory is bounded";
  EXPECT_GT(world.recorder(0).status().lost_frames, 0U);
  const auto gaps = world.catalog().gaps("cam0", {0}, {INT64_MAX}).value();
  EXPECT_TRUE(std::any_of(gaps.begin(), gaps.end(),
                          [](const store::Gap& gap) { return gap.cause == "overload"; }));
  world.camera(0).flood(1);
  (void)run(world, minutes(1));
  for (size_t i = 0; i < world.cameras(); ++i) {
    EXPECT_TRUE(world.recorder(i).status().recording);
    EXPECT_FALSE(world.recorder(i).status().gap);
  }
  expect_sound(world);
}

}  // namespace
}  // namespace vedette::trial
