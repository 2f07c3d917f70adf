// SPDX-License-Identifier: Apache-2.0
// One recording file against its own records and checkpoints, and against what the ledger says of
// it: docs/design/format.md §"Verifying". Reads the file once, front to back; memory grows with the
// number of its fragments, not with their size. Pure.
#pragma once

#include <optional>
#include <vector>

#include "evidence/checkpoint.h"
#include "evidence/finding.h"
#include "evidence/ledger_entry.h"
#include "mp4/source.h"

namespace vedette::evidence {

/// What the file turned out to be; for comparing it with its neighbours and the ledger.
struct FileReport {
  bool readable = false;  ///< it has a record that can be read; else nothing below is set
  std::string site;
  std::string camera;
  StreamKind stream = StreamKind::kMain;
  FileFacts facts;        ///< all but the number; of the fragments that are whole
  Hash first_previous{};  ///< what the first record points at
  bool indexed = false;   ///< it has a sidx: it was closed
  bool closed = false;    ///< its last checkpoint says that no fragment follows in it
  bool final = false;     ///< … nor in its run
  uint64_t checkpoints = 0;
  std::vector<LedgerHead> ledger_heads;  ///< what its checkpoints knew of the ledger, each once
};

struct FileExpectation {
  /// The newest entry of the ledger on this file, if there is one.
  std::optional<FileEntry> entry;
  /// Nobody may be writing to it: an end without a checkpoint is a fault.
  bool at_rest = false;
  /// It may have been begun a moment ago: the ledger need not know it, nor its head be whole.
  bool may_be_new = false;
};

/// Findings go to `out`, whose path names the file.
[[nodiscard]] FileReport verify_file(const mp4::ByteSource& source,
                                     const FileExpectation& expectation, Verification& out);

/// Run and first sequence of a recording file, with a few reads: to look it up in a ledger.
struct FileIdentity {
  std::string run;
  uint32_t first_sequence = 0;
  friend auto operator<=>(const FileIdentity&, const FileIdentity&) = default;
};
[[nodiscard]] std::optional<FileIdentity> identify_file(const mp4::ByteSource& source);

}  // namespace vedette::evidence
