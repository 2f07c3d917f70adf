// SPDX-License-Identifier: Apache-2.0
// A pool of read-only connections: a query borrows one, so that queries neither share a statement
// nor wait for each other. Thread-safe. Internal to store.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/catalog.h"
#include "store/sqlite.h"

namespace vedette::store {

class Catalog::Readers {
 public:
  explicit Readers(std::string path) : path_(std::move(path)) {}

  /// Runs `work(SQLite::Database&)` and maps what it throws. kUnavailable without a database.
  template <typename Work>
  [[nodiscard]] auto read(Work&& work) -> decltype(work(std::declval<SQLite::Database&>())) {
    return guarded("catalog", [&]() -> decltype(work(std::declval<SQLite::Database&>())) {
      std::unique_ptr<SQLite::Database> connection = take();
      auto result = work(*connection);
      give_back(std::move(connection));  // one that threw is not used again
      return result;
    });
  }
  /// The database is another one now.
  void reset() {
    MutexLock lock(mutex_);
    idle_.clear();
  }

 private:
  std::unique_ptr<SQLite::Database> take() {
    {
      MutexLock lock(mutex_);
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    auto connection =
        std::make_unique<SQLite::Database>(path_, SQLite::OPEN_READONLY, kBusyTimeoutMs);
    connection->exec("PRAGMA cache_size=-2048; PRAGMA mmap_size=268435456;");
    return connection;
  }
  void give_back(std::unique_ptr<SQLite::Database> connection) {
    MutexLock lock(mutex_);
    if (idle_.size() < kMaxIdle) idle_.push_back(std::move(connection));
  }

  static constexpr size_t kMaxIdle = 8;
  const std::string path_;
  Mutex mutex_{LockOrder::kLeaf};
  std::vector<std::unique_ptr<SQLite::Database>> idle_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::store
