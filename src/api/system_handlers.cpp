// SPDX-License-Identifier: Apache-2.0
#include "api/handlers.h"
#include "api/json.h"
#include "api/metrics.h"
#include "base/local_time.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kProbe(Operation::kProbe, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kStatus(Operation::kReadStatus, ObjectKind::kServer, PictureUse::kNone);

transcode::Usage usage_of(const Services& services) {
  return services.transcoder ? services.transcoder->usage() : transcode::Usage{};
}

json::object to_json(const transcode::Usage& usage) {
  json::array streams;
  double cores = usage.recordings.cores;
  for (const transcode::StreamUse& stream : usage.streams) {
    cores += stream.cores;
    streams.push_back(json::object{{"camera", stream.camera},
                                   {"stream", json::string_view(media::to_string(stream.kind))},
                                   {"cores", stream.cores},
                                   {"pictures", stream.pictures},
                                   {"skipped", stream.skipped}});
  }
  return {{"budget_cores", usage.budget_cores},
          {"used_cores", cores},
          {"refused", usage.refused},
          {"recordings", json::object{{"requests", usage.recordings.requests},
                                      {"cores", usage.recordings.cores},
                                      {"pictures", usage.recordings.pictures}}},
          {"streams", std::move(streams)}};
}

/// In which the schedules are.
json::object zone_json(WallTime now) {
  const ZoneAt zone = local_zone(now);
  return {{"name", zone.name}, {"utc_offset_us", zone.offset.count()}};
}

json::object other_device_alarm(const CameraEntry& entry) {
  const site::OtherDevice& other = *entry.status.other_device;
  return {{"camera", entry.camera.id},
          {"since_us", other.since.us},
          {"cause", "other_device"},
          {"message", other_device_message(other)}};
}

net::Response get_status(const Services& services) {
  const auto cameras = services.cameras.list();
  if (!cameras) return net::problem(cameras.error());
  json::array volumes;
  for (const VolumeEntry& volume : services.system.volumes()) volumes.push_back(to_json(volume));
  json::array alarms;
  for (const CameraEntry& entry : *cameras) {
    if (entry.status.other_device) alarms.push_back(other_device_alarm(entry));
    if (!entry.status.alarm) continue;
    const WallTime since = entry.status.silent_since.value_or(entry.status.since);
    alarms.push_back(json::object{{"camera", entry.camera.id},
                                  {"since_us", since.us},
                                  {"cause", or_null(entry.status.cause)},
                                  {"message", or_null(entry.status.message)}});
  }
  const KeyState key = services.system.key();
  return json_response(
      json::object{{"version", services.system.version()},
                   {"key_fingerprint", or_null(key.fingerprint)},
                   {"key_problem", or_null(key.problem)},
                   {"key_replaced_us", key.replaced ? json::value(key.replaced->us) : nullptr},
                   {"started_us", services.system.started().us},
                   {"now_us", services.clock.wall().us},
                   {"cameras", cameras->size()},
                   {"alarms", std::move(alarms)},
                   {"time_zone", zone_json(services.clock.wall())},
                   {"transcoding", to_json(usage_of(services))},
                   {"volumes", std::move(volumes)}});
}

net::Response get_metrics(const Services& services, const RequestCounters& requests,
                          const LiveViewers& viewers) {
  const auto cameras = services.cameras.list();
  if (!cameras) return net::problem(cameras.error());
  net::Response response;
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  const Traffic traffic{requests, viewers, usage_of(services)};
  response.body = make_metrics(*cameras, services.system.volumes(), traffic, services.clock.wall());
  return response;
}

}  // namespace

void add_system_routes(const Services& services, std::shared_ptr<RequestCounters> requests,
                       std::shared_ptr<LiveViewers> viewers, std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kGet, "/healthz", kProbe, [](const Call&) {
    return json_response(json::object{{"status", "ok"}});
  });
  routes.back().answer_at_once();  // a slow disk that keeps all handlers is no reason to be killed
  routes.emplace_back(net::Method::kGet, "/api/v1/status", kStatus,
                      [services](const Call&) { return get_status(services); });
  routes.emplace_back(net::Method::kGet, "/metrics", kStatus,
                      [services, requests = std::move(requests), viewers = std::move(viewers)](
                          const Call&) { return get_metrics(services, *requests, *viewers); });
}

std::unique_ptr<Router> make_router(const Services& services) {
  const auto requests = std::make_shared<RequestCounters>();
  const auto viewers = std::make_shared<LiveViewers>();
  std::vector<Route> routes;
  add_system_routes(services, requests, viewers, routes);
  add_camera_routes(services.cameras, routes);
  add_config_routes(services.configuration, routes);
  add_finder_routes(services.finder, services.cameras, routes);
  add_health_routes(services, routes);
  add_hold_routes(services.holds, routes);
  add_layout_routes(services.layouts, routes);
  add_recording_routes(services, routes);
  add_export_routes(services, routes);
  add_fsck_routes(services.fsck, routes);
  add_ledger_routes(services, routes);
  add_storage_routes(services, routes);
  add_volume_routes(services.volumes, routes);
  add_live_routes(services, viewers, routes);
  auto router = std::make_unique<Router>(std::move(routes), make_page_route(services));
  router->count_into(requests);
  return router;
}

}  // namespace vedette::api
