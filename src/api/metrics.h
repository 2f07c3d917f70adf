// SPDX-License-Identifier: Apache-2.0
// /metrics in the text format of Prometheus. Pure.
#pragma once

#include <string>
#include <vector>

#include "api/live_viewers.h"
#include "api/router.h"
#include "api/services.h"

namespace vedette::api {

/// What pages ask for, and what that takes.
struct Traffic {
  const RequestCounters& requests;
  const LiveViewers& viewers;
  transcode::Usage transcoding;
};

[[nodiscard]] std::string make_metrics(const std::vector<CameraEntry>& cameras,
                                       const std::vector<VolumeEntry>& volumes,
                                       const Traffic& traffic, WallTime now);

}  // namespace vedette::api
