// SPDX-License-Identifier: Apache-2.0
#include "fault_cases.h"

#include <gtest/gtest.h>

namespace vedette::trial {

void restart(World& world) {
  world.start();
  world.check();
}

void kill_after(World& world, Duration run) {
  world.run(run);
  world.kill();
  restart(world);
}

void cut_after(World& world, Duration run) {
  world.run(run);
  world.cut_power();
  restart(world);
}

void fault_for(World& world, fs::Fault fault, Duration length) {
  world.disk().inject(std::move(fault));
  world.run(length);
  world.disk().clear_faults();
}

std::string some_recording(World& world, size_t from_the_end) {
  std::vector<std::string> all;
  for (const std::string& path : world.disk().all_files())
    if (path.find(".mp4") != std::string::npos) all.push_back(path);
  return all.at(all.size() - 1 - from_the_end);
}

void expect_all_recorded(World& world) {
  for (size_t i = 0; i < world.cameras(); ++i) {
    const auto status = world.recorder(i).status();
    EXPECT_TRUE(status.recording) << world.camera(i).script().id;
    EXPECT_FALSE(status.gap) << status.gap->cause << ": " << status.gap->detail;
  }
}

void expect_sound(World& world) {
  world.check();
  world.cut_power(1);
  world.start();
  world.check();
  for (const std::string& finding : world.checker().findings()) ADD_FAILURE() << finding;
  EXPECT_GT(world.checker().reported().size(), 50U);
}

}  // namespace vedette::trial
