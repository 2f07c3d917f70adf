// SPDX-License-Identifier: Apache-2.0
#include "base/local_time.h"

#include <ctime>

namespace vedette {
namespace {

std::tm broken_down(WallTime at) {
  // Floor: also before 1970 a second is not over before it has begun.
  const auto seconds =
      static_cast<std::time_t>(at.us >= 0 ? at.us / 1'000'000 : (at.us - 999'999) / 1'000'000);
  std::tm out{};
  if (::localtime_r(&seconds, &out) == nullptr) ::gmtime_r(&seconds, &out);
  return out;
}

}  // namespace

LocalTime local_time(WallTime at) {
  const std::tm now = broken_down(at);
  return {(now.tm_wday + 6) % 7, now.tm_hour * 60 + now.tm_min};
}

ZoneAt local_zone(WallTime at) {
  const std::tm now = broken_down(at);
  const std::string name = now.tm_zone != nullptr ? now.tm_zone : "UTC";
  return {name, std::chrono::seconds(now.tm_gmtoff)};
}

}  // namespace vedette
