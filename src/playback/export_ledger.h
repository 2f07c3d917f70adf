// SPDX-License-Identifier: Apache-2.0
// What the ledger of a volume says of a stretch, for a bundle: docs/design/bundle.md
// §"ledger-NNNN.bin". Any thread.
#pragma once

#include <set>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "fs/file_system.h"

namespace vedette::playback {

/// Which entries are shown; all others stand by their hashes.
struct LedgerQuestion {
  std::set<uint64_t> gaps;     ///< ids
  std::set<std::string> runs;  ///< deletions of files of these are shown
  WallTime from;               ///< nothing about the gaps was written before …
  WallTime to;                 ///< … or after
  [[nodiscard]] bool empty() const { return gaps.empty() && runs.empty(); }
};

/// Whole windows with what is asked for, in the ledger's order; empty when it holds nothing of it
/// or the volume has no ledger. Reads the files of the time asked for, all of them for deletions.
[[nodiscard]] Result<Bytes> excerpt_ledger(fs::FileSystem& files, const std::string& volume_root,
                                           const LedgerQuestion& question);

}  // namespace vedette::playback
