// SPDX-License-Identifier: Apache-2.0
#include "net/udp_pair.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace vedette::net {
namespace {

constexpr int kReceiveBuffer = 4 << 20;
constexpr size_t kMaxDatagram = 2048;  ///< larger than any packet that crosses an Ethernet whole
constexpr size_t kBatch = 64;
constexpr int kBindAttempts = 100;
// RTCP comes every few seconds: its socket is looked at on every eighth call.
constexpr uint32_t kRtcpEvery = 8;

/// A socket on `port` of all interfaces (0: any); dual stack where there is IPv6.
Socket bind_port(uint16_t port) {
  Socket v6(::socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (v6.valid()) {
    const int off = 0;
    (void)setsockopt(v6.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(port);
    if (bind(v6.fd(), reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0) return v6;
    return Socket();
  }
  Socket v4(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(port);
  if (!v4.valid() || bind(v4.fd(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0)
    return Socket();
  return v4;
}

uint16_t port_of(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  (void)getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size);
  sockaddr_in6 v6{};  // sin_port lies where sin6_port does
  std::memcpy(&v6, &address, sizeof v6);
  return ntohs(v6.sin6_port);
}

int family_of(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  (void)getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size);
  return address.ss_family;
}

/// Numeric addresses only: the host is the one that the session is connected to already.
Result<SocketAddress> resolve_digits(const std::string& host, uint16_t port, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST | (family == AF_INET6 ? AI_V4MAPPED : 0);
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    return make_error(ErrorCode::kInvalidArgument, "no address of a datagram peer: " + host);
  SocketAddress address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

}  // namespace

Result<std::unique_ptr<DatagramPair>> UdpPair::open() {
  for (int attempt = 0; attempt < kBindAttempts; ++attempt) {
    Socket first = bind_port(0);
    if (!first.valid()) break;
    const uint16_t port = port_of(first);
    if (port % 2 != 0) continue;
    Socket second = bind_port(static_cast<uint16_t>(port + 1));
    if (!second.valid()) continue;
    auto pair = std::make_unique<UdpPair>();
    set_receive_buffer(first.fd(), kReceiveBuffer);
    pair->sockets_ = {std::move(first), std::move(second)};
    pair->rtp_port_ = port;
    return std::unique_ptr<DatagramPair>(std::move(pair));
  }
  return make_error(ErrorCode::kUnavailable, "no two neighbouring UDP ports are free");
}

Result<void> UdpPair::set_peer(const std::string& host, uint16_t rtp_port, uint16_t rtcp_port) {
  const std::array<uint16_t, 2> ports{rtp_port, rtcp_port};
  for (size_t i = 0; i < 2; ++i) {
    VEDETTE_ASSIGN(const SocketAddress address,
                   resolve_digits(host, ports[i], family_of(sockets_[i])));
    const auto* peer = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(sockets_[i].fd(), peer, address.size) != 0) return socket_error(errno, host);
  }
  connected_ = true;
  return ok();
}

size_t UdpPair::read_one(Which which, std::span<uint8_t>& buffer, std::span<Datagram> into) {
  const size_t most = std::min({kBatch, into.size(), buffer.size() / kMaxDatagram});
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts{};
  for (size_t i = 0; i < most; ++i) {
    parts[i] = {buffer.data() + i * kMaxDatagram, kMaxDatagram};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const Socket& socket = sockets_[static_cast<size_t>(which)];
  // An ICMP error (port unreachable) is reported once and passed over: the stall timeout decides.
  const int count =
      recvmmsg(socket.fd(), messages.data(), static_cast<unsigned>(most), MSG_DONTWAIT, nullptr);
  if (count <= 0) return 0;
  const auto received = static_cast<size_t>(count);
  size_t whole = 0;
  for (size_t i = 0; i < received; ++i) {
    // Half a packet passed on as a whole one is a damaged picture that is taken for a good one. One
    // that is left out is a hole in the sequence numbers, and counted as lost.
    if ((messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
    into[whole++] = {which, ByteSpan(buffer).subspan(i * kMaxDatagram, messages[i].msg_len)};
  }
  buffer = buffer.subspan(received * kMaxDatagram);
  return whole;
}

Result<size_t> UdpPair::read(std::span<uint8_t> buffer, std::span<Datagram> into) {
  if (!connected_) return size_t{0};
  size_t count = 0;
  if (reads_++ % kRtcpEvery == 0) count = read_one(Which::kRtcp, buffer, into);
  return count + read_one(Which::kRtp, buffer, into.subspan(count));
}

Result<void> UdpPair::send(Which which, ByteSpan bytes) {
  const Socket& socket = sockets_[static_cast<size_t>(which)];
  if (!connected_) return make_error(ErrorCode::kFailedPrecondition, "no peer is set");
  const ssize_t sent = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != ECONNREFUSED) return socket_error(errno, "UDP");
  return ok();
}

}  // namespace vedette::net
