// SPDX-License-Identifier: Apache-2.0
// Bounded reading and big-endian writing of byte strings: the only way parsers touch input.
// Values; confined to the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace vedette {

using Bytes = std::vector<uint8_t>;
using ByteSpan = std::span<const uint8_t>;

[[nodiscard]] inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads big-endian values from a span it does not own. The first read past the end makes the
/// reader bad for good: every later read gives 0 or an empty span, so a parser may read a whole
/// structure and check ok() once.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] size_t offset() const { return offset_; }
  [[nodiscard]] size_t remaining() const { return ok_ ? bytes_.size() - offset_ : 0; }
  [[nodiscard]] ByteSpan rest() const { return ok_ ? bytes_.subspan(offset_) : ByteSpan{}; }

  uint8_t u8() { return static_cast<uint8_t>(big_endian(1)); }
  uint16_t u16() { return static_cast<uint16_t>(big_endian(2)); }
  uint32_t u24() { return static_cast<uint32_t>(big_endian(3)); }
  uint32_t u32() { return static_cast<uint32_t>(big_endian(4)); }
  uint64_t u64() { return big_endian(8); }
  ByteSpan bytes(size_t count) {
    if (!take(count)) return {};
    return bytes_.subspan(offset_ - count, count);
  }
  void skip(size_t count) { take(count); }

 private:
  bool take(size_t count) {
    if (!ok_ || count > bytes_.size() - offset_) return ok_ = false;
    offset_ += count;
    return true;
  }
  uint64_t big_endian(size_t count) {
    if (!take(count)) return 0;
    uint64_t value = 0;
    for (size_t i = offset_ - count; i < offset_; ++i) value = value << 8 | bytes_[i];
    return value;
  }

  ByteSpan bytes_;
  size_t offset_ = 0;
  bool ok_ = true;
};

/// Appends big-endian values to a byte string it owns.
class ByteWriter {
 public:
  void u8(uint64_t v) { bytes_.push_back(static_cast<uint8_t>(v)); }
  void u16(uint64_t v) { big_endian(v, 2); }
  void u24(uint64_t v) { big_endian(v, 3); }
  void u32(uint64_t v) { big_endian(v, 4); }
  void u64(uint64_t v) { big_endian(v, 8); }
  void bytes(ByteSpan v) { bytes_.insert(bytes_.end(), v.begin(), v.end()); }
  void text(std::string_view v) { bytes(as_bytes(v)); }
  void zeros(size_t count) { bytes_.resize(bytes_.size() + count); }

  [[nodiscard]] size_t size() const { return bytes_.size(); }
  /// Overwrites 4 bytes written before. REQUIRES: offset + 4 <= size().
  void patch_u32(size_t offset, uint32_t v) {
    for (size_t i = 0; i < 4; ++i) bytes_.at(offset + i) = static_cast<uint8_t>(v >> (24 - 8 * i));
  }
  [[nodiscard]] const Bytes& view() const { return bytes_; }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  void big_endian(uint64_t v, int count) {
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8) u8(v >> shift);
  }
  Bytes bytes_;
};

}  // namespace vedette
