// SPDX-License-Identifier: Apache-2.0
// Three kinds of time that never convert implicitly: WallTime (UTC, may step), MonoTime (steady,
// meaningless across restarts) and MediaTime (a camera's own clock). All are values.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette {

using Duration = std::chrono::microseconds;

/// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct WallTime {
  int64_t us = 0;

  friend auto operator<=>(WallTime, WallTime) = default;
  friend WallTime operator+(WallTime t, Duration d) { return {t.us + d.count()}; }
  friend WallTime operator-(WallTime t, Duration d) { return {t.us - d.count()}; }
  friend Duration operator-(WallTime a, WallTime b) { return Duration(a.us - b.us); }
};

/// Microseconds of a steady clock with an arbitrary origin.
struct MonoTime {
  int64_t us = 0;

  friend auto operator<=>(MonoTime, MonoTime) = default;
  friend MonoTime operator+(MonoTime t, Duration d) { return {t.us + d.count()}; }
  friend Duration operator-(MonoTime a, MonoTime b) { return Duration(a.us - b.us); }
};

/// A point on a track's own clock.
struct MediaTime {
  int64_t ticks = 0;
  uint32_t timescale = 1;  ///< ticks per second, never 0

  /// Rounded down.
  [[nodiscard]] Duration to_duration() const;
};

/// ticks * 1'000'000 / timescale without overflow, rounded down.
[[nodiscard]] int64_t ticks_to_us(int64_t ticks, uint32_t timescale);
[[nodiscard]] int64_t us_to_ticks(int64_t us, uint32_t timescale);

/// "2026-11-22T14:03:27.200000Z".
[[nodiscard]] std::string to_rfc3339(WallTime time);
/// RFC 3339 §5.6 with any offset, or a bare integer of UTC microseconds.
[[nodiscard]] Result<WallTime> parse_time(std::string_view text);

/// The only source of the present. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual MonoTime mono() const = 0;
};

/// The operating system's clocks.
class RealClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] MonoTime mono() const override;
};

/// Moves only when told to: for tests and simulation. Confined to one thread.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(WallTime start = {1'700'000'000'000'000}) : wall_(start) {}
  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] MonoTime mono() const override { return mono_; }
  void advance(Duration d) {
    wall_ = wall_ + d;
    mono_ = mono_ + d;
  }
  /// A step of the wall clock alone, as NTP or a person makes one.
  void step_wall(Duration d) { wall_ = wall_ + d; }

 private:
  WallTime wall_;
  MonoTime mono_{1'000'000};
};

}  // namespace vedette
