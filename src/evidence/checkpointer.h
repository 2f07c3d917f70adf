// SPDX-License-Identifier: Apache-2.0
// Makes the checkpoints of one recording file, or of a ledger: remembers what was written since the
// last one and signs it when asked. A checkpoint that did not reach the disk leaves no trace: the
// next one covers the same and takes its number. Confined to the caller; a value, so that a writer
// may keep the state of before a write.
#pragma once

#include "evidence/checkpoint.h"
#include "evidence/merkle.h"

namespace vedette::evidence {

/// At most this much recording lies between two checkpoints of a file.
inline constexpr int64_t kCheckpointUs = 10'000'000;

class Checkpointer {
 public:
  /// `about`: what all checkpoints have in common: site, camera, stream, run, of_ledger, init, and
  /// the first_sequence from which the next one covers; number and previous when it goes on.
  explicit Checkpointer(Checkpoint about = {}) : next_(std::move(about)) {}

  /// One more record or entry is on the disk. REQUIRES: in order, without a hole.
  void add(const Hash& record, int64_t duration_us = 0) {
    tree_.add(record);
    pending_us_ += duration_us;
  }
  [[nodiscard]] uint64_t pending() const { return tree_.size(); }
  /// Whether a fragment of this length would exceed kCheckpointUs without a checkpoint before it.
  [[nodiscard]] bool due_before(int64_t duration_us) const {
    return pending() > 0 && pending_us_ + duration_us > kCheckpointUs;
  }

  struct Made {
    Bytes box;
    Hash hash{};
    uint64_t end_sequence = 0;
  };
  /// Signs what is pending; `state` gives flags, time and ledger. unavailable without the key.
  struct State {
    WallTime now;
    LedgerHead ledger;
    bool final = false;
    bool recovered = false;
    bool closing = false;
  };
  [[nodiscard]] Result<Made> make(const Signer& signer, const State& state) const;
  /// The checkpoint is on the disk.
  void written(const Made& made);

 private:
  Checkpoint next_;
  MerkleTree tree_;
  int64_t pending_us_ = 0;
};

}  // namespace vedette::evidence
