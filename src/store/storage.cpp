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

ForecastVolume volume_of(const VolumeStatus& status) {
  ForecastVolume volume;
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
    const auto coverage = parts_.catalog.coverage(camera, StreamKind::kMain);
    if (!coverage || !*coverage) continue;
    const Duration length = parts_.clock.wall() - std::max(since, (*coverage)->first);
    if (length < kRateLeast) continue;
    rates_.by_camera[camera] = static_cast<double>(sum) / static_cast<double>(length.count());
  }
  rates_.measured_at = now;
  // A young camera's rate is not to be waited for.
  rates_.known = !bytes.empty() && rates_.by_camera.size() == bytes.size();
}

Result<StorageReport> Cleaner::report() {
  MutexLock lock(mutex_);
  measure_rates();
  VEDETTE_ASSIGN(const auto usage, parts_.catalog.usage());
  VEDETTE_ASSIGN(const auto all, shares());
  VEDETTE_ASSIGN(const auto holds, parts_.config.holds());
  StorageReport report;
  std::map<std::string, int64_t> held;
  for (const Hold& hold : holds) {
    VEDETTE_ASSIGN(const int64_t bytes,
                   parts_.catalog.bytes_between(hold.camera, hold.from, hold.to));
    held[hold.camera] += bytes;
    report.holds.push_back({hold, bytes});
  }
  std::map<std::string, int64_t> files;
  for (const Usage& part : usage) files[part.camera] += part.files;
  std::vector<ForecastCamera> cameras;
  cameras.reserve(all.size());
  for (const CameraShare& share : all)
    cameras.push_back({share.camera, share.keep, share.bytes,
                       std::min(share.bytes, held[share.camera]), share.bytes_per_us});
  std::vector<ForecastVolume> volumes;
  for (const VolumeWriter* writer : volumes_) {
    const VolumeStatus status = writer->status();
    if (!status.id.empty() && !status.problem) volumes.push_back(volume_of(status));
  }
  Forecast ahead = forecast(cameras, volumes);
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
