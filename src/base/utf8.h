// SPDX-License-Identifier: Apache-2.0
// Text from elsewhere (cameras, file names, addresses of pages) before it goes to people: JSON and
// the text frames of a WebSocket must be UTF-8 (RFC 8259 §8.1, RFC 6455 §8.1), and a browser closes
// the connection over one byte that is not. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vedette {

/// Bytes of the character of UTF-8 that `text` begins with (RFC 3629 §4); 0 when it begins with
/// none, or is empty.
[[nodiscard]] size_t utf8_size(std::string_view text);

/// Characters in `text`: code points, as maxLength of a JSON Schema counts them. A byte that is no
/// part of one counts as one.
[[nodiscard]] size_t utf8_length(std::string_view text);

/// `text` with U+FFFD in place of each byte that is no part of a character.
[[nodiscard]] std::string to_utf8(std::string text);

/// One line for people: as to_utf8(), with a space in place of each control character, and cut
/// before the character that would go past `max_bytes`.
[[nodiscard]] std::string clean_line(std::string_view text, size_t max_bytes);

}  // namespace vedette
