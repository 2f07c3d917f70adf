// SPDX-License-Identifier: Apache-2.0
// From options to what each camera serves: files read, scenes drawn or taken from the cache, each
// made once and shared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "sim/world.h"

namespace vedette::sim {

/// One entry per camera. Errors as Simulator::create().
[[nodiscard]] Result<std::vector<CameraWorld>> make_cameras(const SimOptions& options);

/// CameraWorld::phase of a camera whose pictures bear stamps, when the simulator starts at `start`.
/// Stamps are drawn for a phase, so cameras that share a scene share it; their loop has begun at a
/// multiple of its length on the wall clock, less the phase.
[[nodiscard]] Duration stamped_phase(int camera, const SimOptions& options, WallTime start);

}  // namespace vedette::sim
