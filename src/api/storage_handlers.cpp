// SPDX-License-Identifier: Apache-2.0
// How full the volumes are, what each camera keeps, and what would be deleted.
#include <limits>
#include <map>
#include <set>

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

json::object forecast_json(const store::Forecast::Volume& volume) {
  return {{"outlook", json::string_view(to_string(volume.outlook))},
          {"full_in_us", or_nothing(volume.full_in_us)}};
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
    // Of one that is not there, or not recorded to, nothing is to be expected.
    json::object ahead{{"outlook", "idle"}, {"full_in_us", nullptr}};
    for (const auto& one : report.volumes)
      if (one.id == volume.id && !volume.id.empty()) ahead = forecast_json(one);
    entry.insert(ahead.begin(), ahead.end());
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

/// The limits to suppose of a volume, when one is named.
Result<std::optional<store::VolumeSpec>> supposed(const net::Request& request) {
  const auto path = request.query.get("volume");
  const bool limits = request.query.get("quota_bytes").has_value() ||
                      request.query.get("reserve_bytes").has_value();
  if (!path) {
    if (!limits) return std::optional<store::VolumeSpec>();
    return make_error(ErrorCode::kInvalidArgument, "volume says whose limits these would be");
  }
  store::VolumeSpec volume{std::string(*path), std::nullopt, std::nullopt};
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  if (request.query.get("quota_bytes")) {
    VEDETTE_ASSIGN(volume.quota_bytes, integer_parameter(request, "quota_bytes", 1, kMost));
  }
  if (request.query.get("reserve_bytes")) {
    VEDETTE_ASSIGN(volume.reserve_bytes, integer_parameter(request, "reserve_bytes", 0, kMost));
  }
  return std::optional(std::move(volume));
}

/// What would go of one camera.
struct Going {
  int64_t files = 0;
  int64_t bytes = 0;
  WallTime oldest;
  WallTime newest;
  bool below_minimum = false;
  std::set<std::string> reasons;
};

json::array by_camera(const std::vector<store::DeletedFile>& files) {
  std::map<std::string, Going> cameras;
  for (const store::DeletedFile& file : files) {
    const auto [entry, is_new] = cameras.try_emplace(file.camera);
    Going& going = entry->second;
    going.oldest = is_new ? file.start : std::min(going.oldest, file.start);
    going.newest = is_new ? file.end : std::max(going.newest, file.end);
    ++going.files;
    going.bytes += file.bytes;
    going.below_minimum = going.below_minimum || file.below_minimum;
    going.reasons.emplace(to_string(file.reason));
  }
  json::array list;
  for (const auto& [camera, going] : cameras)
    list.push_back({{"camera", camera},
                    {"files", going.files},
                    {"bytes", going.bytes},
                    {"oldest_us", going.oldest.us},
                    {"newest_us", going.newest.us},
                    {"below_minimum", going.below_minimum},
                    {"reasons", json::array(going.reasons.begin(), going.reasons.end())}});
  return list;
}

Result<net::Response> get_plan(const Services& services, const Call& call) {
  int64_t ahead = 0;
  if (call.request.query.get("ahead_us")) {
    VEDETTE_ASSIGN(ahead, integer_parameter(call.request, "ahead_us", 0, kFarthestUs));
  }
  store::PlanQuestion question{Duration(ahead), std::nullopt};
  VEDETTE_ASSIGN(question.instead, supposed(call.request));
  VEDETTE_ASSIGN(const Planned planned, services.system.plan(question));
  json::array list;
  int64_t bytes = 0;
  std::optional<WallTime> newest;
  for (const store::DeletedFile& file : planned.files) {
    bytes += file.bytes;
    newest = std::max(newest.value_or(file.end), file.end);
    if (list.size() < kMostFiles) list.push_back(to_json(file));
  }
  return json_response(json::object{
      {"ahead_us", ahead},
      {"files", planned.files.size()},
      {"bytes", bytes},
      {"complete", planned.complete},
      {"newest_us", time_or_nothing(newest)},
      {"forecast", planned.forecast ? json::value(forecast_json(*planned.forecast)) : nullptr},
      {"cameras", by_camera(planned.files)},
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
          {"problem_code", or_null(volume.problem_code)},
          {"quota_bytes", or_nothing(volume.quota_bytes)},
          {"reserve_bytes", volume.reserve_bytes},
          {"reserve_set", volume.reserve_set},
          {"reserved_bytes", volume.reserved_bytes},
          {"bytes_per_day", per_day(volume.bytes_per_us)},
          {"cleaning_off", or_null(volume.cleaning_off)},
          {"cleaning_off_code", or_null(volume.cleaning_off_code)},
          {"ledger_problem", or_null(volume.ledger_problem)},
          {"ledger_problem_code", or_null(volume.ledger_problem_code)},
          {"full", volume.full},
          {"removed", volume.removed},
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
