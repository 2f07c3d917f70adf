// SPDX-License-Identifier: Apache-2.0
// Gathered, non-blocking writes to one TCP connection: what the socket does not take is copied and
// kept, up to a bound. Owns nothing but the copy. Confined to one thread.
#pragma once

#include <span>

#include <sys/uio.h>

#include "base/bytes.h"

namespace vedette::sim {

class Outbox {
 public:
  Outbox(int fd, size_t max_backlog) : fd_(fd), max_backlog_(max_backlog) {}

  /// Writes the parts in order, all of them or none is lost. False: the connection is broken or
  /// its client too slow (see overflowed()); nothing more will be sent.
  [[nodiscard]] bool write(std::span<iovec> parts);
  [[nodiscard]] bool write(ByteSpan bytes);
  /// Sends of the backlog what the socket takes. False as write().
  [[nodiscard]] bool flush();

  [[nodiscard]] size_t backlog() const { return backlog_.size() - sent_; }
  [[nodiscard]] bool overflowed() const { return overflowed_; }

 private:
  [[nodiscard]] bool keep(std::span<const iovec> parts);

  int fd_;
  size_t max_backlog_;
  Bytes backlog_;
  size_t sent_ = 0;  ///< of the backlog
  bool overflowed_ = false;
};

}  // namespace vedette::sim
