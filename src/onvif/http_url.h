// SPDX-License-Identifier: Apache-2.0
// http:// and https:// addresses of ONVIF services. Immutable values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette::onvif {

/// Where every conforming device has its device service (ONVIF Core §5.1.1).
inline constexpr std::string_view kDeviceServicePath = "/onvif/device_service";

struct HttpUrl {
  bool tls = false;
  std::string host;  ///< without brackets, lower case
  uint16_t port = 80;
  std::string path = "/";  ///< with the query

  /// "192.168.1.20:8080", with brackets around IPv6 and without the usual port: the Host field.
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] std::string text() const;
  friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

/// An absolute address, without user and password. invalid_argument in words.
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view text);

/// What a person types for a device: a whole address, or "host", "host:port", to which the usual
/// path is added.
[[nodiscard]] Result<HttpUrl> parse_device_address(std::string_view text);

/// `address` as a device names it in an answer, but on `host`, the one that has answered: a device
/// behind address translation names an address that cannot be reached, and one that names a
/// stranger must not make us talk to him. Works for http, https, rtsp and rtsps; invalid_argument
/// for anything else. User and password in it are left out.
[[nodiscard]] Result<std::string> on_same_host(std::string_view address, std::string_view host);

}  // namespace vedette::onvif
