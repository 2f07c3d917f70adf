// SPDX-License-Identifier: Apache-2.0
// The faults a recorder meets, by their number in docs/trust.md, three variants or more of each,
// and the words they are written in. faults_test.cpp runs a site before, during and after each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "world.h"

namespace vedette::trial {

struct FaultCase {
  int number;  ///< in docs/trust.md
  const char* name;
  std::function<void(World&)> spoil;
  std::function<void(WorldOptions&)> prepare = nullptr;
};

[[nodiscard]] std::vector<FaultCase> disk_faults();
[[nodiscard]] std::vector<FaultCase> archive_faults();
[[nodiscard]] std::vector<FaultCase> camera_faults();

/// Starts the site again and looks at everything.
void restart(World& world);
void kill_after(World& world, Duration run);
/// Everything not synced is lost, after `run`.
void cut_after(World& world, Duration run);
void fault_for(World& world, fs::Fault fault, Duration length);
/// The path of a recording file, counted from the last one by its path.
[[nodiscard]] std::string some_recording(World& world, size_t from_the_end);

/// Every camera is recorded, and none has a gap that lasts.
void expect_all_recorded(World& world);
/// Nothing is wrong with all that was recorded, now and after a power cut.
void expect_sound(World& world);

}  // namespace vedette::trial
