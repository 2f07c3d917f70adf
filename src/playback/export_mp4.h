// SPDX-License-Identifier: Apache-2.0
// A range of recorded time as an ordinary MP4 file. Any thread.
#pragma once

#include "playback/export_file.h"
#include "playback/export_plan.h"

namespace vedette::playback {

/// Writes the one video of `plan` to `path`. kFailedPrecondition when the plan has several: one
/// file cannot hold them in a way that every player understands. Other errors: as ExportFile.
[[nodiscard]] Result<void> export_mp4(fs::FileSystem& files, ExportPlan& plan,
                                      const std::string& path, ExportControl& control);

/// Appends all of `video` to something with append(ByteSpan).
template <typename Sink>
[[nodiscard]] Result<void> copy_video(VirtualMp4& video, Sink& sink) {
  Bytes chunk(size_t{1} << 20);
  for (uint64_t at = 0; at < video.size();) {
    VEDETTE_ASSIGN(const size_t got, video.read_at(at, chunk));
    VEDETTE_TRY(sink.append(ByteSpan(chunk).first(got)));
    at += got;
  }
  return ok();
}

}  // namespace vedette::playback
