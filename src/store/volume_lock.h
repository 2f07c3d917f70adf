// SPDX-License-Identifier: Apache-2.0
// One recorder at a time writes to a volume: a copy of a data folder on another machine, or the
// same folder under two names, knows the volume's identity as well as the first one does, and the
// data folder's own lock does not keep them apart. The folder itself is locked, so that nobody lets
// a second one in by deleting a file, and vedette-volume.lock in it, which is empty and stays: for
// file systems that do not lock folders (NFS), and for older versions, which know no other lock.
// The operating system's locks end with the process. Confined to one thread.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "fs/file_system.h"

namespace vedette::store {

inline constexpr const char* kVolumeLockFile = "vedette-volume.lock";

class VolumeLock {
 public:
  VolumeLock(fs::FileSystem& files, std::string volume)
      : files_(files), volume_(std::move(volume)) {}

  /// kFailedPrecondition, with a line for a person, while somebody else has it. Every other failure
  /// is success: on a file system without locks recording goes on unprotected, and the next call
  /// tries again. REQUIRES: the identity is what it should be: an empty mount point
  /// gets no file.
  [[nodiscard]] Result<void> take();
  /// The disk is gone, and with it what was locked on it.
  void let_go() {
    folder_.reset();
    file_.reset();
  }

 private:
  [[nodiscard]] Result<void> take(const std::string& path, std::unique_ptr<fs::FileLock>& lock);

  fs::FileSystem& files_;
  const std::string volume_;
  std::unique_ptr<fs::FileLock> folder_;
  std::unique_ptr<fs::FileLock> file_;
  bool warned_ = false;
};

}  // namespace vedette::store
