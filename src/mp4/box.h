// SPDX-License-Identifier: Apache-2.0
// Box headers (ISO/IEC 14496-12 §4.2) and a bounded walk over the boxes of a source or a span.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "mp4/source.h"

namespace vedette::mp4 {

using FourCc = uint32_t;

[[nodiscard]] consteval FourCc fourcc(const char (&text)[5]) {
  FourCc value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(text[i]);
  return value;
}
/// "moof"; bytes that do not print appear as "\x01".
[[nodiscard]] std::string to_string(FourCc type);

inline constexpr size_t kBoxHeaderBytes = 8;
inline constexpr size_t kLongestBoxHeader = 32;  ///< 64-bit size and user type
inline constexpr size_t kUuidHeaderBytes = 24;   ///< size, 'uuid', 16-byte user type

struct BoxHeader {
  FourCc type = 0;
  uint64_t offset = 0;       ///< of the box, in the source or span it was read from
  uint64_t size = 0;         ///< of the whole box, header included; never below header_size
  uint32_t header_size = 0;  ///< 8, 16 (64-bit size); 16 more with a user type
  std::array<uint8_t, 16> user_type{};  ///< of a uuid box

  [[nodiscard]] uint64_t end() const { return offset + size; }
  [[nodiscard]] uint64_t body() const { return offset + header_size; }
  [[nodiscard]] uint64_t body_size() const { return size - header_size; }
};

/// The box that begins at `offset` and lies within [offset, end). Errors are data_loss with the
/// byte offset: header or body past the end, a size smaller than the header.
/// A size of 0 (to the end of the file) is taken to reach `end`.
[[nodiscard]] Result<BoxHeader> read_box_header(const ByteSource& source, uint64_t offset,
                                                uint64_t end);
[[nodiscard]] Result<BoxHeader> read_box_header(ByteSpan bytes, uint64_t offset);

/// The same from bytes at hand: `head` holds the first kLongestBoxHeader bytes of the box, or all
/// that there are; `available` bytes lie between its start and the end.
[[nodiscard]] Result<BoxHeader> parse_box_header(ByteSpan head, uint64_t offset,
                                                 uint64_t available);

}  // namespace vedette::mp4
