// SPDX-License-Identifier: Apache-2.0
// DatagramPair over two UDP sockets. Confined to the caller. Internal to this folder.
#pragma once

#include <array>
#include <memory>

#include "net/byte_stream.h"
#include "net/resolver.h"
#include "net/socket.h"

namespace vedette::net {

class UdpPair final : public DatagramPair {
 public:
  /// Binds an even port and the next one on all interfaces. unavailable when none is free.
  static Result<std::unique_ptr<DatagramPair>> open();

  [[nodiscard]] uint16_t rtp_port() const override { return rtp_port_; }
  Result<void> set_peer(const std::string& host, uint16_t rtp_port, uint16_t rtcp_port) override;
  Result<size_t> read(std::span<uint8_t> buffer, std::span<Datagram> into) override;
  Result<void> send(Which which, ByteSpan bytes) override;

 private:
  size_t read_one(Which which, std::span<uint8_t>& buffer, std::span<Datagram> into);

  std::array<Socket, 2> sockets_;
  uint16_t rtp_port_ = 0;
  bool connected_ = false;
  uint32_t reads_ = 0;
};

}  // namespace vedette::net
