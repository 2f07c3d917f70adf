// SPDX-License-Identifier: Apache-2.0
// The camera's side of a login: challenges (RFC 7616 Digest, RFC 7617 Basic) and the check of what
// comes back. Confined to the caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rtsp/auth.h"

namespace vedette::rtsp {

/// What a server offers; kNone lets everybody in.
enum class ServerScheme : uint8_t { kNone, kBasic, kDigestMd5, kDigestSha256, kDigestBoth };

struct ServerLogin {
  ServerScheme scheme = ServerScheme::kNone;
  std::string realm = "camera";
  std::string user;
  std::string password;
  std::string nonce = "0";  ///< random text of the caller's, since this folder has no randomness
  /// After this many accepted requests a nonce is stale and a new one is asked for; 0: never.
  uint32_t requests_per_nonce = 0;
};

class ServerAuth {
 public:
  explicit ServerAuth(ServerLogin login) : login_(std::move(login)) {}

  /// True when a request with this Authorization field ("" when it had none) may pass.
  [[nodiscard]] bool admits(std::string_view method, std::string_view authorization);
  /// Adds the WWW-Authenticate fields of a 401, the strongest scheme first. After a good answer to
  /// a nonce that is no longer good they say stale=true.
  void add_challenges(Headers& headers) const;

 private:
  [[nodiscard]] std::string nonce() const;

  ServerLogin login_;
  uint32_t generation_ = 0;  ///< of the nonce
  uint32_t used_ = 0;
  bool stale_ = false;
};

}  // namespace vedette::rtsp
