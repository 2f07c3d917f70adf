// SPDX-License-Identifier: Apache-2.0
#include "net/http_guard.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace vedette::net {
namespace {

/// Without the port; brackets of IPv6 stay. Empty when malformed.
std::string host_name(std::string_view host) {
  const size_t from = !host.empty() && host.front() == '[' ? host.find(']') : 0;
  if (from == std::string_view::npos) return {};
  const size_t colon = host.find(':', from);
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
  if (!std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return {};
  std::string name(host.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

bool is_ipv4(std::string_view name) {
  int dots = 0;
  int digits = 0;
  for (const char c : name) {
    if (c == '.') {
      if (digits == 0) return false;
      ++dots;
      digits = 0;
    } else if (c >= '0' && c <= '9') {
      if (++digits > 3) return false;
    } else {
      return false;
    }
  }
  return dots == 3 && digits > 0;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const std::string name = host_name(host);
  if (name == "localhost" || name == "[::1]" || ends_with(name, ".localhost")) return true;
  return is_ipv4(name) && name.compare(0, 4, "127.") == 0;
}

std::optional<Response> check_origin(const Request& request, bool websocket) {
  if (request.peer == Peer::kControlSocket) return std::nullopt;
  const std::string_view host = request.headers.get("Host");
  if (!is_loopback_host(host)) {
    return problem(421, "wrong_host",
                   "this server answers only to localhost; open it as http://localhost with its "
                   "port, or through an SSH tunnel");
  }
  if (!websocket && !is_mutating(request.method)) return std::nullopt;
  const std::string_view origin = request.headers.get("Origin");
  if (!request.headers.has("Origin") || origin == "http://" + std::string(host)) {
    return std::nullopt;
  }
  return problem(403, "wrong_origin",
                 "another web page asked for this; use Vedette's own page or a program that sends "
                 "no Origin header");
}

}  // namespace vedette::net
