// SPDX-License-Identifier: Apache-2.0
// Which hub belongs to which camera and stream. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "stream/hub.h"

namespace vedette::stream {

class Registry {
 public:
  void add(const std::string& camera, StreamKind kind, std::shared_ptr<Hub> hub) {
    MutexLock lock(mutex_);
    hubs_[{camera, kind}] = std::move(hub);
  }
  /// Readers that hold a hub keep it; they only see no more data.
  void remove(const std::string& camera) {
    MutexLock lock(mutex_);
    hubs_.erase({camera, StreamKind::kMain});
    hubs_.erase({camera, StreamKind::kSub});
  }
  /// Null when there is none.
  [[nodiscard]] std::shared_ptr<Hub> find(const std::string& camera, StreamKind kind) const {
    MutexLock lock(mutex_);
    const auto it = hubs_.find({camera, kind});
    return it == hubs_.end() ? nullptr : it->second;
  }

 private:
  mutable Mutex mutex_{LockOrder::kService};
  std::map<std::pair<std::string, StreamKind>, std::shared_ptr<Hub>> hubs_
      VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::stream
