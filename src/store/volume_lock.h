// SPDX-License-Identifier: Apache-2.0
// One recorder at a time writes to a volume: a copy of a data folder on another machine, or the
// same folder under two names, knows the volume's identity as well as the first one does, and the
// data folder's own lock does not keep them apart. vedette-volume.lock lies in the volume, is empty
// and stays; the operating system's lock on it ends with the process. Confined to one thread.
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
  /// is success: on a full disk, or a file system without locks, recording goes on unprotected, and
  /// the next call tries again. REQUIRES: the identity is what it should be: an empty mount point
  /// gets no file.
  [[nodiscard]] Result<void> take();
  /// The disk is gone, and with it what was locked on it.
  void let_go() { held_.reset(); }

 private:
  fs::FileSystem& files_;
  const std::string volume_;
  std::unique_ptr<fs::FileLock> held_;
  bool warned_ = false;
};

}  // namespace vedette::store
