// SPDX-License-Identifier: Apache-2.0
// Version, start and volumes for the API. Thread-safe.
#pragma once

#include "api/services.h"
#include "store/archive.h"

namespace vedette::app {

class SystemStatus final : public api::SystemService {
 public:
  SystemStatus(const Clock& clock, const store::Archive& archive)
      : started_(clock.wall()), archive_(archive) {}

  [[nodiscard]] std::string version() const override { return VEDETTE_VERSION; }
  [[nodiscard]] WallTime started() const override { return started_; }
  [[nodiscard]] std::vector<api::VolumeEntry> volumes() override {
    std::vector<api::VolumeEntry> entries;
    for (const store::VolumeStatus& volume : archive_.volumes()) {
      entries.push_back({volume.path, volume.total_bytes, volume.free_bytes, volume.used_bytes,
                         volume.problem ? volume.problem->message() : std::string()});
    }
    return entries;
  }

 private:
  const WallTime started_;
  const store::Archive& archive_;
};

}  // namespace vedette::app
