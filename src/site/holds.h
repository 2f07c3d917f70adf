// SPDX-License-Identifier: Apache-2.0
// Holds as everything above sees them: stretches of a camera's recordings that nothing deletes.
// Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/archive.h"
#include "store/config_store.h"

namespace vedette::site {

class HoldService {
 public:
  virtual ~HoldService() = default;
  /// By time of placing.
  [[nodiscard]] virtual Result<std::vector<store::Hold>> list() = 0;
  /// Gives it its id and time. kNotFound for a camera that is neither configured nor recorded,
  /// kInvalidArgument.
  [[nodiscard]] virtual Result<store::Hold> place(store::Hold hold) = 0;
  [[nodiscard]] virtual Result<store::Hold> lift(const std::string& id) = 0;  ///< kNotFound
};

class Holds final : public HoldService {
 public:
  /// `archive` is null while no server runs: the configuration alone is changed. All outlive this.
  Holds(const Clock& clock, store::ConfigStore& config, store::Archive* archive)
      : clock_(clock), config_(config), archive_(archive) {}

  [[nodiscard]] Result<std::vector<store::Hold>> list() override { return config_.holds(); }
  [[nodiscard]] Result<store::Hold> place(store::Hold hold) override;
  [[nodiscard]] Result<store::Hold> lift(const std::string& id) override;

 private:
  [[nodiscard]] Result<void> check_camera(const std::string& id) const;

  const Clock& clock_;
  store::ConfigStore& config_;
  store::Archive* const archive_;
};

}  // namespace vedette::site
