// SPDX-License-Identifier: Apache-2.0
// Small reads out of one of 4 KiB, which usually holds the headers of a whole fragment. Confined to
// the caller.
#pragma once

#include <algorithm>
#include <array>

#include "mp4/source.h"

namespace vedette::mp4 {

class ReadWindow {
 public:
  static constexpr size_t kBytes = 4096;

  /// REQUIRES: `source` outlives it.
  explicit ReadWindow(const ByteSource& source) : source_(source) {}

  /// Up to `count` bytes at `offset`, fewer only at the end of the source. Valid until the next
  /// call. REQUIRES: count <= kBytes.
  [[nodiscard]] Result<ByteSpan> at(uint64_t offset, size_t count) {
    if (offset < start_ || offset + count > start_ + filled_) {
      start_ = offset;
      filled_ = 0;
      VEDETTE_ASSIGN(filled_, source_.read_at(offset, buffer_));
    }
    const auto skip = static_cast<size_t>(offset - start_);
    return ByteSpan(buffer_).subspan(skip, std::min(count, filled_ - skip));
  }

 private:
  const ByteSource& source_;
  std::array<uint8_t, kBytes> buffer_{};
  uint64_t start_ = 0;
  size_t filled_ = 0;
};

}  // namespace vedette::mp4
