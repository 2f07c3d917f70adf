// SPDX-License-Identifier: Apache-2.0
// What keeps other web pages in the same browser out of a server on loopback: they can reach the
// port, by DNS rebinding even under their own name, but they cannot choose Host and Origin. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "net/http_message.h"

namespace vedette::net {

/// True for localhost, *.localhost, 127.0.0.0/8 and [::1], each with or without a port.
[[nodiscard]] bool is_loopback_host(std::string_view host);

/// The refusal, or nothing when the request may go on. `websocket`: it asks for an upgrade, which a
/// page of any origin may do without asking first (RFC 6455 §10.2).
[[nodiscard]] std::optional<Response> check_origin(const Request& request, bool websocket);

}  // namespace vedette::net
