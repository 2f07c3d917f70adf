// SPDX-License-Identifier: Apache-2.0
#include "site/volumes.h"

#include "base/log.h"

namespace vedette::site {

Result<bool> Volumes::put(const store::VolumeSpec& volume) {
  VEDETTE_TRY(store::check_volume(volume));
  // Looked at before anything is stored: what cannot be recorded to is no configuration.
  if (archive_ != nullptr) {
    auto usable = archive_->try_volume(config_.folder_of(volume.path), store::Archive::Try::kMake);
    if (!usable) return std::move(usable).error().with_context("path");
  }
  VEDETTE_ASSIGN(const bool added, config_.put_volume(volume));
  log::info("site", "volume={} {}", volume.path, added ? "added" : "has other limits");
  if (archive_ != nullptr) VEDETTE_TRY(archive_->follow_configuration());
  return added;
}

Result<void> Volumes::remove(const std::string& path) {
  VEDETTE_TRY(config_.remove_volume(path));
  log::info("site", "volume={} removed: nothing new is recorded there", path);
  if (archive_ != nullptr) VEDETTE_TRY(archive_->follow_configuration());
  return ok();
}

}  // namespace vedette::site
