// SPDX-License-Identifier: Apache-2.0
// Routes requests to handlers. A Route cannot be made without a Policy, and no handler runs before
// its policy was checked. Immutable once built; thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/policy.h"
#include "net/http_message.h"
#include "net/http_server.h"

namespace vedette::api {

/// What a handler is given; valid during the call.
struct Call {
  const net::Request& request;
  std::map<std::string, std::string, std::less<>> path;  ///< the {name} parts
  auth::Principal principal;
  auth::Rendition rendition;  ///< of routes that return pictures: allowed and possible
};

using Handler = std::function<net::Response(const Call&)>;

/// A handler that calls `answer`, whose error becomes a problem (RFC 9457). `subject` outlives it.
template <typename Subject>
Handler bind(Subject& subject, Result<net::Response> (*answer)(Subject&, const Call&)) {
  return [&subject, answer](const Call& call) {
    auto response = answer(subject, call);
    return response ? std::move(*response) : net::problem(response.error());
  };
}
/// The same with a copy of `subject`, which holds references.
template <typename Subject>
Handler bind_copy(const Subject& subject,
                  Result<net::Response> (*answer)(const Subject&, const Call&)) {
  return [subject, answer](const Call& call) {
    auto response = answer(subject, call);
    return response ? std::move(*response) : net::problem(response.error());
  };
}

using SocketHandler = std::function<std::unique_ptr<net::WebSocketHandler>(const auth::Principal&)>;

/// One route. `pattern` is a path with {name} for one whole segment: "/api/v1/cameras/{id}".
class Route {
 public:
  Route(net::Method method, std::string pattern, auth::Policy policy, Handler handler)
      : method_(method),
        pattern_(std::move(pattern)),
        policy_(policy),
        handler_(std::move(handler)) {}
  /// An upgrade to a WebSocket.
  Route(std::string pattern, auth::Policy policy, SocketHandler handler)
      : method_(net::Method::kGet),
        pattern_(std::move(pattern)),
        policy_(policy),
        handler_(std::move(handler)) {}

  /// Answered on the reactor thread, past all that waits for a handler thread. REQUIRES: the
  /// handler never blocks.
  void answer_at_once() { at_once_ = true; }

  [[nodiscard]] net::Method method() const { return method_; }
  [[nodiscard]] const std::string& pattern() const { return pattern_; }
  [[nodiscard]] const auth::Policy& policy() const { return policy_; }
  [[nodiscard]] const Handler* handler() const { return std::get_if<Handler>(&handler_); }
  [[nodiscard]] bool at_once() const { return at_once_; }
  [[nodiscard]] const SocketHandler* socket() const {
    return std::get_if<SocketHandler>(&handler_);
  }

 private:
  net::Method method_;
  std::string pattern_;
  auth::Policy policy_;
  std::variant<Handler, SocketHandler> handler_;
  bool at_once_ = false;
};

/// Requests answered, by class of status: index 2 for 2xx and so on.
struct RequestCounters {
  std::array<std::atomic<uint64_t>, 6> by_class{};
};

class Router final : public net::HttpApp {
 public:
  /// `fallback` answers GET for every path outside /api/ that no route has (the page's files).
  Router(std::vector<Route> routes, Route fallback);

  net::Response handle(const net::Request& request) override;
  std::optional<net::Response> handle_at_once(const net::Request& request) override;
  std::variant<std::unique_ptr<net::WebSocketHandler>, net::Response> open_websocket(
      const net::Request& request) override;

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
  [[nodiscard]] const Route& fallback() const { return fallback_; }
  void count_into(std::shared_ptr<RequestCounters> counters) { counters_ = std::move(counters); }

 private:
  [[nodiscard]] net::Response dispatch(const net::Request& request) const;

  std::vector<Route> routes_;
  Route fallback_;
  std::shared_ptr<RequestCounters> counters_;
};

}  // namespace vedette::api
