// SPDX-License-Identifier: Apache-2.0
// A pool of read-only connections: a query borrows one, so that queries neither share a statement
// nor wait for each other. What is asked all the time keeps its statements: preparing one takes
// longer than running it. Thread-safe. Internal to store.
#pragma once

#include <map>
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

  class Connection {
   public:
    explicit Connection(const std::string& path)
        : db_(path, SQLite::OPEN_READONLY, kBusyTimeoutMs) {
      db_.exec("PRAGMA cache_size=-2048; PRAGMA mmap_size=268435456;");
    }
    // NOLINTNEXTLINE(google-explicit-constructor): most queries only want the database.
    operator SQLite::Database&() { return db_; }
    /// Prepared once. REQUIRES: `sql` is one of few; its rows are done with before it is asked for
    /// again, and before the connection is given back.
    SQLite::Statement& statement(const std::string& sql) {
      auto& prepared = statements_[sql];
      if (!prepared) prepared = std::make_unique<SQLite::Statement>(db_, sql);
      prepared->reset();
      return *prepared;
    }
    /// A statement with rows left would keep its view of the database, and the log from shrinking.
    void rest() {
      for (auto& [sql, prepared] : statements_) prepared->tryReset();
    }

   private:
    SQLite::Database db_;
    std::map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
  };

  /// Runs `work(Connection&)` and maps what it throws. kUnavailable without a database.
  template <typename Work>
  [[nodiscard]] auto read(Work&& work) -> decltype(work(std::declval<Connection&>())) {
    return guarded("catalog", [&]() -> decltype(work(std::declval<Connection&>())) {
      std::unique_ptr<Connection> connection = take();
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
  std::unique_ptr<Connection> take() {
    {
      MutexLock lock(mutex_);
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    return std::make_unique<Connection>(path_);
  }
  void give_back(std::unique_ptr<Connection> connection) {
    connection->rest();
    MutexLock lock(mutex_);
    if (idle_.size() < kMaxIdle) idle_.push_back(std::move(connection));
  }

  static constexpr size_t kMaxIdle = 8;
  const std::string path_;
  Mutex mutex_{LockOrder::kLeaf};
  std::vector<std::unique_ptr<Connection>> idle_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::store
