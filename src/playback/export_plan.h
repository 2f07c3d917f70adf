// SPDX-License-Identifier: Apache-2.0
// What of the archive an export takes: the fragments that cover a range, joined into videos that
// every player plays, and the pieces of recording files they lie in. Any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "playback/virtual_mp4.h"

namespace vedette::playback {

/// Longer stretches are several exports.
inline constexpr Duration kMaxExport{std::chrono::hours(7 * 24)};

struct ExportRange {
  std::string camera;
  media::StreamKind kind = media::StreamKind::kMain;
  WallTime from;  ///< inclusive
  WallTime to;    ///< exclusive
};

/// Fragments that follow each other in one recording file.
struct OriginalPiece {
  store::FileRefPtr file;
  uint32_t first_sequence = 0;
  uint32_t count = 0;
  uint64_t begin = 0;  ///< of the first record in the file
  uint64_t end = 0;    ///< of the last fragment
};

struct ExportPlan {
  ExportRange range;
  std::vector<store::FragmentRef> fragments;
  /// One, unless the camera changed its picture format: a file with two formats plays in few
  /// players, so each format gets a video of its own.
  std::vector<std::unique_ptr<VirtualMp4>> videos;
  std::vector<OriginalPiece> originals;

  [[nodiscard]] WallTime start() const { return videos.front()->start(); }
  [[nodiscard]] WallTime end() const { return videos.back()->end(); }
  [[nodiscard]] uint64_t video_bytes() const;
  [[nodiscard]] uint64_t original_bytes() const;
};

/// kInvalidArgument when it is empty or too long.
[[nodiscard]] Result<void> check_range(const ExportRange& range);

/// kNotFound when nothing is recorded there: says what the nearest recorded moments are.
/// Else as check_range(). Reads one head and one moof per run.
[[nodiscard]] Result<ExportPlan> plan_export(Archive& archive, const ExportRange& range);

}  // namespace vedette::playback
