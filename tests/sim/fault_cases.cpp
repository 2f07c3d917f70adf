// SPDX-License-Identifier: Apache-2.0
#include "fault_cases.h"

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

}  // namespace vedette::trial
