// SPDX-License-Identifier: Apache-2.0
// Version, start and volumes for the API. Thread-safe.
#pragma once

#include <utility>

#include "api/services.h"
#include "store/archive.h"

namespace vedette::app {

class SystemStatus final : public api::SystemService {
 public:
  SystemStatus(const Clock& clock, fs::FileSystem& files, store::Archive& archive,
               const store::Catalog& catalog, api::KeyState key)
      : started_(clock.wall()),
        clock_(clock),
        ledgers_(files),
        archive_(archive),
        catalog_(catalog),
        key_(std::move(key)) {}

  [[nodiscard]] std::string version() const override { return VEDETTE_VERSION; }
  [[nodiscard]] api::KeyState key() const override { return key_; }
  [[nodiscard]] WallTime started() const override { return started_; }
  [[nodiscard]] std::vector<api::VolumeEntry> volumes() override;
  [[nodiscard]] Result<store::StorageReport> storage() override { return archive_.storage(); }
  [[nodiscard]] Result<api::Planned> plan(const store::PlanQuestion& question) override;
  [[nodiscard]] Result<std::vector<store::DeletedFile>> deletions(const std::string& camera,
                                                                  WallTime from,
                                                                  WallTime to) override {
    return catalog_.deletions(camera, from, to);
  }
  [[nodiscard]] store::LedgerList ledger(const store::LedgerQuery& query) override;

 private:
  const WallTime started_;
  const Clock& clock_;
  store::LedgerLists ledgers_;
  store::Archive& archive_;
  const store::Catalog& catalog_;
  const api::KeyState key_;
};

}  // namespace vedette::app
