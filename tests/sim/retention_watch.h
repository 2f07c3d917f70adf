// SPDX-License-Identifier: Apache-2.0
// Whether retention keeps what it was told to, and no less: quota and reserve of each volume, at
// most and at least of each camera, holds. An observer, as the checker is: it reads what catalog
// and disk say after each round, and what it finds is a list of sentences. Confined to one thread.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "fs/fake_file_system.h"
#include "store/archive.h"
#include "store/catalog.h"
#include "store/config_store.h"

namespace vedette::trial {

/// What there is to look at. Not owned.
struct RetentionView {
  const fs::FakeFileSystem& disk;
  const store::Catalog& catalog;
  const store::ConfigStore& config;
  std::vector<store::VolumeStatus> volumes;
  std::set<std::string> away;     ///< volumes (folders) whose disk is not in place
  std::set<std::string> unknown;  ///< files of somebody else
  std::function<int64_t(const std::string& folder)> free_bytes;
  WallTime now;
};

class RetentionWatch {
 public:
  /// Directly after a round: what it decided to delete since the last look was asked for.
  [[nodiscard]] std::vector<std::string> judge_deletions(const RetentionView& view);
  /// Nothing has been faulty for some rounds: whatever exceeds a limit may not go.
  [[nodiscard]] static std::vector<std::string> judge_limits(const RetentionView& view,
                                                             bool utc_steady);

 private:
  std::set<std::string> seen_;  // volume and path of what was deleted
};

}  // namespace vedette::trial
