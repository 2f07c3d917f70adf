// SPDX-License-Identifier: Apache-2.0
// The cameras as they are configured while no server runs: what the command line changes then.
// Thread-safe.
#pragma once

#include "site/camera_service.h"

namespace vedette::site {

class StoredCameras final : public CameraService, public ConfigurationService {
 public:
  /// Both outlive this.
  StoredCameras(const Clock& clock, store::ConfigStore& config) : clock_(clock), config_(config) {}

  /// Every camera is down, because nothing records it.
  [[nodiscard]] Result<std::vector<CameraEntry>> list() override;
  [[nodiscard]] Result<CameraEntry> find(const std::string& id) override;
  [[nodiscard]] Result<void> add(const store::Camera& camera) override;
  [[nodiscard]] Result<void> update(const std::string& id, const Change& change) override;
  [[nodiscard]] Result<void> remove(const std::string& id) override;
  [[nodiscard]] Result<void> confirm_device(const std::string& id) override {
    return config_.confirm_device(id);
  }
  [[nodiscard]] Result<store::Configuration> configuration() override;
  [[nodiscard]] Result<store::ConfigChanges> replace(const store::Configuration& wanted,
                                                     store::ReplaceOptions options) override;
  [[nodiscard]] std::shared_ptr<stream::Hub> hub(const std::string&, stream::StreamKind) override {
    return nullptr;
  }

 private:
  [[nodiscard]] Result<CameraEntry> describe(store::Camera camera) const;

  const Clock& clock_;
  store::ConfigStore& config_;
};

}  // namespace vedette::site
