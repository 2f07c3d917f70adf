// SPDX-License-Identifier: Apache-2.0
// Lists of what the ledgers of volumes say of holds and exports, for people. A year of many cameras
// is gigabytes of entries about files: only files whose times may be asked for are read, and what
// was found in one is kept, as none but the last ever changes. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/ledger_files.h"

namespace vedette::store {

/// What could not be asked: the list says nothing of it.
struct Unread {
  std::string path;  ///< of a volume, or of a file of its ledger
  std::string reason;
};

struct LedgerList {
  std::vector<evidence::LedgerEntry> entries;
  std::vector<Unread> unread;
};

class LedgerLists {
 public:
  /// The clock is believed to have been right to within this when a file of a ledger was begun.
  static constexpr Duration kClockSlack = std::chrono::hours(24);

  /// `files` outlives this.
  explicit LedgerLists(fs::FileSystem& files) : files_(files) {}

  /// By sequence. A file that cannot be read hides no other one. With a limit: at least as many of
  /// those after query.from, the first ones, if there are.
  [[nodiscard]] LedgerList list(const std::string& folder, const LedgerQuery& query);

  /// Files read so far.
  [[nodiscard]] uint64_t files_read() const;

 private:
  struct Known {
    uint64_t size = 0;
    std::vector<evidence::LedgerEntry> entries;  ///< of holds and exports
  };
  using Entries = std::vector<evidence::LedgerEntry>;

  [[nodiscard]] std::optional<WallTime> begun(const std::string& path) VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<const Entries*> read(const std::string& path) VEDETTE_REQUIRES(mutex_);

  fs::FileSystem& files_;
  mutable Mutex mutex_{LockOrder::kService};
  std::map<std::string, Known> known_ VEDETTE_GUARDED_BY(mutex_);
  std::map<std::string, WallTime> begun_ VEDETTE_GUARDED_BY(mutex_);
  size_t kept_ VEDETTE_GUARDED_BY(mutex_) = 0;  ///< entries in known_
  uint64_t files_read_ VEDETTE_GUARDED_BY(mutex_) = 0;
};

}  // namespace vedette::store
