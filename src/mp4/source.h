// SPDX-License-Identifier: Apache-2.0
// Random access to the bytes of a file, without saying where they are. The reader pulls what it
// needs; implementations are a file (fs), a byte string, an object in a bucket.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::mp4 {

/// Confined to the caller, which must keep it alive during each call it is passed to.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Reads up to out.size() bytes at `offset`; fewer only at the end of the source, 0 at or past
  /// it.
  [[nodiscard]] virtual Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const = 0;
  [[nodiscard]] virtual uint64_t size() const = 0;

 protected:
  ByteSource() = default;
  ByteSource(const ByteSource&) = default;
  ByteSource& operator=(const ByteSource&) = default;
};

/// Bytes in memory, which the caller keeps alive.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(ByteSpan bytes) : bytes_(bytes) {}
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    if (offset >= bytes_.size()) return size_t{0};
    const size_t count = std::min<size_t>(out.size(), bytes_.size() - offset);
    std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(offset), count, out.begin());
    return count;
  }
  [[nodiscard]] uint64_t size() const override { return bytes_.size(); }

 private:
  ByteSpan bytes_;
};

/// Exactly `count` bytes at `offset`; data_loss when the source ends before that.
/// REQUIRES: the caller has bounded `count`.
[[nodiscard]] Result<Bytes> read_exactly(const ByteSource& source, uint64_t offset, size_t count);

}  // namespace vedette::mp4
