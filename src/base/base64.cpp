// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <algorithm>

namespace vedette {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

std::string encode_base64(ByteSpan bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = bytes.size() - i;
    const uint32_t group = uint32_t{bytes[i]} << 16 | (left > 1 ? uint32_t{bytes[i + 1]} << 8 : 0) |
                           (left > 2 ? uint32_t{bytes[i + 2]} : 0);
    for (size_t j = 0; j < 4; ++j)
      text += j <= left ? kAlphabet[group >> (18 - 6 * j) & 0x3F] : '=';
  }
  return text;
}

Bytes decode_base64(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (kSpace.find(c) != std::string_view::npos) continue;
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<uint8_t>(bits >> count));
  }
  return bytes;
}

std::optional<Bytes> parse_base64(std::string_view text) {
  const size_t letters = std::min(text.find('='), text.size());
  const std::string_view padding = text.substr(letters);
  const bool padded = padding.empty() || padding == "=" || padding == "==";
  if (text.size() % 4 != 0 || !padded ||
      text.substr(0, letters).find_first_not_of(kAlphabet) != std::string_view::npos)
    return std::nullopt;
  return decode_base64(text);
}

}  // namespace vedette
