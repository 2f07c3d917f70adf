// SPDX-License-Identifier: Apache-2.0
#include "playback/export_mp4.h"

#include <fmt/format.h>

namespace vedette::playback {

Result<void> export_mp4(fs::FileSystem& files, ExportPlan& plan, const std::string& path,
                        ExportControl& control) {
  if (plan.videos.size() > 1) {
    const std::string when = to_rfc3339(plan.videos.front()->end());
    return make_error(ErrorCode::kFailedPrecondition,
                      fmt::format("the camera's picture format changes at {}; export up to there "
                                  "and from there, or make a bundle (.zip), which holds both",
                                  when));
  }
  control.expect(plan.video_bytes());
  VEDETTE_ASSIGN(ExportFile file, ExportFile::create(files, path, control));
  VEDETTE_TRY(copy_video(*plan.videos.front(), file));
  return file.finish();
}

}  // namespace vedette::playback
