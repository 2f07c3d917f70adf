// SPDX-License-Identifier: Apache-2.0
#include "sim/sources.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "sim/prepared_scene.h"

namespace vedette::sim {
namespace {

struct Pair {
  ServedStreamPtr main;
  ServedStreamPtr sub;
};

constexpr auto kLoopUs = static_cast<int64_t>(Scene::kLoopSeconds * 1e6);

/// Spread evenly however many cameras there are and however long the GOPs: multiples of the golden
/// ratio never bunch.
Duration phase_of(int camera, const SimOptions& options, int64_t loop_us) {
  if (options.aligned) return Duration(0);
  constexpr double kGolden = 0.6180339887498949;
  const double share = std::fmod(camera * kGolden, 1.0);
  return Duration(static_cast<int64_t>(share * static_cast<double>(loop_us)));
}

Result<ServedStreamPtr> serve_file(const std::string& path, size_t mtu) {
  VEDETTE_ASSIGN(const std::vector<TrackUnits> tracks, read_mp4(path));
  auto stream = serve(tracks, mtu);
  if (!stream) return std::move(stream).error().with_context(path);
  return stream;
}

Result<ServedStreamPtr> serve_scene(const SimOptions& options, const SceneCoding& coding) {
  VEDETTE_ASSIGN(const PreparedScene scene,
                 prepare_scene(options.cache_dir, coding, options.cancel));
  return serve_file(scene.mp4_path, options.mtu);
}

/// Draws what is not in the cache yet, on as many threads as there are cores: one after the other
/// they would keep a first start waiting for half a minute.
Result<void> prepare_all(const SimOptions& options, const std::vector<SceneCoding>& codings) {
  std::atomic<size_t> next = 0;
  std::vector<Result<void>> results(codings.size());
  const auto work = [&] {
    for (size_t i = next++; i < codings.size(); i = next++) {
      auto prepared = prepare_scene(options.cache_dir, codings[i]);
      if (!prepared) results[i] = std::move(prepared).error();
    }
  };
  {
    std::vector<std::jthread> helpers;
    const size_t cores = std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
    for (size_t i = 1; i < std::min(cores, codings.size()); ++i) helpers.emplace_back(work);
    work();
  }
  for (Result<void>& result : results) VEDETTE_TRY(std::move(result));
  return ok();
}

/// The same stream with other parameters from time to time: a small drawn scene in between, since
/// nothing else has the same codec and another size.
Result<ServedStreamPtr> with_changes(const SimOptions& options, const ServedStream& stream) {
  SceneCoding other = sub_coding(options.seed + 1, stream.tracks[0].info->codec);
  if (stream.tracks[0].info->width == other.scene.width)
    other.scene.width = 480, other.scene.height = 272;
  VEDETTE_ASSIGN(TrackUnits units, encode_scene(other));
  VEDETTE_ASSIGN(const ServedStreamPtr small, serve({std::move(units)}, options.mtu));
  return alternate(stream, *small, *options.faults.change_parameters);
}

Result<std::vector<Pair>> make_plain_pairs(const SimOptions& options) {
  std::vector<Pair> pairs;
  if (!options.file.empty()) {
    VEDETTE_ASSIGN(ServedStreamPtr main, serve_file(options.file, options.mtu));
    ServedStreamPtr sub;
    if (!options.sub_file.empty()) {
      VEDETTE_ASSIGN(sub, serve_file(options.sub_file, options.mtu));
    }
    pairs.push_back({std::move(main), std::move(sub)});
    return pairs;
  }
  std::vector<SceneCoding> codings;
  const auto add = [&](SceneCoding coding, int scene) {
    if (options.stamp) coding.stamp_phase = phase_of(scene, options, kLoopUs);
    codings.push_back(coding);
  };
  for (int i = 0; i < std::min(options.scenes, options.cameras); ++i) {
    const uint64_t seed = options.seed + static_cast<uint64_t>(i);
    SceneCoding main = main_coding(seed, options.codec);
    main.scene.fps = options.fps;
    main.gop = 2 * options.fps;
    add(main, i);
    if (options.sub_streams) add(sub_coding(seed, options.codec), i);
  }
  VEDETTE_TRY(prepare_all(options, codings));
  const size_t step = options.sub_streams ? 2 : 1;
  for (size_t i = 0; i < codings.size(); i += step) {
    Pair pair;
    VEDETTE_ASSIGN(pair.main, serve_scene(options, codings[i]));
    if (options.sub_streams) {
      VEDETTE_ASSIGN(pair.sub, serve_scene(options, codings[i + 1]));
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

Result<std::vector<Pair>> make_pairs(const SimOptions& options) {
  VEDETTE_ASSIGN(std::vector<Pair> pairs, make_plain_pairs(options));
  if (options.faults.change_parameters)
    for (Pair& pair : pairs) {
      VEDETTE_ASSIGN(pair.main, with_changes(options, *pair.main));
    }
  return pairs;
}

}  // namespace

Duration stamped_phase(int camera, const SimOptions& options, WallTime start) {
  const int scene = camera % std::min(options.scenes, options.cameras);
  return phase_of(scene, options, kLoopUs) + Duration(start.us % kLoopUs);
}

Result<std::vector<CameraWorld>> make_cameras(const SimOptions& options) {
  VEDETTE_ASSIGN(const std::vector<Pair> pairs, make_pairs(options));
  std::vector<CameraWorld> cameras;
  for (int i = 0; i < options.cameras; ++i) {
    const Pair& pair = pairs[static_cast<size_t>(i) % pairs.size()];
    cameras.push_back({pair.main, pair.sub, phase_of(i, options, pair.main->loop_us),
                       FaultClock(options.faults, i, options.cameras, options.seed),
                       CameraStats{}});
  }
  return cameras;
}

}  // namespace vedette::sim
