// SPDX-License-Identifier: Apache-2.0
#include "store/forecast.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"

namespace vedette::store {
namespace {

// Beyond this a forecast is nonsense: "never".
constexpr double kFarUs = 100.0 * 365 * 86'400e6;
constexpr int kSteps = 100;  // of the bisection: far below a second

struct Bounds {
  double least_us = 0;
  double most_us = kFarUs;
  double rate = 0;
};

std::optional<double> shorter(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

std::optional<double> longer(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::max(*a, *b) : a ? a : b;
}

std::optional<double> as_time(const std::optional<int64_t>& bytes, double rate) {
  if (!bytes || rate <= 0) return std::nullopt;
  return static_cast<double>(*bytes) / rate;
}

std::optional<double> number(const std::optional<int64_t>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

std::optional<double> at_least(const ForecastCamera& camera) {
  return longer(number(camera.keep.min_age_us),
                as_time(camera.keep.min_bytes, camera.bytes_per_us));
}

std::optional<double> at_most(const ForecastCamera& camera) {
  return shorter(number(camera.keep.max_age_us),
                 as_time(camera.keep.max_bytes, camera.bytes_per_us));
}

Bounds bounds_of(const ForecastCamera& camera) {
  Bounds bounds;
  bounds.rate = camera.bytes_per_us;
  bounds.least_us = at_least(camera).value_or(0);
  // At least wins over at most, as it does in retention.
  bounds.most_us = std::max(bounds.least_us, std::min(kFarUs, at_most(camera).value_or(kFarUs)));
  return bounds;
}

// What each keeps when all are `surplus` above their minimum.
double kept(const Bounds& bounds, double surplus) {
  return std::clamp(bounds.least_us + surplus, 0.0, bounds.most_us);
}

double bytes_at(const std::vector<Bounds>& all, double surplus) {
  double sum = 0;
  for (const Bounds& bounds : all) sum += bounds.rate * kept(bounds, surplus);
  return sum;
}

// The surplus at which all cameras together fill the room.
double balance(const std::vector<Bounds>& all, double room) {
  double low = -kFarUs;
  double high = kFarUs;
  if (bytes_at(all, high) <= room) return high;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = (low + high) / 2;
    (bytes_at(all, middle) <= room ? low : high) = middle;
  }
  return low;
}

std::optional<int64_t> whole(std::optional<double> us) {
  if (!us) return std::nullopt;
  return static_cast<int64_t>(std::min(*us, kFarUs));
}

// `never` is nonsense as long as a rate is not known: what is not measured seems to take no room.
Forecast::Volume outlook_of(const ForecastVolume& volume, bool never) {
  const auto left = static_cast<double>(volume.room_bytes - volume.used_bytes);
  const auto is = [&](Outlook outlook, std::optional<int64_t> in = std::nullopt) {
    return Forecast::Volume{volume.id, outlook, in};
  };
  if (!volume.measured) return is(Outlook::kUnknown);
  // Retention keeps a little below the limit; that is full all the same.
  if (left <= 0.04 * static_cast<double>(volume.room_bytes) && !never) return is(Outlook::kFull, 0);
  if (volume.bytes_per_us <= 0) return is(Outlook::kIdle);
  const double us = left / volume.bytes_per_us;
  if (never || us >= kFarUs) return is(Outlook::kNever);
  return is(Outlook::kFills, static_cast<int64_t>(us));
}

}  // namespace

Forecast forecast(const std::vector<ForecastCamera>& cameras,
                  const std::vector<ForecastVolume>& volumes) {
  std::vector<Bounds> all;
  double room = 0;
  for (const ForecastVolume& volume : volumes) room += static_cast<double>(volume.room_bytes);
  for (const ForecastCamera& camera : cameras) {
    all.push_back(bounds_of(camera));
    room -= static_cast<double>(camera.held_bytes);
  }
  const double surplus = balance(all, std::max(0.0, room));
  const bool never = surplus >= kFarUs;
  Forecast result;
  for (size_t i = 0; i < cameras.size(); ++i) {
    const ForecastCamera& camera = cameras[i];
    Forecast::Camera out;
    out.camera = camera.camera;
    const auto least = at_least(camera);
    out.asked_us = whole(least ? least : at_most(camera));
    if (camera.bytes_per_us > 0) out.keeps_us = static_cast<int64_t>(kept(all[i], surplus));
    result.cameras.push_back(std::move(out));
  }
  for (const ForecastVolume& volume : volumes) result.volumes.push_back(outlook_of(volume, never));
  return result;
}

std::string_view to_string(Outlook outlook) {
  switch (outlook) {
    case Outlook::kFull:
      return "full";
    case Outlook::kFills:
      return "fills";
    case Outlook::kNever:
      return "never";
    case Outlook::kIdle:
      return "idle";
    case Outlook::kUnknown:
      return "unknown";
  }
  VEDETTE_ASSERT(false);
}

}  // namespace vedette::store
