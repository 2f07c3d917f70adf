// SPDX-License-Identifier: Apache-2.0
// Coded scenes, kept in a folder: drawn and encoded when first asked for, read back afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "media/track.h"
#include "sim/scene.h"
#include "sim/served_stream.h"

namespace vedette::sim {

struct SceneCoding {
  SceneOptions scene;
  media::Codec codec = media::Codec::kH264;
  int64_t bitrate = 2'000'000;
  int gop = 30;  ///< frames
  /// Draws a stamp of the wall clock into each picture, for a loop that is this far in when the
  /// clock is at a multiple of kLoopSeconds. None: no stamp.
  std::optional<Duration> stamp_phase;
};
/// 1280x720 at 15 frames per second; 640x360 at 10.
[[nodiscard]] SceneCoding main_coding(uint64_t seed, media::Codec codec);
[[nodiscard]] SceneCoding sub_coding(uint64_t seed, media::Codec codec);

/// One loop of the scene, whole GOPs, so that it loops on and on. kCancelled soon after `cancel`.
[[nodiscard]] Result<TrackUnits> encode_scene(const SceneCoding& coding,
                                              const std::stop_token& cancel = {});

struct PreparedScene {
  std::string mp4_path;
  std::string truth_path;  ///< Scene::truth_json() under the name of the MP4
};
/// Makes both files in `cache_dir`, which is created, unless they are there. Errors: unavailable
/// (the folder cannot be written), unsupported (no encoder), cancelled.
[[nodiscard]] Result<PreparedScene> prepare_scene(const std::string& cache_dir,
                                                  const SceneCoding& coding,
                                                  const std::stop_token& cancel = {});

}  // namespace vedette::sim
