// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpointer.h"

namespace vedette::evidence {

Result<Checkpointer::Made> Checkpointer::make(const Signer& signer, const State& state) const {
  Checkpoint checkpoint = next_;
  checkpoint.count = static_cast<uint32_t>(tree_.size());
  checkpoint.root = tree_.root();
  checkpoint.signed_at = state.now;
  checkpoint.ledger = state.ledger;
  checkpoint.final = state.final;
  checkpoint.recovered = state.recovered;
  checkpoint.closing = state.closing;
  Made made;
  VEDETTE_ASSIGN(made.box, seal(checkpoint, signer));
  made.hash = record_hash(made.box);
  made.end_sequence = checkpoint.end_sequence();
  return made;
}

void Checkpointer::written(const Made& made) {
  next_.first_sequence = made.end_sequence;
  ++next_.number;
  next_.previous = made.hash;
  tree_.clear();
  pending_us_ = 0;
}

}  // namespace vedette::evidence
