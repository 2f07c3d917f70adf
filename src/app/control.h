// SPDX-License-Identifier: Apache-2.0
// Asks the API of a data folder: the running server over its control socket, else the same handlers
// over the configuration itself, so that a command behaves alike in both cases.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/control_client.h"

namespace vedette::app {

/// The `detail` of a problem (RFC 9457) under the code that fits its status.
[[nodiscard]] Error problem_of(const net::ControlResponse& answer);

class Control {
 public:
  explicit Control(std::string data_dir) : dir_(std::move(data_dir)) {}

  /// A server answers on the control socket.
  [[nodiscard]] bool running();
  /// The body of a 2xx answer; the detail of a problem as an Error otherwise. kUnavailable when no
  /// server runs and the request needs one.
  [[nodiscard]] Result<std::string> ask(std::string_view method, const std::string& target,
                                        std::string_view body);

  /// The whole answer, whatever its status.
  [[nodiscard]] Result<net::ControlResponse> exchange(std::string_view method,
                                                      const std::string& target,
                                                      std::string_view body);

 private:
  std::string dir_;
};

}  // namespace vedette::app
