// SPDX-License-Identifier: Apache-2.0
#include "sim/prepared_scene.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/core.h>

#include "base/id.h"
#include "mp4/fragment.h"
#include "mp4/init_segment.h"
#include "sim/stamp.h"
#include "vision/encoder.h"

namespace vedette::sim {
namespace {

namespace fs = std::filesystem;

/// Part of the file's name: raised whenever the drawings change, so that old ones are not shown.
constexpr int kDrawingVersion = 2;

std::string base_name(const SceneCoding& coding) {
  return fmt::format("scene{}-v{}-{}-{}x{}-{}fps-{}k-{}", coding.scene.seed, kDrawingVersion,
                     media::to_string(coding.codec), coding.scene.width, coding.scene.height,
                     coding.scene.fps, coding.bitrate / 1000, coding.gop) +
         (coding.stamp_phase ? fmt::format("-stamp{}", coding.stamp_phase->count() / 1000) : "");
}

/// What the wall clock says when frame `index` is due, as SceneCoding::stamp_phase has it.
Stamp stamp_of(const SceneCoding& coding, int64_t index) {
  constexpr auto kLoopMs = static_cast<int64_t>(Scene::kLoopSeconds * 1000);
  const int64_t in_loop_us = index * 1'000'000 / coding.scene.fps - coding.stamp_phase->count();
  const int64_t ms = ((in_loop_us + 500) / 1000 % kLoopMs + kLoopMs) % kLoopMs;
  return {static_cast<uint16_t>(ms), static_cast<uint8_t>(coding.scene.seed)};
}

/// moof and mdat of the access units [from, to).
Result<void> append_fragment(Bytes& file, uint32_t sequence, const TrackUnits& units,
                             std::pair<size_t, size_t> range) {
  std::vector<mp4::Sample> samples;
  for (size_t i = range.first; i < range.second; ++i) {
    const media::AccessUnit& au = *units.aus[i];
    const int64_t next = i + 1 < units.aus.size() ? units.aus[i + 1]->dts : units.end_dts;
    samples.push_back({static_cast<uint32_t>(au.data.size()), static_cast<uint32_t>(next - au.dts),
                       static_cast<int32_t>(au.pts - au.dts), au.random_access});
  }
  const mp4::TrackRun run{1, units.aus[range.first]->dts, samples, 1};
  const Bytes head = mp4::make_fragment_head(sequence, std::span(&run, 1));
  file.insert(file.end(), head.begin(), head.end());
  for (size_t i = range.first; i < range.second; ++i)
    file.insert(file.end(), units.aus[i]->data.begin(), units.aus[i]->data.end());
  return ok();
}

Result<Bytes> to_mp4(const TrackUnits& units) {
  const media::TrackInfoPtr track = units.aus.front()->track;
  VEDETTE_ASSIGN(Bytes file, mp4::make_init_segment(std::span(&track, 1), 0));
  uint32_t sequence = 1;
  for (size_t from = 0; from < units.aus.size();) {
    size_t to = from + 1;
    while (to < units.aus.size() && !units.aus[to]->random_access) ++to;
    VEDETTE_TRY(append_fragment(file, sequence++, units, {from, to}));
    from = to;
  }
  return file;
}

/// Whole or not at all: another process may look for the file at any time.
Result<void> write_file(const std::string& path, ByteSpan bytes) {
  const std::string temporary = path + "." + random_id(4);
  {
    std::ofstream out(temporary, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) return make_error(ErrorCode::kUnavailable, "cannot write " + temporary);
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) return make_error(ErrorCode::kUnavailable, path + ": " + error.message());
  return ok();
}

}  // namespace

SceneCoding main_coding(uint64_t seed, media::Codec codec) {
  SceneCoding coding;
  coding.scene.seed = seed;
  coding.codec = codec;
  return coding;
}

SceneCoding sub_coding(uint64_t seed, media::Codec codec) {
  SceneCoding coding;
  coding.scene = {seed, 640, 360, 10};
  coding.codec = codec;
  coding.bitrate = 300'000;
  coding.gop = 20;
  return coding;
}

Result<TrackUnits> encode_scene(const SceneCoding& coding, const std::stop_token& cancel) {
  const Scene scene(coding.scene);
  vision::EncoderOptions options;
  options.codec = coding.codec;
  options.width = coding.scene.width;
  options.height = coding.scene.height;
  options.fps = coding.scene.fps;
  options.bitrate = coding.bitrate;
  options.gop = coding.gop;
  options.preset = "ultrafast";
  VEDETTE_ASSIGN(const auto encoder, vision::VideoEncoder::create(options));
  TrackUnits units;
  vision::Picture picture;
  for (int64_t i = 0; i < scene.frames_per_loop(); ++i) {
    if (cancel.stop_requested()) {
      return make_error(ErrorCode::kCancelled, "stopped while a scene was being drawn");
    }
    scene.render(i, picture);
    if (coding.stamp_phase) draw_stamp(picture, stamp_of(coding, i));
    VEDETTE_TRY(encoder->encode(picture, units.aus));
  }
  VEDETTE_TRY(encoder->finish(units.aus));
  if (units.aus.empty()) return make_error(ErrorCode::kInternal, "the encoder gave nothing");
  units.end_dts = units.aus.front()->dts +
                  int64_t{scene.frames_per_loop()} * encoder->track()->timescale / options.fps;
  return units;
}

Result<PreparedScene> prepare_scene(const std::string& cache_dir, const SceneCoding& coding,
                                    const std::stop_token& cancel) {
  std::error_code error;
  fs::create_directories(cache_dir, error);
  if (error) return make_error(ErrorCode::kUnavailable, cache_dir + ": " + error.message());
  const std::string base = (fs::path(cache_dir) / base_name(coding)).string();
  PreparedScene prepared{base + ".mp4", base + ".json"};
  if (fs::exists(prepared.mp4_path) && fs::exists(prepared.truth_path)) return prepared;
  VEDETTE_ASSIGN(const TrackUnits units, encode_scene(coding, cancel));
  VEDETTE_ASSIGN(const Bytes file, to_mp4(units));
  const std::string truth =
      fmt::format("{{\"{}\": {}}}\n", base_name(coding) + ".mp4", Scene(coding.scene).truth_json());
  VEDETTE_TRY(write_file(prepared.truth_path, as_bytes(truth)));
  VEDETTE_TRY(write_file(prepared.mp4_path, file));
  return prepared;
}

}  // namespace vedette::sim
