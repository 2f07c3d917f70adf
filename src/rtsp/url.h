// SPDX-License-Identifier: Apache-2.0
// rtsp:// and rtsps:// addresses (RFC 3986 §3, RFC 7826 §4.2) and the resolution of control
// addresses as cameras write them (RFC 2326 §C.1.1). Immutable values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette::rtsp {

struct Url {
  bool tls = false;      ///< rtsps
  std::string user;      ///< percent-decoded; "" when none
  std::string password;  ///< percent-decoded
  std::string host;      ///< without brackets, lower case
  uint16_t port = 554;   ///< 322 for rtsps
  bool explicit_port = false;
  std::string path;  ///< from the first '/', '?' on, as written; "" when none

  /// Same host, port and protocol: a connection to one serves the other.
  [[nodiscard]] bool same_server(const Url& other) const {
    return tls == other.tls && host == other.host && port == other.port;
  }
  /// What stands in requests: without user and password, which must never be sent in clear.
  [[nodiscard]] std::string request_uri() const;
};

/// invalid_argument in words for the person who typed it.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// The address that control addresses are relative to: Content-Base, else Content-Location, else
/// the request's own (RFC 2326 §C.1.1). One without a scheme, or with it twice, is mended. It may
/// name another host, as behind address translation: it is only text on the connection that we
/// have.
[[nodiscard]] std::string choose_base(const Url& request, std::string_view content_base,
                                      std::string_view content_location);

/// The address to use in SETUP or PLAY for a=control. `base` is an absolute address, possibly with
/// a query. "" and "*" give the base itself.
[[nodiscard]] std::string resolve_control(std::string_view base, std::string_view control);

}  // namespace vedette::rtsp
