// SPDX-License-Identifier: Apache-2.0
// Builds every part of the running server in order and takes them down in the opposite one. No
// logic: what a part does stands in its own folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace vedette::app {

struct ServerOptions {
  std::string data;
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> volumes;    ///< empty: DATA/video
  std::optional<int64_t> quota_bytes;  ///< per volume
  std::vector<std::string> discover;   ///< where cameras are looked for; empty: the network
  std::string web_root;                ///< folder of the built page; empty: beside the program
  double transcode_cores = 0.5;        ///< for pages that cannot decode a camera's codec
  bool demo = false;                   ///< with simulated cameras inside
};

class Server {
 public:
  /// Everything runs once this returns. Errors are one line that says what to do.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const ServerOptions& options);
  ~Server();  ///< stops recording cleanly: everything received is committed

  [[nodiscard]] uint16_t port() const;
  /// Cameras configured at start.
  [[nodiscard]] size_t cameras() const;

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vedette::app
