// SPDX-License-Identifier: Apache-2.0
#include "store/schedule.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace vedette::store {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr uint8_t kDaily = 0x7f;
constexpr int kDayMinutes = 24 * 60;

uint8_t bit(int day) { return static_cast<uint8_t>(1U << static_cast<unsigned>(day % 7)); }

Error wrong(std::string_view line, const std::string& what) {
  return make_error(ErrorCode::kInvalidArgument,
                    "\"" + std::string(line.substr(0, kMaxScheduleLine)) + "\": " + what +
                        "; write it like \"mon-fri 08:00-18:00\" or \"daily 22:00-06:00\"");
}

std::optional<int> day_of(std::string_view text) {
  const auto found = std::find(kDays.begin(), kDays.end(), text);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<int>(found - kDays.begin());
}

/// "mon" or "sat-mon".
std::optional<uint8_t> part_of(std::string_view text) {
  const size_t dash = text.find('-');
  const auto first = day_of(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : day_of(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  uint8_t days = bit(*last);
  for (int day = *first; day % 7 != *last; ++day) days |= bit(day);
  return days;
}

std::optional<uint8_t> days_of(std::string_view text) {
  if (text == "daily") return kDaily;
  uint8_t days = 0;
  while (true) {
    const size_t comma = text.find(',');
    const auto part = part_of(text.substr(0, comma));
    if (!part) return std::nullopt;
    days |= *part;
    if (comma == std::string_view::npos) return days;
    text.remove_prefix(comma + 1);
  }
}

/// "HH:MM", 00:00 to 24:00.
std::optional<int> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const size_t i : {0, 1, 3, 4})
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > kDayMinutes) return std::nullopt;
  return hour * 60 + minute;
}

std::string days_text(uint8_t days) {
  if (days == kDaily) return "daily";
  std::string text;
  for (int day = 0; day < 7; ++day) {
    if ((days & bit(day)) == 0) continue;
    int last = day;
    while (last < 6 && (days & bit(last + 1)) != 0) ++last;
    if (!text.empty()) text += ",";
    text += kDays.at(static_cast<size_t>(day));
    if (last > day) text += (last > day + 1 ? "-" : ",");
    if (last > day) text += kDays.at(static_cast<size_t>(last));
    day = last;
  }
  return text;
}

}  // namespace

Result<ScheduleHours> parse_schedule_line(std::string_view line) {
  if (line.size() > kMaxScheduleLine) return wrong(line, "this is too long");
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return wrong(line, "days and hours belong here");
  const auto days = days_of(line.substr(0, space));
  if (!days) return wrong(line, "the days are mon, tue, wed, thu, fri, sat, sun or daily");
  const std::string_view hours = line.substr(space + 1);
  const size_t dash = hours.find('-');
  if (dash == std::string_view::npos) return wrong(line, "the hours have a begin and an end");
  const auto from = minute_of(hours.substr(0, dash));
  const auto to = minute_of(hours.substr(dash + 1));
  if (!from || !to || *from == kDayMinutes)
    return wrong(line, "hours reach from 00:00 to 24:00, in two digits each");
  if (*from == *to) return wrong(line, "begin and end are the same; the whole day is 00:00-24:00");
  return ScheduleHours{*days, *from, *to};
}

std::string to_string(const ScheduleHours& hours) {
  return fmt::format("{} {:02}:{:02}-{:02}:{:02}", days_text(hours.days), hours.from / 60,
                     hours.from % 60, hours.to / 60, hours.to % 60);
}

bool covers(const Schedule& schedule, LocalTime now) {
  const uint8_t today = bit(now.weekday);
  const uint8_t yesterday = bit(now.weekday + 6);
  return std::any_of(schedule.begin(), schedule.end(), [&](const ScheduleHours& hours) {
    const bool overnight = hours.to <= hours.from;
    const bool begun = (hours.days & today) != 0 && now.minute >= hours.from &&
                       (overnight || now.minute < hours.to);
    return begun || (overnight && (hours.days & yesterday) != 0 && now.minute < hours.to);
  });
}

WallTime next_wanted(const WhenToRecord& when, WallTime from, WallTime latest, Zone zone) {
  constexpr int64_t kMinuteUs = 60'000'000;
  constexpr int kMostMinutes = 8 * kDayMinutes;  // a week repeats; a change of clocks moves it
  if (!when.on) return latest;
  WallTime at = from;
  for (int i = 0; i < kMostMinutes && at < latest; ++i) {
    if (when.at(zone(at))) return at;
    at.us = (at.us / kMinuteUs + 1) * kMinuteUs;
  }
  return latest;
}

}  // namespace vedette::store
