// SPDX-License-Identifier: Apache-2.0
#include "store/volume_lock.h"

#include <utility>

#include "base/log.h"
#include "store/volume_trouble.h"

namespace vedette::store {

Result<void> VolumeLock::take() {
  const std::string file = fs::join(volume_, kVolumeLockFile);
  const auto of_folder = take(volume_, folder_);
  if (!folder_ && !files_.exists(file)) file_.reset();  // somebody deleted it: a new one is locked
  const auto of_file = take(file, file_);
  for (const auto* taken : {&of_folder, &of_file}) {
    if (*taken || taken->error().code != ErrorCode::kFailedPrecondition) continue;
    let_go();
    return second_recorder(volume_);
  }
  if (!of_folder && !of_file && !std::exchange(warned_, true))
    log::warn("store", "volume={}: nothing keeps a second recorder away: {}", volume_,
              of_file.error().message());
  return ok();
}

Result<void> VolumeLock::take(const std::string& path, std::unique_ptr<fs::FileLock>& lock) {
  if (lock) return ok();
  VEDETTE_ASSIGN(lock, files_.lock(path));
  return ok();
}

}  // namespace vedette::store
