// SPDX-License-Identifier: Apache-2.0
// The files of a ledger: their names, and finding its end after a crash. docs/design/format.md
// §"The ledger".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/ledger_entry.h"
#include "fs/file_system.h"

namespace vedette::store {

/// "<16 hex digits>.ledger".
[[nodiscard]] std::string ledger_file_name(uint64_t first_sequence);
[[nodiscard]] std::optional<uint64_t> parse_ledger_file_name(std::string_view name);
/// Paths of the files in `folder` by their first entry; none when there is no folder.
[[nodiscard]] Result<std::vector<std::string>> ledger_files(fs::FileSystem& files,
                                                            const std::string& folder);
/// No file of a ledger is larger: it is followed by the next after kLedgerFileBytes and one batch.
inline constexpr size_t kMaxLedgerFileBytes = size_t{64} << 20;

/// The holds, or the exports, that a ledger knows: of `camera` or, when it is empty, of any;
/// written in [from, to). At most the newest kMaxListedEntries.
enum class LedgerTopic : uint8_t { kHolds, kExports };
struct LedgerQuery {
  LedgerTopic topic = LedgerTopic::kHolds;
  std::string camera;
  WallTime from;
  WallTime to;
  size_t limit = 0;  ///< as many of the first are enough; 0: all
};
inline constexpr size_t kMaxListedEntries = 100'000;

/// Where a ledger ends, and what of it no checkpoint covers.
struct LedgerTail {
  uint64_t next_sequence = 0;
  evidence::Hash head{};
  uint64_t unsigned_from = 0;  ///< sequence of the first of unsigned_entries
  std::vector<evidence::Hash> unsigned_entries;
  uint32_t checkpoints = 0;
  evidence::Hash last_checkpoint{};
  std::string last_path;  ///< empty: there is no file yet
  uint64_t good_end = 0;  ///< of the last file
  bool torn = false;      ///< behind good_end lies what a crash left of one write
  bool damaged = false;   ///< what no crash leaves: that file is not touched
};
/// Reads back to the last checkpoint.
[[nodiscard]] Result<LedgerTail> read_ledger_tail(fs::FileSystem& files, const std::string& folder,
                                                  const std::string& volume);

}  // namespace vedette::store
