// SPDX-License-Identifier: Apache-2.0
#include "site/holds.h"

#include <algorithm>

#include "base/id.h"
#include "base/log.h"

namespace vedette::site {

Result<void> Holds::check_camera(const std::string& id) const {
  VEDETTE_TRY(check_id(id));
  const auto known = config_.camera(id);
  if (known) return ok();
  // One that was removed may still have recordings worth holding.
  if (archive_ != nullptr) {
    VEDETTE_ASSIGN(const auto report, archive_->storage());
    const auto& cameras = report.cameras;
    if (std::any_of(cameras.begin(), cameras.end(),
                    [&](const store::CameraStorage& one) { return one.camera == id; }))
      return ok();
  }
  return known.error();
}

Result<store::Hold> Holds::place(store::Hold hold) {
  VEDETTE_TRY(check_camera(hold.camera));
  hold.id = random_id();
  hold.created_us = clock_.wall().us;
  VEDETTE_TRY(archive_ != nullptr ? archive_->place_hold(hold) : config_.add_hold(hold));
  log::info("site", "hold={} camera={} placed by {}: {}", hold.id, hold.camera, hold.who,
            hold.reason);
  return hold;
}

Result<store::Hold> Holds::lift(const std::string& id) {
  VEDETTE_ASSIGN(store::Hold hold,
                 archive_ != nullptr ? archive_->lift_hold(id) : config_.remove_hold(id));
  log::info("site", "hold={} camera={} lifted", hold.id, hold.camera);
  return hold;
}

}  // namespace vedette::site
