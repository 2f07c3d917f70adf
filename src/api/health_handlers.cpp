// SPDX-License-Identifier: Apache-2.0
// How well every camera sends: what is lost, how far its clock is off, and when and why nothing was
// recorded last.
#include <array>

#include "api/handlers.h"
#include "api/json.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kHealth(Operation::kReadCameras, ObjectKind::kServer, PictureUse::kNone);

/// Looked through one after the other for the last gap: a camera that loses packets all day has
/// thousands of gaps, and one of the last hour is enough.
constexpr std::array<Duration, 3> kLookBack = {std::chrono::hours(1), std::chrono::hours(24),
                                               std::chrono::hours(24 * 31)};

template <typename T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::value time_json(const std::optional<ingest::StreamTime>& time) {
  if (!time) return nullptr;
  json::value clock = nullptr;
  if (time->camera_clock) {
    clock = json::object{{"offset_us", time->camera_clock->offset.count()},
                         {"error_us", time->camera_clock->error.count()},
                         {"believed", time->camera_clock->believed}};
  }
  return json::object{{"source", time->by_camera ? "camera" : "arrival"},
                      {"error_us", time->error_us},
                      {"camera_clock", std::move(clock)}};
}

json::object stream_json(const StreamStatus& stream) {
  json::object out = to_json(stream);
  out["packets"] = stream.packets;
  out["lost_packets"] = stream.lost_packets;
  out["loss"] = or_null(stream.loss);
  out["lost_frames"] = stream.lost_frames;
  out["reconnects"] = stream.reconnects;
  out["time"] = time_json(stream.time);
  return out;
}

/// Nothing was missed there: nobody wanted a recording, or a recorder that had just begun waited
/// for its first picture, which came. One that still waits is told.
bool nothing_missed(const store::Gap& gap) {
  return gap.cause == store::kNotScheduled || (gap.cause == "starting" && gap.end.has_value());
}

std::optional<store::Gap> last_of(const std::vector<store::Gap>& gaps) {
  for (auto gap = gaps.rbegin(); gap != gaps.rend(); ++gap)
    if (gap->kind == store::StreamKind::kMain && !nothing_missed(*gap)) return *gap;
  return std::nullopt;
}

Result<std::optional<store::Gap>> last_gap(const Services& services, const std::string& camera) {
  const WallTime now = services.clock.wall();
  const WallTime end = now + std::chrono::hours(1);
  for (const Duration back : kLookBack) {
    VEDETTE_ASSIGN(const auto gaps, services.archive.gaps(camera, now - back, end));
    if (auto last = last_of(gaps)) return last;
  }
  VEDETTE_ASSIGN(const auto gaps, services.archive.gaps(camera, {0}, end));
  return last_of(gaps);
}

Result<json::object> camera_json(const Services& services, const CameraEntry& entry) {
  const CameraStatus& status = entry.status;
  VEDETTE_ASSIGN(const auto gap, last_gap(services, entry.camera.id));
  json::array streams;
  for (const StreamStatus& stream : status.streams) streams.push_back(stream_json(stream));
  json::value last = nullptr;
  if (gap) last = to_json(*gap, services.clock.wall());
  return json::object{{"camera", entry.camera.id},
                      {"name", entry.camera.name},
                      {"state", json::string_view(to_string(status.state))},
                      {"since_us", status.since.us},
                      {"cause", api::or_null(status.cause)},
                      {"message", api::or_null(status.message)},
                      {"alarm", status.alarm},
                      {"streams", std::move(streams)},
                      {"last_gap", std::move(last)}};
}

Result<net::Response> get_health(const Services& services) {
  VEDETTE_ASSIGN(const auto entries, services.cameras.list());
  json::array cameras;
  for (const CameraEntry& entry : entries) {
    VEDETTE_ASSIGN(json::object camera, camera_json(services, entry));
    cameras.push_back(std::move(camera));
  }
  return json_response(
      json::object{{"now_us", services.clock.wall().us}, {"cameras", std::move(cameras)}});
}

}  // namespace

void add_health_routes(const Services& services, std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kGet, "/api/v1/health", kHealth, [services](const Call&) {
    auto response = get_health(services);
    return response ? std::move(*response) : net::problem(response.error());
  });
}

}  // namespace vedette::api
