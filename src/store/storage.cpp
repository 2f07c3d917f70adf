// SPDX-License-Identifier: Apache-2.0
// The part of the cleaner that measures and tells: rates, shares and the forecast.
#include "store/storage.h"

#include <algorithm>

#include "store/retention.h"

namespace vedette::store {
namespace {

constexpr Duration kRateWindow = std::chrono::hours(24);
constexpr Duration kRateEvery = std::chrono::minutes(1);
// Less than this says nothing about a rate.
constexpr Duration kRateLeast = std::chrono::seconds(10);

ForecastVolume volume_of(const VolumeStatus& status, bool rates_known) {
  ForecastVolume volume;
  // A volume that nothing is written to needs nobody's rate.
  volume.measured = status.rate_known && (rates_known || status.bytes_per_us <= 0);
  volume.id = status.id;
  volume.used_bytes = status.used_bytes + status.reserved_bytes;
  volume.room_bytes =
      volume.used_bytes + std::max<int64_t>(0, status.free_bytes - status.reserve_bytes);
  if (status.quota_bytes) volume.room_bytes = std::min(volume.room_bytes, *status.quota_bytes);
  volume.bytes_per_us = status.bytes_per_us;
  return volume;
}

}  // namespace

void Cleaner::measure_rates() {
  const MonoTime now = parts_.clock.mono();
  if (rates_.known && now - rates_.measured_at < kRateEvery) return;
  const WallTime since = parts_.clock.wall() - kRateWindow;
  const auto written = parts_.catalog.written_since(since);
  if (!written) return;
  std::map<std::string, int64_t> bytes;
  for (const Usage& part : *written) bytes[part.camera] += part.bytes;
  rates_.by_camera.clear();
  for (const auto& [camera, sum] : bytes) {
    auto coverage = parts_.catalog.coverage(camera, StreamKind::kMain);
    if (coverage && !*coverage) coverage = parts_.catalog.coverage(camera, StreamKind::kSub);
    if (!coverage || !*coverage) continue;
    const Duration length = parts_.clock.wall() - std::max(since, (*coverage)->first);
    if (length < kRateLeast) continue;
    rates_.by_camera[camera] = static_cast<double>(sum) / static_cast<double>(length.count());
  }
  rates_.measured_at = now;
  // A young camera's rate is not to be waited for.
  rates_.known = !bytes.empty() && rates_.by_camera.size() == bytes.size();
}

Result<std::vector<HeldStorage>> Cleaner::held() {
  VEDETTE_ASSIGN(const auto holds, parts_.config.holds());
  std::vector<HeldStorage> all;
  for (const Hold& hold : holds) {
    VEDETTE_ASSIGN(const int64_t bytes,
                   parts_.catalog.bytes_between(hold.camera, hold.from, hold.to));
    all.push_back({hold, bytes});
  }
  return all;
}

// What lies on a volume that is not recorded to any more is neither room nor in its way.
Forecast Cleaner::look_ahead(const std::vector<CameraShare>& all,
                             const std::vector<HeldStorage>& holds,
                             const VolumeSpec* instead) const {
  std::map<std::string, int64_t> held;
  for (const HeldStorage& one : holds) held[one.hold.camera] += one.bytes;
  std::vector<ForecastCamera> cameras;
  cameras.reserve(all.size());
  for (const CameraShare& share : all)
    cameras.push_back({share.camera, share.keep, share.bytes,
                       std::min(share.bytes, held[share.camera]), share.bytes_per_us});
  std::vector<ForecastVolume> volumes;
  for (const VolumeWriter* const writer : volumes_.all()) {
    const bool other = instead != nullptr && instead->path == writer->path();
    const VolumeStatus status = writer->status(other ? *instead : writer->spec());
    if (status.id.empty() || status.problem || status.removed) continue;
    volumes.push_back(volume_of(status, rates_.known));
  }
  return forecast(cameras, volumes);
}

Result<std::optional<Forecast::Volume>> Cleaner::forecast_with(const VolumeSpec& instead) {
  VEDETTE_ASSIGN(const auto all, shares());
  VEDETTE_ASSIGN(const auto holds, held());
  const auto* const writer = volumes_.find(instead.path);
  const auto volume = writer == nullptr ? std::nullopt : writer->volume();
  if (!volume) return std::optional<Forecast::Volume>();
  const Forecast ahead = look_ahead(all, holds, &instead);
  for (const Forecast::Volume& one : ahead.volumes)
    if (one.id == volume->id()) return std::optional(one);
  return std::optional<Forecast::Volume>();
}

Result<StorageReport> Cleaner::report() {
  MutexLock lock(mutex_);
  measure_rates();
  VEDETTE_ASSIGN(const auto usage, parts_.catalog.usage());
  VEDETTE_ASSIGN(const auto all, shares());
  StorageReport report;
  VEDETTE_ASSIGN(report.holds, held());
  std::map<std::string, int64_t> files;
  for (const Usage& part : usage) files[part.camera] += part.files;
  Forecast ahead = look_ahead(all, report.holds, nullptr);
  for (size_t i = 0; i < all.size(); ++i) {
    CameraStorage entry{all[i].camera,
                        all[i].keep,
                        all[i].bytes,
                        files[all[i].camera],
                        all[i].bytes_per_us,
                        std::nullopt,
                        std::move(ahead.cameras[i])};
    VEDETTE_ASSIGN(const auto coverage, parts_.catalog.coverage(entry.camera, StreamKind::kMain));
    if (coverage) entry.oldest = coverage->first;
    report.cameras.push_back(std::move(entry));
  }
  report.volumes = std::move(ahead.volumes);
  return report;
}

}  // namespace vedette::store
