// SPDX-License-Identifier: Apache-2.0
#include "app/control.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "api/handlers.h"
#include "base/time.h"
#include "fs/file_system.h"
#include "ingest/finder.h"
#include "net/camera_connector.h"
#include "net/control_client.h"
#include "site/holds.h"
#include "site/stored_cameras.h"
#include "site/volumes.h"
#include "store/data_folder.h"

namespace vedette::app {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
      return ErrorCode::kInvalidArgument;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kFailedPrecondition;
    default:
      return ErrorCode::kUnavailable;
  }
}

net::Method method_of(std::string_view name) {
  if (name == "POST") return net::Method::kPost;
  if (name == "PUT") return net::Method::kPut;
  if (name == "DELETE") return net::Method::kDelete;
  return net::Method::kGet;
}

/// The same handlers over the stored configuration.
Result<net::ControlResponse> ask_offline(const store::DataPaths& paths, std::string_view method,
                                         const std::string& target, std::string_view body) {
  VEDETTE_ASSIGN(const auto parsed, net::parse_target(target));
  constexpr std::array<std::string_view, 6> kOffline = {"/api/v1/cameras", "/api/v1/config",
                                                        "/api/v1/holds",   "/api/v1/discovery",
                                                        "/api/v1/probe",   "/api/v1/volumes"};
  const auto begins = [&](std::string_view prefix) { return parsed.path.starts_with(prefix); };
  if (std::none_of(kOffline.begin(), kOffline.end(), begins)) {
    return make_error(ErrorCode::kUnavailable,
                      "no server runs on this data folder; start it with: vedette serve");
  }
  const RealClock clock;
  VEDETTE_ASSIGN(const auto config, store::ConfigStore::open(paths.config));
  site::StoredCameras cameras(clock, *config);
  std::vector<api::Route> routes;
  api::add_camera_routes(cameras, routes);
  api::add_config_routes(cameras, routes);
  site::Holds holds(clock, *config, nullptr);
  api::add_hold_routes(holds, routes);
  site::Volumes volumes(*config, nullptr);
  api::add_volume_routes(volumes, routes);
  net::CameraConnector connector;
  ingest::Finder finder({}, clock, connector);
  api::add_finder_routes(finder, cameras, routes);
  net::Request request;
  request.method = method_of(method);
  request.path = parsed.path;
  request.query = parsed.query;
  request.headers.set("Content-Type", "application/json");
  request.body = std::string(body);
  request.peer = net::Peer::kControlSocket;
  const api::Route nothing_else(
      net::Method::kGet, "/",
      auth::Policy(auth::Operation::kProbe, auth::ObjectKind::kServer, auth::PictureUse::kNone),
      [](const api::Call&) { return net::problem(404, "not_found", "there is nothing here"); });
  const net::Response response = api::Router(std::move(routes), nothing_else).handle(request);
  return net::ControlResponse{response.status, response.body};
}

}  // namespace

Error problem_of(const net::ControlResponse& answer) {
  Error error = make_error(code_of(answer.status),
                           "the server answered with status " + std::to_string(answer.status));
  boost::system::error_code code;
  const auto body = boost::json::parse(answer.body, code);
  if (code || !body.is_object()) return error;
  const auto* detail = body.get_object().if_contains("detail");
  if (detail != nullptr && detail->is_string()) error.what = std::string(detail->get_string());
  return error;
}

bool Control::running() {
  const auto answer =
      net::control_request(store::DataPaths(dir_).control_socket, "GET", "/healthz", "");
  return answer || answer.error().code != ErrorCode::kUnavailable;
}

Result<net::ControlResponse> Control::exchange(std::string_view method, const std::string& target,
                                               std::string_view body) {
  const store::DataPaths paths(dir_);
  if (!fs::RealFileSystem().exists(dir_)) {
    return make_error(ErrorCode::kNotFound,
                      "there is no data folder " + dir_ +
                          "; check the path, or let this make it: vedette serve --data " + dir_);
  }
  auto answer = net::control_request(paths.control_socket, method, target, body);
  if (!answer && answer.error().code == ErrorCode::kUnavailable) {
    answer = ask_offline(paths, method, target, body);
  }
  return answer;
}

Result<std::string> Control::ask(std::string_view method, const std::string& target,
                                 std::string_view body) {
  auto answer = exchange(method, target, body);
  if (!answer) return std::move(answer).error();
  if (answer->status >= 300) return problem_of(*answer);
  return std::move(answer->body);
}

}  // namespace vedette::app
