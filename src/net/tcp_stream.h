// SPDX-License-Identifier: Apache-2.0
// ByteStream over TCP. Confined to the caller. Internal to this folder.
//
// A name with several addresses is tried address by address, each for a share of the time that
// callers wait: a camera is often known to the DNS with an IPv6 address that leads nowhere.
#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "net/byte_stream.h"
#include "net/resolver.h"
#include "net/socket.h"

namespace vedette::net {

class TcpStream final : public ByteStream {
 public:
  /// What all addresses but the last have together; callers wait for 3 s and more.
  static constexpr Duration kSharedTime = std::chrono::milliseconds(2500);
  static constexpr Duration kLeastTime = std::chrono::milliseconds(250);  ///< for each of them

  /// `clock` outlives the stream.
  TcpStream(std::shared_ptr<const Lookup> lookup, std::string peer, const Clock& clock);

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
  const Clock& clock_;
  Socket socket_;
  size_t next_address_ = 0;
  MonoTime give_up_at_;  ///< on the address that is tried, if there is another
  State state_ = State::kConnecting;
  Error error_;
};

}  // namespace vedette::net
