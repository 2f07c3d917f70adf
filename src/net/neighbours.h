// SPDX-License-Identifier: Apache-2.0
// The hardware addresses of what was talked to in this network, as the kernel knows them. IPv4:
// elsewhere nothing is found, which says nothing of a device. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

namespace vedette::net {

/// That of `address` (in digits) in the text of /proc/net/arp; "" when it is not there or not
/// complete.
[[nodiscard]] std::string find_hardware(std::string_view arp, std::string_view address);

/// As the kernel knows it now; "" when it does not.
[[nodiscard]] std::string hardware_of(const std::string& address);

}  // namespace vedette::net
