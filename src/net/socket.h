// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself, and the words for what went wrong with a socket. Confined
// to the caller. Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"

namespace vedette::net {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// "192.168.1.20:554 refused the connection" for an errno of connect, read or write.
[[nodiscard]] Error socket_error(int error_number, const std::string& peer);

/// Asks for a receive buffer of `bytes`, past the system's limit where we may.
void set_receive_buffer(int fd, int bytes);

}  // namespace vedette::net
