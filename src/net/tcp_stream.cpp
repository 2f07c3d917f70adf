// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "net/neighbours.h"

namespace vedette::net {
namespace {

// At 8 Mbit/s a second of a shard that is held up, and the whole burst of a large key frame.
constexpr int kReceiveBuffer = 1 << 20;

}  // namespace

TcpStream::TcpStream(std::shared_ptr<const Lookup> lookup, std::string peer, const Clock& clock)
    : lookup_(std::move(lookup)), peer_(std::move(peer)), clock_(clock) {}

Error TcpStream::close(Error why) {
  socket_.close();
  state_ = State::kClosed;
  error_ = why;
  return why;
}

ByteStream::State TcpStream::poll() {
  if (state_ != State::kConnecting) return state_;
  if (socket_.valid()) return check_connected();
  const auto* answer = lookup_->poll();
  if (answer == nullptr) return state_;
  if (!*answer)
    close(answer->error());
  else if (!begin_next())
    state_ = State::kClosed;
  return state_;
}

/// Starts to connect to the next address; false, with error_ of the last one, when there is none.
bool TcpStream::begin_next() {
  const auto& addresses = lookup_->poll()->value();
  while (next_address_ < addresses.size()) {
    const SocketAddress& address = addresses[next_address_++];
    Socket socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                           IPPROTO_TCP));
    if (!socket.valid()) {
      error_ = socket_error(errno, peer_);
      continue;
    }
    set_receive_buffer(socket.fd(), kReceiveBuffer);  // before connect: it sizes the window scale
    const int on = 1;
    (void)setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* target = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(socket.fd(), target, address.size) == 0 || errno == EINPROGRESS) {
      socket_ = std::move(socket);
      const auto share = kSharedTime / static_cast<int64_t>(addresses.size());
      give_up_at_ = clock_.mono() + std::max(share, kLeastTime);
      return true;
    }
    error_ = socket_error(errno, peer_);
  }
  return false;
}

ByteStream::State TcpStream::check_connected() {
  pollfd query{socket_.fd(), POLLOUT, 0};
  if (::poll(&query, 1, 0) <= 0) {
    const bool last = next_address_ >= lookup_->poll()->value().size();
    if (last || clock_.mono() < give_up_at_) return state_;
    error_ = make_error(ErrorCode::kUnavailable, peer_ + " does not answer");
    socket_.close();
    if (!begin_next()) state_ = State::kClosed;
    return state_;
  }
  int status = 0;
  socklen_t size = sizeof status;
  (void)getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &status, &size);
  if (status == 0) return state_ = State::kOpen;
  error_ = socket_error(status, peer_);
  socket_.close();
  if (!begin_next()) state_ = State::kClosed;
  return state_;
}

std::string TcpStream::peer_address() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> text{};
  if (getpeername(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  if (getnameinfo(reinterpret_cast<sockaddr*>(&address), size, text.data(), text.size(), nullptr, 0,
                  NI_NUMERICHOST) != 0)
    return {};
  return text.data();
}

std::string TcpStream::peer_hardware() const { return hardware_of(peer_address()); }

Result<size_t> TcpStream::read(std::span<uint8_t> into) {
  if (state_ != State::kOpen) return error_;
  const ssize_t count = ::recv(socket_.fd(), into.data(), into.size(), 0);
  if (count > 0) return static_cast<size_t>(count);
  if (count == 0) return close(socket_error(ECONNRESET, peer_));
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return size_t{0};
  return close(socket_error(errno, peer_));
}

Result<size_t> TcpStream::write(ByteSpan bytes) {
  if (state_ != State::kOpen) return error_;
  const ssize_t count = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return static_cast<size_t>(count);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return size_t{0};
  return close(socket_error(errno, peer_));
}

}  // namespace vedette::net
