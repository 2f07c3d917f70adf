// SPDX-License-Identifier: Apache-2.0
// The Range header of one byte range (RFC 9110 §14). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace vedette::net {

enum class RangeKind : uint8_t {
  kWhole,          ///< absent, malformed, another unit or several ranges: all of it with 200
  kPart,           ///< 206
  kUnsatisfiable,  ///< 416
};

struct ByteRange {
  RangeKind kind = RangeKind::kWhole;
  uint64_t offset = 0;
  uint64_t length = 0;  ///< for kPart at least 1 and offset + length <= size

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// Several ranges are answered with the whole, as §14.2 allows: players never ask for them, and
/// each would cost a read.
[[nodiscard]] ByteRange parse_range(std::string_view header, uint64_t size);

}  // namespace vedette::net
