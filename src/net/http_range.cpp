// SPDX-License-Identifier: Apache-2.0
#include "net/http_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace vedette::net {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Digits only; a number past 64 bits is as large as can be, since only its order matters.
std::optional<uint64_t> number(std::string_view text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !digits) return std::nullopt;
  uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc::result_out_of_range) return UINT64_MAX;
  return value;
}

ByteRange suffix(std::string_view text, uint64_t size) {
  const auto length = number(text);
  if (!length) return {RangeKind::kWhole, 0, size};
  if (*length == 0 || size == 0) return {RangeKind::kUnsatisfiable, 0, 0};
  const uint64_t taken = std::min(*length, size);
  return {RangeKind::kPart, size - taken, taken};
}

}  // namespace

ByteRange parse_range(std::string_view header, uint64_t size) {
  const ByteRange whole{RangeKind::kWhole, 0, size};
  header = trim(header);
  constexpr std::string_view kUnit = "bytes=";
  if (header.substr(0, kUnit.size()) != kUnit) return whole;
  header = trim(header.substr(kUnit.size()));
  const size_t dash = header.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view last_text = header.substr(dash + 1);
  if (dash == 0) return suffix(last_text, size);
  const auto first = number(header.substr(0, dash));
  const auto last = last_text.empty() ? std::optional<uint64_t>(UINT64_MAX) : number(last_text);
  if (!first || !last || *first > *last) return whole;
  if (*first >= size) return {RangeKind::kUnsatisfiable, 0, 0};
  return {RangeKind::kPart, *first, std::min(*last, size - 1) - *first + 1};
}

}  // namespace vedette::net
