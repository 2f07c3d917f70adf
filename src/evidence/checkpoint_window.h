// SPDX-License-Identifier: Apache-2.0
// What lies between two checkpoints of a bundle's piece, where records may be left out: whether
// each checkpoint covers just what is there and follows the one before it. docs/design/format.md
// §"Verifying". Confined to the caller.
#pragma once

#include <optional>

#include "evidence/checkpoint.h"
#include "evidence/finding.h"
#include "evidence/merkle.h"

namespace vedette::evidence {

/// The hashes since the last checkpoint, and whether the next one covers just them.
class CheckpointWindow {
 public:
  /// REQUIRES: `out` outlives it. Findings go there.
  explicit CheckpointWindow(Verification& out) : out_(out) {}

  /// The record_hash() of the next record or entry.
  void add(uint64_t sequence, const Hash& leaf);
  /// A leaf that is here but cannot be read: no checkpoint over it can be right.
  void spoil() { whole_ = false; }
  /// Judges a checkpoint against what was added since the one before it; the next window begins
  /// behind it. `box` is the whole box of `checkpoint`, `offset` where it stands, for the findings.
  void close(const Checkpoint& checkpoint, ByteSpan box, uint64_t offset);
  /// The next window may begin anywhere, and its checkpoint follows none.
  void forget();
  /// How many were added since the last checkpoint.
  [[nodiscard]] uint64_t pending() const { return tree_.size(); }

 private:
  void check_order(const Checkpoint& checkpoint, const Hash& hash, uint64_t offset);

  Verification& out_;
  MerkleTree tree_;
  uint64_t first_ = 0;
  bool begun_ = false;  ///< first_ is known
  bool whole_ = true;   ///< no leaf is missing
  std::optional<Checkpoint> last_;
  Hash last_hash_{};
};

}  // namespace vedette::evidence
