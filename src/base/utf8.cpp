// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace vedette {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

uint8_t byte_at(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

/// How many bytes a lead byte announces; 0 for what begins no character.
size_t announced(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/// Neither longer than needed, nor a surrogate, nor beyond U+10FFFF: the second byte tells.
bool second_fits(uint8_t lead, uint8_t second) {
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second < 0xA0;
  if (lead == 0xF0) return second >= 0x90;
  return lead != 0xF4 || second < 0x90;
}

}  // namespace

size_t utf8_size(std::string_view text) {
  if (text.empty()) return 0;
  const uint8_t lead = byte_at(text, 0);
  const size_t size = announced(lead);
  if (size == 0 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i)
    if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
  return size == 1 || second_fits(lead, byte_at(text, 1)) ? size : 0;
}

size_t utf8_length(std::string_view text) {
  size_t length = 0;
  for (; !text.empty(); ++length) text.remove_prefix(std::max<size_t>(1, utf8_size(text)));
  return length;
}

std::string to_utf8(std::string text) {
  size_t good = 0;  // mostly all of it, and then nothing is copied
  while (const size_t size = utf8_size(std::string_view(text).substr(good))) good += size;
  if (good == text.size()) return text;
  std::string_view rest = std::string_view(text).substr(good);
  std::string out = text.substr(0, good);
  while (!rest.empty()) {
    const size_t size = utf8_size(rest);
    out.append(size == 0 ? kReplacement : rest.substr(0, size));
    rest.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

std::string clean_line(std::string_view text, size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const size_t size = utf8_size(text);
    std::string_view character = size == 0 ? kReplacement : text.substr(0, size);
    if (size == 1 && (byte_at(text, 0) < 0x20 || text[0] == 0x7F)) character = " ";
    if (out.size() + character.size() > max_bytes) break;
    out.append(character);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

}  // namespace vedette
