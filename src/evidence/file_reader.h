// SPDX-License-Identifier: Apache-2.0
// Reads of a recording file that never fail: a medium error ends the file there, and the hashes
// tell. Internal to evidence.
#pragma once

#include <optional>

#include "evidence/checkpoint.h"
#include "evidence/hash.h"
#include "evidence/record.h"
#include "mp4/source.h"

namespace vedette::evidence {

inline constexpr size_t kHeadBytes = 512;  ///< more than any of our boxes
static_assert(kMaxCheckpointBytes <= kHeadBytes && kMaxRecordBytes <= kHeadBytes);

class FileReader {
 public:
  explicit FileReader(const mp4::ByteSource& source) : source_(source) {}

  /// Fewer at the end.
  [[nodiscard]] Bytes at(uint64_t offset, size_t count) const;
  [[nodiscard]] Hash hash(uint64_t offset, uint64_t count);
  [[nodiscard]] bool zeros(uint64_t offset, uint64_t end) const;
  /// has_lost_sector() of these bytes.
  [[nodiscard]] bool has_lost_sector(uint64_t offset, uint64_t end) const;
  /// The next record or checkpoint that can be read, at or after `offset`.
  [[nodiscard]] std::optional<uint64_t> next_good(uint64_t offset) const;
  /// Whether a checkpoint with a right signature stands at or after `offset`.
  [[nodiscard]] bool has_signed(uint64_t offset) const;
  [[nodiscard]] uint64_t size() const { return source_.size(); }
  [[nodiscard]] const mp4::ByteSource& source() const { return source_; }

 private:
  const mp4::ByteSource& source_;
  Sha256 sha_;
};

}  // namespace vedette::evidence
