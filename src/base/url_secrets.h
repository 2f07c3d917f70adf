// SPDX-License-Identifier: Apache-2.0
// Where the passwords stand in a camera's address: "rtsp://user:HERE@host", and in paths and
// queries as several makers write them ("/user=admin_password=HERE_channel=1", "?pwd=HERE&ch=1").
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vedette {

/// What a password is replaced by wherever an address is shown.
inline constexpr std::string_view kHiddenPassword = "***";

struct UrlSecret {
  size_t offset = 0;
  size_t size = 0;
  std::string name;  ///< "password", in lower case; "" before the host
};

/// In the order of the address. An empty password in a path or query is none. What has no scheme
/// is taken for a path.
[[nodiscard]] std::vector<UrlSecret> url_secrets(std::string_view url);

/// The address, or its path, with *** in place of each of them: "rtsp://user:***@host/path".
[[nodiscard]] std::string redact_url(std::string_view url);

}  // namespace vedette
