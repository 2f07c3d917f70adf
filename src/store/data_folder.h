// SPDX-License-Identifier: Apache-2.0
// DIR of `--data DIR`: config.db, catalog.db, control.sock, exports/, LOCK, keys/ (site_key.h) and,
// where nobody named another volume, video/ (volume_list.h). One server at a time owns it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "fs/file_system.h"

namespace vedette::store {

/// Where things lie in a data folder; says nothing about whether they exist.
struct DataPaths {
  explicit DataPaths(const std::string& dir)
      : config(fs::join(dir, "config.db")),
        catalog(fs::join(dir, "catalog.db")),
        control_socket(fs::join(dir, "control.sock")),
        lock(fs::join(dir, "LOCK")),
        exports(fs::join(dir, "exports")) {}
  std::string config;
  std::string catalog;
  std::string control_socket;
  std::string lock;
  std::string exports;  ///< what `vedette export` and the API make, for a day
};

/// Held by the running server. Released when destroyed or when the process dies.
class DataFolder {
 public:
  /// Creates a missing folder (mode 0750) if its parent exists, and takes the lock. Each failure is
  /// one line that says what to do: kNotFound, kPermissionDenied, kFailedPrecondition (another
  /// server runs on it).
  [[nodiscard]] static Result<DataFolder> open(fs::FileSystem& files, const std::string& dir);

  [[nodiscard]] const DataPaths& paths() const { return paths_; }
  [[nodiscard]] const std::string& dir() const { return dir_; }

 private:
  DataFolder(std::string dir, std::unique_ptr<fs::FileLock> lock)
      : dir_(std::move(dir)), paths_(dir_), lock_(std::move(lock)) {}
  std::string dir_;
  DataPaths paths_;
  std::unique_ptr<fs::FileLock> lock_;
};

}  // namespace vedette::store
