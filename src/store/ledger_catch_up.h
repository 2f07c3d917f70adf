// SPDX-License-Identifier: Apache-2.0
// What the catalog and the configuration have and the ledgers have not: power failed, or the
// process ended, between the one's commit and the other's write. Looked for once at every start, in
// the newest files of each ledger only. An entry that is written although the ledger has it says
// the same of the same id once more, and harms nothing.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "evidence/ledger_entry.h"
#include "fs/file_system.h"
#include "store/catalog.h"
#include "store/config_store.h"

namespace vedette::store {

/// The end of a ledger, as it is on the medium.
struct RecentLedger {
  /// From here on `entries` has all that was written.
  WallTime from{INT64_MIN};
  /// The last word of the process before this one, or an earlier time; absent where nobody was.
  std::optional<WallTime> last_word;
  /// The smallest time in any entry that was read: clocks are set back, and gaps with them.
  WallTime earliest{INT64_MAX};
  std::vector<evidence::LedgerEntry> entries;  ///< about gaps, holds and the service, in order
};
[[nodiscard]] Result<RecentLedger> read_recent_ledger(fs::FileSystem& files,
                                                      const std::string& folder);

/// What the newest files of the ledger say of recordings that were not deleted.
struct RecentFiles {
  /// They were opened, and nothing is said of their end: their newest entry each, in no order.
  std::vector<evidence::LedgerEntry> left_open;
  /// The last that were closed, given up or recovered: the newest entry each, in order. The catalog
  /// may not have been told of them.
  std::vector<evidence::LedgerEntry> ended;
  /// The last of which nothing could be kept, likewise. They are removed when the ledger has that.
  std::vector<evidence::LedgerEntry> lost;
  /// The last deletions, in order.
  std::vector<evidence::LedgerEntry> deleted;
  /// All that they name, also what was deleted: run, number of the file in it.
  std::set<std::pair<std::string, uint32_t>> named;
  /// From the last word of a process that never said that it stopped to the start of the next: what
  /// it began in between, and only that, it could not name any more. The newest ones.
  struct CutShort {
    WallTime last_word;
    WallTime next_start;
  };
  std::vector<CutShort> cut_short;
};
[[nodiscard]] Result<RecentFiles> recent_files(fs::FileSystem& files, const std::string& folder);

/// Gaps that have ended and that none of the ledgers knows as ended, to be entered in one of them.
[[nodiscard]] Result<std::vector<Gap>> gaps_no_ledger_knows(
    const Catalog& catalog, const std::vector<RecentLedger>& ledgers);

/// What is missing in this ledger for it to say of the holds what the configuration says.
[[nodiscard]] std::vector<evidence::LedgerEntry> holds_unknown_to(const RecentLedger& ledger,
                                                                  const std::vector<Hold>& holds);

}  // namespace vedette::store
