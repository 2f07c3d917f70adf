// SPDX-License-Identifier: Apache-2.0
// From options to what each camera serves: files read, scenes drawn or taken from the cache, each
// made once and shared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/world.h"

namespace vedette::sim {

/// One entry per camera. Errors as Simulator::create().
[[nodiscard]] Result<std::vector<CameraWorld>> make_cameras(const SimOptions& options);

}  // namespace vedette::sim
