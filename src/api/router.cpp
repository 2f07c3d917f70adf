// SPDX-License-Identifier: Apache-2.0
#include "api/router.h"

#include <algorithm>

namespace vedette::api {
namespace {

using PathParts = std::map<std::string, std::string, std::less<>>;

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

std::optional<PathParts> match(std::string_view pattern, std::string_view path) {
  PathParts parts;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view want = next_segment(pattern);
    const std::string_view have = next_segment(path);
    if (want.size() > 2 && want.front() == '{' && want.back() == '}') {
      if (have.empty()) return std::nullopt;
      parts.emplace(want.substr(1, want.size() - 2), have);
    } else if (want != have) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parts;
}

/// Both ways in are for the one local owner, until accounts exist.
auth::Principal principal_of(const net::Request& request) {
  switch (request.peer) {
    case net::Peer::kLoopback:
    case net::Peer::kControlSocket:
      return {auth::PrincipalKind::kLocalOwner};
  }
  return {};
}

net::Method effective(net::Method method) {
  return method == net::Method::kHead ? net::Method::kGet : method;
}

net::Response call(const Route& route, const net::Request& request, PathParts parts) {
  const auth::Principal principal = principal_of(request);
  const auto allowed = auth::authorize(principal, route.policy());
  if (!allowed) return net::problem(allowed.error());
  auto rendition = auth::Rendition::kRedacted;
  if (route.policy().pictures() == auth::PictureUse::kAsRequested) {
    const auto chosen = auth::choose_rendition(principal, request.query.get("rendition"));
    if (!chosen) return net::problem(chosen.error());
    rendition = *chosen;
  }
  if (route.socket() != nullptr) {
    net::Response response =
        net::problem(426, "upgrade_required", "this address is a WebSocket; docs/ref/live.md");
    response.headers.set("Upgrade", "websocket");
    return response;
  }
  return (*route.handler())(Call{request, std::move(parts), principal, rendition});
}

net::Response wrong_method(const std::string& allow) {
  net::Response response =
      net::problem(405, "method_not_allowed", "this address takes " + allow + " only");
  response.headers.set("Allow", allow);
  return response;
}

/// No page of another site may read or embed what we send, whatever the browser thinks it is.
void add_security_headers(net::Response& response) {
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.set("Referrer-Policy", "no-referrer");
  if (!response.headers.has("Cache-Control")) response.headers.set("Cache-Control", "no-store");
}

}  // namespace

Router::Router(std::vector<Route> routes, Route fallback)
    : routes_(std::move(routes)), fallback_(std::move(fallback)) {}

net::Response Router::dispatch(const net::Request& request) const {
  std::string allow;
  for (const Route& route : routes_) {
    auto parts = match(route.pattern(), request.path);
    if (!parts) continue;
    if (route.method() == effective(request.method)) {
      return call(route, request, std::move(*parts));
    }
    allow += (allow.empty() ? "" : ", ") + std::string(net::to_string(route.method()));
    if (route.method() == net::Method::kGet) allow += ", HEAD";
  }
  if (!allow.empty()) return wrong_method(allow);
  if (request.path.compare(0, 5, "/api/") == 0) {
    return net::problem(404, "not_found",
                        "there is nothing at " + request.path +
                            "; docs/ref/openapi.yaml lists "
                            "what there is");
  }
  if (effective(request.method) != net::Method::kGet) return wrong_method("GET, HEAD");
  return call(fallback_, request, {});
}

net::Response Router::handle(const net::Request& request) {
  net::Response response = dispatch(request);
  add_security_headers(response);
  if (counters_) {
    const auto index = static_cast<size_t>(std::clamp(response.status / 100, 0, 5));
    counters_->by_class.at(index).fetch_add(1, std::memory_order_relaxed);
  }
  return response;
}

std::optional<net::Response> Router::handle_at_once(const net::Request& request) {
  for (const Route& route : routes_) {
    if (route.at_once() && match(route.pattern(), request.path)) return handle(request);
  }
  return std::nullopt;
}

std::variant<std::unique_ptr<net::WebSocketHandler>, net::Response> Router::open_websocket(
    const net::Request& request) {
  for (const Route& route : routes_) {
    if (route.socket() == nullptr || !match(route.pattern(), request.path)) continue;
    const auth::Principal principal = principal_of(request);
    const auto allowed = auth::authorize(principal, route.policy());
    if (!allowed) return net::problem(allowed.error());
    return (*route.socket())(principal);
  }
  return net::problem(404, "not_found", "there is no WebSocket here; it is at /api/v1/live");
}

}  // namespace vedette::api
