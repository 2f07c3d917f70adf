// SPDX-License-Identifier: Apache-2.0
#include "net/socket.h"

#include <cerrno>
#include <system_error>

#include <sys/socket.h>
#include <unistd.h>

namespace vedette::net {

Socket::~Socket() { close(); }

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Error socket_error(int error_number, const std::string& peer) {
  const auto unavailable = [&](const char* what) {
    return make_error(ErrorCode::kUnavailable, peer + what);
  };
  switch (error_number) {
    case ECONNREFUSED:
      return unavailable(" refused the connection; is the port right and RTSP switched on?");
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return unavailable(" cannot be reached; is the camera switched on and on the network?");
    case ENETUNREACH:
      return unavailable(" cannot be reached; there is no route to its network");
    case ECONNRESET:
    case EPIPE:
      return unavailable(
          " closed the connection; is it restarting, or has it as many viewers as it allows?");
    case ETIMEDOUT:
      return make_error(ErrorCode::kTimeout, peer + " does not answer");
    case EMFILE:
    case ENFILE:
      return make_error(ErrorCode::kResourceExhausted,
                        "no more sockets; raise the limit of open files (ulimit -n)");
    default:
      return unavailable((": " + std::generic_category().message(error_number)).c_str());
  }
}

void set_receive_buffer(int fd, int bytes) {
  // The forced form needs CAP_NET_ADMIN; without it net.core.rmem_max is the limit, which is told
  // by the loss counters and nothing else.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

}  // namespace vedette::net
