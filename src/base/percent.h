// SPDX-License-Identifier: Apache-2.0
// Hexadecimal digits, and the escapes of addresses that are made of them: RFC 3986 §2.1. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vedette {

/// 0 to 15; -1 for what is none.
[[nodiscard]] int hex_digit(char c);

/// What "%2F" at this place stands for; none where no escape begins.
[[nodiscard]] std::optional<char> percent_escape(std::string_view text, size_t at);

/// A '%' that begins no escape stays: people paste passwords as they are.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace vedette
