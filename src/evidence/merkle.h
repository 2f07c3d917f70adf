// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of RFC 6962 §2.1 over the hashes of records: docs/design/format.md §"The
// checkpoint". Memory grows with the logarithm of the leaves. Confined to the caller.
#pragma once

#include <cstdint>
#include <vector>

#include "evidence/hash.h"

namespace vedette::evidence {

class MerkleTree {
 public:
  void add(const Hash& leaf);
  [[nodiscard]] uint64_t size() const { return size_; }
  /// SHA-256 of nothing while there are no leaves.
  [[nodiscard]] Hash root() const;
  void clear() {
    size_ = 0;
    peaks_.clear();
  }

 private:
  uint64_t size_ = 0;
  std::vector<Hash> peaks_;  // roots of perfect trees, one per bit set in size_, largest first
};

}  // namespace vedette::evidence
