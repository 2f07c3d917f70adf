// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <optional>

namespace vedette {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;

__extension__ using Wide = __int128;

/// Floor division: rounds towards minus infinity for negative times too.
int64_t scale(int64_t value, int64_t multiply, int64_t divide) {
  const Wide product = static_cast<Wide>(value) * multiply;
  auto quotient = static_cast<int64_t>(product / divide);
  if (product % divide != 0 && product < 0) --quotient;
  return quotient;
}

std::optional<int> digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// Parses ".123456" to microseconds and moves `at` past it; finer digits are dropped.
std::optional<int64_t> fraction_us(std::string_view text, size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  int64_t us = 0;
  int64_t unit = kUsPerSecond / 10;
  const size_t first = ++at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
    us += (text[at] - '0') * unit;
  }
  if (at == first) return std::nullopt;
  return us;
}

/// Parses "Z" or "+hh:mm" at the very end, in seconds east of UTC.
std::optional<int64_t> offset_s(std::string_view text, size_t at) {
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) return 0;
  if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':') {
    return std::nullopt;
  }
  const auto hours = digits(text, at + 1, 2);
  const auto minutes = digits(text, at + 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int64_t seconds = *hours * 3600 + *minutes * 60;
  return text[at] == '-' ? -seconds : seconds;
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  size_t at = 19;
  const auto fraction = fraction_us(text, at);
  if (!fraction) return std::nullopt;
  const auto offset = offset_s(text, at);
  if (!offset) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds = days * 86400 + *hour * 3600 + *minute * 60 + *second - *offset;
  return WallTime{seconds * kUsPerSecond + *fraction};
}

int64_t read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return now.tv_sec * kUsPerSecond + now.tv_nsec / 1000;
}

}  // namespace

int64_t ticks_to_us(int64_t ticks, uint32_t timescale) {
  return scale(ticks, kUsPerSecond, timescale);
}

int64_t us_to_ticks(int64_t us, uint32_t timescale) { return scale(us, timescale, kUsPerSecond); }

Duration MediaTime::to_duration() const { return Duration(ticks_to_us(ticks, timescale)); }

std::string to_rfc3339(WallTime time) {
  const auto since = std::chrono::microseconds(time.us);
  const auto day = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss clock(since - day);
  std::array<char, 40> out{};
  std::snprintf(
      out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return out.data();
}

Result<WallTime> parse_time(std::string_view text) {
  int64_t us = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), us);
  if (code == std::errc() && end == text.data() + text.size()) return WallTime{us};
  if (const auto time = parse_rfc3339(text)) return *time;
  return make_error(ErrorCode::kInvalidArgument,
                    "not a time: \"" + std::string(text.substr(0, 64)) +
                        "\"; write 2026-11-22T14:03:27Z or microseconds since 1970");
}

WallTime RealClock::wall() const { return {read_clock(CLOCK_REALTIME)}; }
MonoTime RealClock::mono() const { return {read_clock(CLOCK_MONOTONIC)}; }

}  // namespace vedette
