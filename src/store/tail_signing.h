// SPDX-License-Identifier: Apache-2.0
// Signing the end of a recording file that a crash left open: what no checkpoint in it covers is
// read again, and its last checkpoint says that it was recovered.
#pragma once

#include <span>

#include "evidence/checkpointer.h"
#include "evidence/ledger_entry.h"
#include "mp4/source.h"
#include "store/types.h"

namespace vedette::store {

/// A file as recovery found it. References must outlive the call.
struct FoundFile {
  const FileRef& ref;
  std::span<const FragmentEntry> fragments;  ///< all of the file; never empty
  uint64_t end = 0;                          ///< of its last good box
};

struct UnsignedTail {
  evidence::Checkpointer checkpointer;
  bool closed = false;  ///< the newest checkpoint in the file is its last already
};
/// data_loss when the records do not follow each other: that cannot be signed.
[[nodiscard]] Result<UnsignedTail> unsigned_tail_of(const mp4::ByteSource& source,
                                                    const FoundFile& file);
/// The file as it will be with `end` bytes.
[[nodiscard]] Result<evidence::FileFacts> facts_of(const mp4::ByteSource& source,
                                                   const FoundFile& file);

}  // namespace vedette::store
