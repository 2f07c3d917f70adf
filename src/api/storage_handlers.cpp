// SPDX-License-Identifier: Apache-2.0
// How full the volumes are, what each camera keeps, and what would be deleted.
#include <map>

#include "api/handlers.h"
#include "api/json.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kStatus(Operation::kReadStatus, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kLedger(Operation::kReadLedger, ObjectKind::kServer, PictureUse::kNone);
constexpr int64_t kDayUs = 86'400'000'000;
constexpr int64_t kFarthestUs = 366 * kDayUs;
constexpr size_t kMostFiles = 1000;

template <typename T>
json::value or_nothing(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::value time_or_nothing(const std::optional<WallTime>& time) {
  return time ? json::value(time->us) : json::value(nullptr);
}

double per_day(double bytes_per_us) {
  return static_cast<double>(static_cast<int64_t>(bytes_per_us * static_cast<double>(kDayUs)));
}

struct GapSum {
  int64_t count = 0;
  int64_t us = 0;
};

/// What of today, in UTC, each camera's main stream lacks.
Result<std::map<std::string, GapSum>> gaps_today(const Services& services) {
  const WallTime now = services.clock.wall();
  const WallTime midnight{now.us / kDayUs * kDayUs};
  std::map<std::string, GapSum> sums;
  VEDETTE_ASSIGN(const auto gaps, services.archive.gaps("", midnight, now));
  for (const store::Gap& gap : gaps) {
    if (gap.kind != media::StreamKind::kMain || gap.cause == store::kNotScheduled) continue;
    GapSum& sum = sums[gap.camera];
    ++sum.count;
    sum.us += std::max<int64_t>(
        0, (std::min(gap.end.value_or(now), now) - std::max(gap.start, midnight)).count());
  }
  return sums;
}

json::object camera_json(const store::CameraStorage& camera, const GapSum& gaps) {
  return {{"camera", camera.camera},
          {"bytes", camera.bytes},
          {"files", camera.files},
          {"bytes_per_day", per_day(camera.bytes_per_us)},
          {"oldest_us", time_or_nothing(camera.oldest)},
          {"retention", to_json(camera.keep)},
          {"asked_us", or_nothing(camera.forecast.asked_us)},
          {"keeps_us", or_nothing(camera.forecast.keeps_us)},
          {"gaps_today", gaps.count},
          {"gap_us_today", gaps.us}};
}

Result<net::Response> get_storage(const Services& services, const Call&) {
  VEDETTE_ASSIGN(const store::StorageReport report, services.system.storage());
  VEDETTE_ASSIGN(auto gaps, gaps_today(services));
  json::array volumes;
  for (const VolumeEntry& volume : services.system.volumes()) {
    json::object entry = to_json(volume);
    json::value full_in = nullptr;
    for (const auto& ahead : report.volumes)
      if (ahead.id == volume.id && !volume.id.empty()) full_in = or_nothing(ahead.full_in_us);
    entry["full_in_us"] = std::move(full_in);
    volumes.push_back(std::move(entry));
  }
  json::array cameras;
  for (const store::CameraStorage& camera : report.cameras)
    cameras.push_back(camera_json(camera, gaps[camera.camera]));
  json::array holds;
  for (const store::HeldStorage& held : report.holds) {
    json::object entry = to_json(held.hold);
    entry["bytes"] = held.bytes;
    holds.push_back(std::move(entry));
  }
  return json_response(json::object{{"now_us", services.clock.wall().us},
                                    {"volumes", std::move(volumes)},
                                    {"cameras", std::move(cameras)},
                                    {"holds", std::move(holds)}});
}

Result<net::Response> get_plan(const Services& services, const Call& call) {
  int64_t ahead = 0;
  if (call.request.query.get("ahead_us")) {
    VEDETTE_ASSIGN(ahead, integer_parameter(call.request, "ahead_us", 0, kFarthestUs));
  }
  VEDETTE_ASSIGN(const auto files, services.system.plan(Duration(ahead)));
  json::array list;
  int64_t bytes = 0;
  for (const store::DeletedFile& file : files) {
    bytes += file.bytes;
    if (list.size() < kMostFiles) list.push_back(to_json(file));
  }
  return json_response(json::object{{"ahead_us", ahead},
                                    {"files", files.size()},
                                    {"bytes", bytes},
                                    {"deletions", std::move(list)}});
}

}  // namespace

json::object to_json(const store::Retention& keep) {
  return {{"max_age_us", or_nothing(keep.max_age_us)},
          {"max_bytes", or_nothing(keep.max_bytes)},
          {"min_age_us", or_nothing(keep.min_age_us)},
          {"min_bytes", or_nothing(keep.min_bytes)}};
}

json::object to_json(const VolumeEntry& volume) {
  return {{"id", or_null(volume.id)},
          {"path", volume.path},
          {"total_bytes", volume.total_bytes},
          {"free_bytes", volume.free_bytes},
          {"used_bytes", volume.used_bytes},
          {"problem", or_null(volume.problem)},
          {"quota_bytes", or_nothing(volume.quota_bytes)},
          {"reserve_bytes", volume.reserve_bytes},
          {"reserved_bytes", volume.reserved_bytes},
          {"bytes_per_day", per_day(volume.bytes_per_us)},
          {"cleaning_off", or_null(volume.cleaning_off)},
          {"ledger_problem", or_null(volume.ledger_problem)},
          {"full", volume.full},
          {"below_minimum_us", time_or_nothing(volume.below_minimum)}};
}

json::object to_json(const store::DeletedFile& file) {
  return {{"camera", file.camera},
          {"stream", std::string(media::to_string(file.kind))},
          {"start_us", file.start.us},
          {"end_us", file.end.us},
          {"bytes", file.bytes},
          {"volume", file.volume},
          {"path", file.path},
          {"reason", std::string(to_string(file.reason))},
          {"below_minimum", file.below_minimum}};
}

void add_storage_routes(const Services& services, std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kGet, "/api/v1/storage", kStatus,
                      bind_copy(services, &get_storage));
  routes.emplace_back(net::Method::kGet, "/api/v1/storage/plan", kLedger,
                      bind_copy(services, &get_plan));
}

}  // namespace vedette::api
