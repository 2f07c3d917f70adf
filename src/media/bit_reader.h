// SPDX-License-Identifier: Apache-2.0
// Reads the bits of a NAL unit's payload and drops emulation prevention bytes on the way
// (ITU-T H.264 §7.3.1, H.265 §7.3.1.1). Does not own its bytes; confined to the caller.
// The first read past the end makes the reader bad for good and every later read gives 0, so a
// parser may read a structure and check ok() where a value bounds a loop, and once at the end.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vedette::media {

enum class Escaping : uint8_t { kNone, kEmulationPrevention };

class BitReader {
 public:
  explicit BitReader(ByteSpan bytes, Escaping escaping = Escaping::kEmulationPrevention);

  [[nodiscard]] bool ok() const { return ok_; }

  /// The next `count` bits, first one highest. REQUIRES: count <= 32.
  uint32_t bits(int count);
  bool flag() { return bits(1) != 0; }
  void skip(int count);
  /// Exp-Golomb codes, H.264 §9.1. More than 32 leading zeros make the reader bad.
  uint32_t ue();
  int32_t se();
  /// H.264 §7.2: whether anything but the trailing stop bit is left.
  [[nodiscard]] bool more_rbsp_data() const;

 private:
  bool next_byte();

  ByteSpan bytes_;
  size_t next_ = 0;       ///< index of the byte after the current one
  uint32_t current_ = 0;  ///< the byte being read
  int left_ = 0;          ///< its bits not read yet
  int zeros_ = 0;         ///< zero bytes just before next_
  bool escaped_;
  bool ok_ = true;
};

}  // namespace vedette::media
