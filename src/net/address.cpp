// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

namespace vedette::net {

std::string to_string(std::string_view host, uint16_t port) {
  const bool v6 = host.find(':') != std::string_view::npos;
  std::string text(v6 ? "[" : "");
  text.append(host).append(v6 ? "]:" : ":").append(std::to_string(port));
  return text;
}

}  // namespace vedette::net
