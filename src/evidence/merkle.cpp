// SPDX-License-Identifier: Apache-2.0
#include "evidence/merkle.h"

namespace vedette::evidence {
namespace {

// The prefixes keep a leaf from being taken for a node (RFC 6962 §2.1).
constexpr uint8_t kLeaf = 0;
constexpr uint8_t kNode = 1;

Hash node(const Hash& left, const Hash& right) {
  Sha256 hasher;
  hasher.update({&kNode, 1});
  hasher.update(left);
  hasher.update(right);
  return hasher.finish();
}

}  // namespace

void MerkleTree::add(const Hash& leaf) {
  Sha256 hasher;
  hasher.update({&kLeaf, 1});
  hasher.update(leaf);
  Hash grown = hasher.finish();
  // Like adding one in binary: each trailing one is a tree of the same size to join with.
  for (uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    grown = node(peaks_.back(), grown);
    peaks_.pop_back();
  }
  peaks_.push_back(grown);
  ++size_;
}

Hash MerkleTree::root() const {
  if (peaks_.empty()) return sha256({});
  Hash root = peaks_.back();
  for (size_t i = peaks_.size() - 1; i-- > 0;) root = node(peaks_[i], root);
  return root;
}

}  // namespace vedette::evidence
