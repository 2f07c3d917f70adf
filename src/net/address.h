// SPDX-License-Identifier: Apache-2.0
// How a peer is written in messages for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vedette::net {

/// "192.168.1.20:554", "[fe80::1]:554".
[[nodiscard]] std::string to_string(std::string_view host, uint16_t port);

}  // namespace vedette::net
