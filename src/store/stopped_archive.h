// SPDX-License-Identifier: Apache-2.0
// The archive of a data folder on which no server runs, for fsck: nothing is recovered, recorded or
// cleaned. Its volumes are those that the site has ever written to. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/data_folder.h"
#include "store/fsck.h"

namespace vedette::store {

class StoppedArchive {
 public:
  /// Takes the folder's lock. kNotFound without a data folder; else as DataFolder::open().
  [[nodiscard]] static Result<std::unique_ptr<StoppedArchive>> open(fs::FileSystem& files,
                                                                    const Clock& clock,
                                                                    const std::string& dir);

  /// As Archive::check().
  [[nodiscard]] FsckReport check(const FsckOptions& options, const FsckWatch& watch);

 private:
  StoppedArchive(fs::FileSystem& files, const Clock& clock, DataFolder folder,
                 std::unique_ptr<ConfigStore> config)
      : files_(files), clock_(clock), folder_(std::move(folder)), config_(std::move(config)) {}

  fs::FileSystem& files_;
  const Clock& clock_;
  DataFolder folder_;
  std::unique_ptr<ConfigStore> config_;
};

}  // namespace vedette::store
