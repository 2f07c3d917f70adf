// SPDX-License-Identifier: Apache-2.0
#include "rtp/fmtp.h"

#include <algorithm>
#include <charconv>

#include "base/percent.h"

namespace vedette::rtp {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
std::string_view trim(std::string_view text) {
  const size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::optional<std::string_view> Fmtp::find(std::string_view name) const {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view parameter = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t equals = std::min(parameter.find('='), parameter.size());
    if (!same_name(trim(parameter.substr(0, equals)), name)) continue;
    return trim(parameter.substr(std::min(equals + 1, parameter.size())));
  }
  return std::nullopt;
}

std::optional<uint32_t> Fmtp::number(std::string_view name) const {
  const auto text = find(name);
  if (!text || text->empty() || text->size() > 6) return std::nullopt;
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

std::optional<Bytes> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(high << 4 | low));
  }
  return bytes;
}

}  // namespace vedette::rtp
