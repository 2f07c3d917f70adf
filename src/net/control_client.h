// SPDX-License-Identifier: Apache-2.0
// One HTTP request over the Unix socket of a running server: how the command line talks to it.
// Blocking; for the command line only.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette::net {

struct ControlResponse {
  int status = 0;
  std::string body;
};

/// `method` and `target` as on the wire; a non-empty body is sent as JSON. kUnavailable when nobody
/// listens on the socket (no server runs), kTimeout when it has not answered after `timeout`.
[[nodiscard]] Result<ControlResponse> control_request(
    const std::string& socket_path, std::string_view method, std::string_view target,
    std::string_view body, std::chrono::milliseconds timeout = std::chrono::seconds(30));

}  // namespace vedette::net
