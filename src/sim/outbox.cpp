// SPDX-License-Identifier: Apache-2.0
#include "sim/outbox.h"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace vedette::sim {
namespace {

constexpr size_t kMaxParts = 1024;  // UIO_MAXIOV

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

bool Outbox::keep(std::span<const iovec> parts) {
  // What was sent makes room in steps, so that a client that never quite catches up costs no more
  // memory than its bound.
  if (sent_ == backlog_.size() || sent_ > max_backlog_ / 4) {
    backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<ptrdiff_t>(sent_));
    sent_ = 0;
  }
  for (const iovec& part : parts) {
    const auto* data = static_cast<const uint8_t*>(part.iov_base);
    backlog_.insert(backlog_.end(), data, data + part.iov_len);
  }
  overflowed_ = overflowed_ || backlog() > max_backlog_;
  return !overflowed_;
}

bool Outbox::write(std::span<iovec> parts) {
  if (backlog() > 0 && !flush()) return false;
  while (!parts.empty() && backlog() == 0) {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = std::min(parts.size(), kMaxParts);
    const ssize_t n = sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && !would_block()) return false;
    if (n < 0) break;
    auto left = static_cast<size_t>(n);
    while (!parts.empty() && left >= parts.front().iov_len) {
      left -= parts.front().iov_len;
      parts = parts.subspan(1);
    }
    if (left > 0) {
      parts.front().iov_base = static_cast<uint8_t*>(parts.front().iov_base) + left;
      parts.front().iov_len -= left;
      break;
    }
  }
  return parts.empty() || keep(parts);
}

bool Outbox::write(ByteSpan bytes) {
  if (bytes.empty()) return true;
  iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  return write(std::span(&part, 1));
}

bool Outbox::flush() {
  while (backlog() > 0) {
    const ssize_t n = send(fd_, backlog_.data() + sent_, backlog(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return would_block();
    sent_ += static_cast<size_t>(n);
  }
  backlog_.clear();
  sent_ = 0;
  return true;
}

}  // namespace vedette::sim
