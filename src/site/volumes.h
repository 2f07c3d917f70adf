// SPDX-License-Identifier: Apache-2.0
// Volumes as everything above sees them: where is recorded to, and with which limits, changed while
// recording goes on. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "store/archive.h"
#include "store/config_store.h"

namespace vedette::site {

class VolumeService {
 public:
  virtual ~VolumeService() = default;
  /// In the order in which they were given; a path without / in front lies in the data folder.
  [[nodiscard]] virtual Result<std::vector<store::VolumeSpec>> list() = 0;
  /// Adds it, or gives the one that is there these limits; true when it was added. kInvalidArgument
  /// for a folder that cannot become a volume.
  [[nodiscard]] virtual Result<bool> put(const store::VolumeSpec& volume) = 0;
  /// Nothing new is recorded there. kNotFound; kFailedPrecondition for the last one.
  [[nodiscard]] virtual Result<void> remove(const std::string& path) = 0;
};

class Volumes final : public VolumeService {
 public:
  /// `archive` is null while no server runs: the configuration alone is changed. Both outlive this.
  Volumes(store::ConfigStore& config, store::Archive* archive)
      : config_(config), archive_(archive) {}

  [[nodiscard]] Result<std::vector<store::VolumeSpec>> list() override {
    return config_.volume_list();
  }
  [[nodiscard]] Result<bool> put(const store::VolumeSpec& volume) override;
  [[nodiscard]] Result<void> remove(const std::string& path) override;

 private:
  store::ConfigStore& config_;
  store::Archive* const archive_;
};

}  // namespace vedette::site
