// SPDX-License-Identifier: Apache-2.0
// When a camera is recorded: hours of the week, as the clock on the wall shows them. Values, pure.
//
//   line  := days " " HH:MM "-" HH:MM
//   days  := "daily" | part *("," part)        part := day | day "-" day
//   day   := "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun"
//
// From is inclusive, to is exclusive and may be 24:00. Where to is not later than from, the hours
// reach into the next day: "fri 22:00-06:00" ends on Saturday. Days wrap too: "sat-mon".
//
// It asks only what the wall clock shows, so an hour that a change of clocks repeats is recorded
// both times, and one that it leaves out is missed by nobody.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/local_time.h"
#include "base/result.h"

namespace vedette::store {

inline constexpr size_t kMaxScheduleLines = 64;
inline constexpr size_t kMaxScheduleLine = 64;  ///< bytes

struct ScheduleHours {
  uint8_t days = 0;  ///< bit 0 Monday … bit 6 Sunday
  int from = 0;      ///< minute of the day, 0 … 1439
  int to = 0;        ///< 1 … 1440, or not later than from: of the next day
  friend bool operator==(const ScheduleHours&, const ScheduleHours&) = default;
};
using Schedule = std::vector<ScheduleHours>;

/// kInvalidArgument says what is wrong and how it is written.
[[nodiscard]] Result<ScheduleHours> parse_schedule_line(std::string_view line);
/// As parse_schedule_line() reads it; the same hours always give the same text.
[[nodiscard]] std::string to_string(const ScheduleHours& hours);

[[nodiscard]] bool covers(const Schedule& schedule, LocalTime now);

/// What a person wants of a camera: always, never, or in some hours of the week.
struct WhenToRecord {
  bool on = true;
  Schedule hours;  ///< empty: day and night
  [[nodiscard]] bool always() const { return on && hours.empty(); }
  [[nodiscard]] bool at(LocalTime now) const { return on && (hours.empty() || covers(hours, now)); }
  friend bool operator==(const WhenToRecord&, const WhenToRecord&) = default;
};

/// When recording is wanted again, to the minute: not before `from`, `latest` if not until then.
[[nodiscard]] WallTime next_wanted(const WhenToRecord& when, WallTime from, WallTime latest,
                                   Zone zone = &local_time);

}  // namespace vedette::store
