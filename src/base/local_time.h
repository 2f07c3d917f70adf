// SPDX-License-Identifier: Apache-2.0
// What the clock on the wall shows at a moment, in the time zone of this machine (TZ, else
// /etc/localtime). One way only: an hour that is shown twice in autumn has no one moment.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace vedette {

struct LocalTime {
  int weekday = 0;  ///< 0 Monday … 6 Sunday
  int minute = 0;   ///< of the day, 0 … 1439
  friend bool operator==(const LocalTime&, const LocalTime&) = default;
};

/// Thread-safe.
[[nodiscard]] LocalTime local_time(WallTime at);

/// Its abbreviation at a moment, "CET", and how far it is ahead of UTC.
struct ZoneAt {
  std::string name;
  Duration offset{0};
};
[[nodiscard]] ZoneAt local_zone(WallTime at);

/// local_time(), or another for tests.
using Zone = LocalTime (*)(WallTime);

}  // namespace vedette
