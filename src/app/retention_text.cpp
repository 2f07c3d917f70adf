// SPDX-License-Identifier: Apache-2.0
#include "app/retention_text.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

namespace vedette::app {
namespace {

struct Unit {
  std::string_view name;
  int64_t scale;
};

constexpr Unit kDurations[] = {
    {"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"us", 1}};
constexpr Unit kSizes[] = {{"TB", 1'000'000'000'000},
                           {"GB", 1'000'000'000},
                           {"MB", 1'000'000},
                           {"KB", 1'000},
                           {"B", 1},
                           {"", 1}};
constexpr double kLargest = 9e18;

/// Exact, unlike what is written with a point.
template <size_t N>
std::optional<int64_t> parse_whole(std::string_view text, const Unit (&units)[N]) {
  int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || number <= 0) return std::nullopt;
  const std::string_view name(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units) {
    if (unit.name == name && number <= std::numeric_limits<int64_t>::max() / unit.scale) {
      return number * unit.scale;
    }
  }
  return std::nullopt;
}

template <size_t N>
std::string write(int64_t amount, const Unit (&units)[N]) {
  for (const Unit& unit : units) {
    if (amount % unit.scale == 0) {
      return std::to_string(amount / unit.scale) + std::string(unit.name);
    }
  }
  return std::to_string(amount);
}

template <size_t N>
std::optional<int64_t> parse(std::string_view text, const Unit (&units)[N]) {
  if (const auto whole = parse_whole(text, units)) return whole;
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || !(number > 0)) return std::nullopt;
  const std::string_view name(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units) {
    const double amount = number * static_cast<double>(unit.scale);
    if (unit.name == name && amount < kLargest && amount >= 0.5) return std::llround(amount);
  }
  return std::nullopt;
}

}  // namespace

std::string duration_text(int64_t us) { return write(us, kDurations); }

std::string size_text(int64_t bytes) { return bytes == 0 ? "0" : write(bytes, kSizes); }

Result<int64_t> parse_size(std::string_view text) {
  if (const auto bytes = parse(text, kSizes)) return *bytes;
  return make_error(ErrorCode::kInvalidArgument,
                    "not a size: \"" + std::string(text) + "\"; write 500MB, 10GB or 1.5TB");
}

Result<int64_t> parse_reserve(std::string_view text) {
  if (text == "0") return 0;
  return parse_size(text);
}

Result<int64_t> parse_duration(std::string_view text) {
  if (const auto us = parse(text, kDurations)) return *us;
  return make_error(ErrorCode::kInvalidArgument,
                    "not a length of time: \"" + std::string(text) + "\"; write 24h or 7d");
}

// Only the words at the end are taken off: a folder's name may hold a comma.
Result<VolumeText> parse_volume(std::string_view text) {
  VolumeText volume;
  while (true) {
    const size_t comma = text.rfind(',');
    if (comma == std::string_view::npos) break;
    const std::string_view word = text.substr(comma + 1);
    if (word.starts_with("quota=")) {
      VEDETTE_ASSIGN(volume.quota_bytes, parse_size(word.substr(6)));
    } else if (word.starts_with("reserve=")) {
      VEDETTE_ASSIGN(volume.reserve_bytes, parse_reserve(word.substr(8)));
    } else {
      break;
    }
    text = text.substr(0, comma);
  }
  if (text.empty())
    return make_error(ErrorCode::kInvalidArgument,
                      "name a folder: --volume /srv/video,quota=1TB,reserve=20GB");
  volume.path = std::string(text);
  return volume;
}

Result<boost::json::object> parse_retention(std::string_view text, std::string_view prefix) {
  const std::string age_name = std::string(prefix) + "_age_us";
  const std::string bytes_name = std::string(prefix) + "_bytes";
  boost::json::object retention;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, comma - at);
    at = comma + 1;
    if (const auto age = parse(part, kDurations)) {
      retention[age_name] = *age;
    } else if (const auto bytes = parse(part, kSizes); bytes && part.ends_with('B')) {
      retention[bytes_name] = *bytes;
    } else {
      return make_error(ErrorCode::kInvalidArgument, "not a retention: \"" + std::string(text) +
                                                         "\"; write 14d, 500GB or both: "
                                                         "14d,500GB");
    }
  }
  return retention;
}

}  // namespace vedette::app
