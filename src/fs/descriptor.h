// SPDX-License-Identifier: Apache-2.0
// A file descriptor of the operating system that closes with its scope. Confined to its owner.
#pragma once

#include <utility>

#include <unistd.h>

namespace vedette::fs {

class Descriptor {
 public:
  /// Takes over what open() returned, a failure (below 0) as well.
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

}  // namespace vedette::fs
