// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint_window.h"

#include <fmt/format.h>

#include "evidence/chain.h"

namespace vedette::evidence {

void CheckpointWindow::add(uint64_t sequence, const Hash& leaf) {
  if (!begun_) {
    first_ = sequence;
    begun_ = true;
  }
  if (sequence != first_ + tree_.size()) whole_ = false;
  tree_.add(leaf);
}

void CheckpointWindow::close(const Checkpoint& checkpoint, ByteSpan box, uint64_t offset) {
  ++out_.checkpoints;
  out_.check_key(checkpoint.key, offset);
  if (!signature_is_right(box)) {
    out_.add(FaultClass::kAltered,
             fmt::format("the signature of checkpoint {} is wrong", checkpoint.number), offset);
  }
  const Hash hash = record_hash(box);
  check_order(checkpoint, hash, offset);
  const bool same = whole_ && tree_.size() == checkpoint.count &&
                    (!begun_ || first_ == checkpoint.first_sequence);
  if (!same) {
    // Records before the first one it covers had a checkpoint of their own.
    const bool fewer = !whole_ || tree_.size() < checkpoint.count ||
                       (begun_ && first_ < checkpoint.first_sequence);
    out_.add(fewer ? FaultClass::kRemoved : FaultClass::kAltered,
             fmt::format("checkpoint {} covers {} from {}; here are {}", checkpoint.number,
                         checkpoint.count, checkpoint.first_sequence, tree_.size()),
             offset);
  } else if (tree_.root() != checkpoint.root) {
    out_.add(FaultClass::kAltered,
             fmt::format("checkpoint {} signed other bytes", checkpoint.number), offset);
  }
  tree_.clear();
  first_ = checkpoint.end_sequence();
  begun_ = true;
  whole_ = true;
  last_ = checkpoint;
  last_hash_ = hash;
}

void CheckpointWindow::check_order(const Checkpoint& checkpoint, const Hash& hash,
                                   uint64_t offset) {
  if (!last_) return;
  const uint64_t wanted = uint64_t{last_->number} + 1;
  if (hash == last_hash_) {
    out_.add(FaultClass::kDuplicated, fmt::format("checkpoint {} stands twice", checkpoint.number),
             offset);
  } else if (checkpoint.number > wanted) {
    out_.add(FaultClass::kRemoved,
             fmt::format("checkpoints {} to {} are missing", wanted, checkpoint.number - 1),
             offset);
  } else if (checkpoint.number < wanted) {
    out_.add(FaultClass::kReordered,
             fmt::format("checkpoint {} stands behind {}", checkpoint.number, last_->number),
             offset);
  } else if (checkpoint.previous != last_hash_) {
    out_.add(FaultClass::kAltered,
             fmt::format("checkpoint {} is not the one its successor knows", last_->number),
             offset);
  }
}

void CheckpointWindow::forget() {
  begun_ = false;
  last_.reset();
}

}  // namespace vedette::evidence
