// SPDX-License-Identifier: Apache-2.0
// Version, start and volumes for the API. Thread-safe.
#pragma once

#include "api/services.h"
#include "evidence/hash.h"
#include "evidence/signer.h"
#include "store/archive.h"

namespace vedette::app {

class SystemStatus final : public api::SystemService {
 public:
  /// `signer` is null where nothing is signed.
  SystemStatus(const Clock& clock, fs::FileSystem& files, store::Archive& archive,
               const store::Catalog& catalog, const evidence::Signer* signer)
      : started_(clock.wall()),
        clock_(clock),
        ledgers_(files),
        archive_(archive),
        catalog_(catalog),
        key_(signer == nullptr ? ""
                               : evidence::to_hex(evidence::fingerprint(signer->public_key()))) {}

  [[nodiscard]] std::string version() const override { return VEDETTE_VERSION; }
  [[nodiscard]] std::string key_fingerprint() const override { return key_; }
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
  const std::string key_;
};

}  // namespace vedette::app
