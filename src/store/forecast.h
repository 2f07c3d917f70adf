// SPDX-License-Identifier: Apache-2.0
// When volumes will be full and how far back each camera will then reach, from measured rates. It
// follows the rule of retention_plan.h: where room is short, every camera is as far above (or
// below) its minimum as the others. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "store/config_store.h"

namespace vedette::store {

struct ForecastCamera {
  std::string camera;
  Retention keep;
  int64_t bytes = 0;        ///< stored now
  int64_t held_bytes = 0;   ///< of these, under a hold: they take room and never give way
  double bytes_per_us = 0;  ///< as measured; 0 when nothing is recorded
};

struct ForecastVolume {
  std::string id;
  int64_t room_bytes = 0;   ///< for recordings in all: the quota, or what the disk has without the
                            ///< reserve
  int64_t used_bytes = 0;   ///< of it
  double bytes_per_us = 0;  ///< written to it, as measured
  bool measured = true;     ///< false while that rate, or a camera's, is not known yet
};

/// What becomes of a volume.
enum class Outlook : uint8_t {
  kFull,     ///< the oldest recordings make room
  kFills,    ///< it will be full
  kNever,    ///< what all cameras may keep at most fits
  kIdle,     ///< nothing is written to it
  kUnknown,  ///< recording has begun so lately that no rate is known
};
/// "full", "fills", "never", "idle", "unknown".
[[nodiscard]] std::string_view to_string(Outlook outlook);

struct Forecast {
  struct Camera {
    std::string camera;
    /// What was asked for: at least, else at most; a size counts as the time it takes to record.
    std::optional<int64_t> asked_us;
    /// How far back it will reach once the volumes are full; absent when nothing is recorded.
    std::optional<int64_t> keeps_us;
    friend bool operator==(const Camera&, const Camera&) = default;
  };
  struct Volume {
    std::string id;
    Outlook outlook = Outlook::kUnknown;
    /// kFills: until it is full; kFull: 0; else absent.
    std::optional<int64_t> full_in_us;
    friend bool operator==(const Volume&, const Volume&) = default;
  };
  std::vector<Camera> cameras;
  std::vector<Volume> volumes;
};

[[nodiscard]] Forecast forecast(const std::vector<ForecastCamera>& cameras,
                                const std::vector<ForecastVolume>& volumes);

}  // namespace vedette::store
