// SPDX-License-Identifier: Apache-2.0
#include "base/log_sink.h"

#include <algorithm>
#include <climits>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vedette::log {

uint64_t PatientSink::dropped() {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

// A pipe that is ready takes PIPE_BUF bytes without waiting; a socket is asked not to wait.
bool PatientSink::write_at_once(const char* bytes, size_t size) const {
  const ssize_t sent = ::send(fd_, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent == static_cast<ssize_t>(size);
  pollfd ready{fd_, POLLOUT, 0};
  if (::poll(&ready, 1, 0) <= 0 || (ready.revents & POLLOUT) == 0) return false;
  return ::write(fd_, bytes, size) == static_cast<ssize_t>(size);
}

void PatientSink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  const size_t size = std::min<size_t>(line.size(), PIPE_BUF);
  if (size < line.size()) line[size - 1] = '\n';
  if (untold_ > 0) {
    const std::string told = fmt::format("{} lines of the log could not be written\n", untold_);
    if (!write_at_once(told.data(), told.size())) {
      ++dropped_;
      ++untold_;
      return;
    }
    untold_ = 0;
  }
  if (write_at_once(line.data(), size)) return;
  ++dropped_;
  ++untold_;
}

}  // namespace vedette::log
