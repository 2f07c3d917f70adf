// SPDX-License-Identifier: Apache-2.0
#include "store/volume_lock.h"

#include <utility>

#include "base/log.h"

namespace vedette::store {

Result<void> VolumeLock::take() {
  if (held_) return ok();
  auto taken = files_.lock(fs::join(volume_, kVolumeLockFile));
  if (taken) {
    held_ = std::move(taken).value();
    return ok();
  }
  if (taken.error().code == ErrorCode::kFailedPrecondition)
    return make_error(ErrorCode::kFailedPrecondition,
                      "another recorder writes to " + volume_ +
                          ", on this machine or on another one; stop it, or use another folder."
                          " Nothing is written there until it has ended");
  if (!std::exchange(warned_, true))
    log::warn("store", "volume={}: nothing keeps a second recorder away: {}", volume_,
              taken.error().message());
  return ok();
}

}  // namespace vedette::store
