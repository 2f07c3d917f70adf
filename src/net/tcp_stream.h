// SPDX-License-Identifier: Apache-2.0
// ByteStream over TCP. Confined to the caller. Internal to this folder.
#pragma once

#include <memory>
#include <string>

#include "net/byte_stream.h"
#include "net/resolver.h"
#include "net/socket.h"

namespace vedette::net {

class TcpStream final : public ByteStream {
 public:
  TcpStream(std::shared_ptr<const Lookup> lookup, std::string peer);

  State poll() override;
  [[nodiscard]] const Error& error() const override { return error_; }
  [[nodiscard]] std::string peer_address() const override;
  [[nodiscard]] std::string peer_hardware() const override;
  Result<size_t> read(std::span<uint8_t> into) override;
  Result<size_t> write(ByteSpan bytes) override;

  [[nodiscard]] int fd() const { return socket_.fd(); }
  [[nodiscard]] const std::string& peer() const { return peer_; }
  /// Closes with this reason.
  Error close(Error why);

 private:
  bool begin_next();
  State check_connected();

  std::shared_ptr<const Lookup> lookup_;
  std::string peer_;
  Socket socket_;
  size_t next_address_ = 0;
  State state_ = State::kConnecting;
  Error error_;
};

}  // namespace vedette::net
