// SPDX-License-Identifier: Apache-2.0
// Base64, RFC 4648 §4. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace vedette {

[[nodiscard]] std::string encode_base64(ByteSpan bytes);
/// Taking what cameras send: white space is skipped, padding optional, and decoding ends quietly at
/// the first other character.
[[nodiscard]] Bytes decode_base64(std::string_view text);
/// nullopt unless it is base64 to the letter, with its padding.
[[nodiscard]] std::optional<Bytes> parse_base64(std::string_view text);

}  // namespace vedette
