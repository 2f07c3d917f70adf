// SPDX-License-Identifier: Apache-2.0
// One question by UDP to everybody on the network, and what comes back: how devices are found. An
// interface, so that tests need no network. IPv4 only: cameras answer there, and what a link-local
// IPv6 address needs beside it (the zone) has no place in a camera's address. Confined to the
// caller; never blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::net {

class Survey {
 public:
  struct Interface {
    std::string name;     ///< "eth0"
    std::string address;  ///< in digits
    bool loopback = false;
  };
  struct Answer {
    std::string sender;  ///< in digits
    Bytes datagram;
  };

  virtual ~Survey() = default;
  /// Those that a question to a group goes out on.
  [[nodiscard]] virtual const std::vector<Interface>& interfaces() const = 0;
  /// To a multicast group, on every interface, not beyond the next router. One that cannot send
  /// stays silent, like one where nobody is.
  virtual void ask_group(const std::string& group, uint16_t port, ByteSpan question) = 0;
  /// To one address in digits. invalid_argument when it is none.
  [[nodiscard]] virtual Result<void> ask(const std::string& host, uint16_t port,
                                         ByteSpan question) = 0;
  /// The next answer that is there now.
  [[nodiscard]] virtual std::optional<Answer> next() = 0;
};

/// Over the operating system's sockets. unavailable when there is no interface at all.
[[nodiscard]] Result<std::unique_ptr<Survey>> open_survey();

}  // namespace vedette::net
