// SPDX-License-Identifier: Apache-2.0
#include "store/volume_lock.h"

#include <utility>

#include "base/log.h"
#include "store/volume_trouble.h"

namespace vedette::store {

Result<void> VolumeLock::take() {
  if (held_) return ok();
  auto taken = files_.lock(fs::join(volume_, kVolumeLockFile));
  if (taken) {
    held_ = std::move(taken).value();
    return ok();
  }
  if (taken.error().code == ErrorCode::kFailedPrecondition) return second_recorder(volume_);
  if (!std::exchange(warned_, true))
    log::warn("store", "volume={}: nothing keeps a second recorder away: {}", volume_,
              taken.error().message());
  return ok();
}

}  // namespace vedette::store
