// SPDX-License-Identifier: Apache-2.0
// The runs that somebody in this process still records or has yet to publish: their files are not
// touched by whoever rebuilds the catalog. A run leaves only after its last file is in LiveIndex or
// gone, so "not active, not in memory, not in the database" means that nobody knows the file.
// Thread-safe. Internal to store.
#pragma once

#include <set>
#include <string>

#include "base/mutex.h"

namespace vedette::store {

class ActiveRuns {
 public:
  void add(const std::string& run) {
    MutexLock lock(mutex_);
    runs_.insert(run);
  }
  void remove(const std::string& run) {
    MutexLock lock(mutex_);
    runs_.erase(run);
  }
  [[nodiscard]] bool contains(const std::string& run) const {
    MutexLock lock(mutex_);
    return runs_.count(run) > 0;
  }

 private:
  mutable Mutex mutex_{LockOrder::kLeaf};
  std::set<std::string> runs_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::store
