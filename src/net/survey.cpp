// SPDX-License-Identifier: Apache-2.0
#include "net/survey.h"

#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/socket.h"

namespace vedette::net {
namespace {

// Virtual machines and containers have many; beyond this a question would take noticeable time.
constexpr size_t kMaxInterfaces = 32;
constexpr size_t kMaxDatagram = 65'536;

std::string digits_of(const in_addr& address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET, &address, text.data(), text.size()) == nullptr ? "" : text.data();
}

std::optional<sockaddr_in> to_address(const std::string& host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return std::nullopt;
  return address;
}

Socket open_on(const in_addr& local) {
  Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr = local;
  if (!socket.valid() ||
      ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return Socket();
  // WS-Discovery §2.4: one hop. The loop lets a simulator on this machine hear it.
  const int one = 1;
  (void)setsockopt(socket.fd(), IPPROTO_IP, IP_MULTICAST_IF, &local, sizeof local);
  (void)setsockopt(socket.fd(), IPPROTO_IP, IP_MULTICAST_TTL, &one, sizeof one);
  (void)setsockopt(socket.fd(), IPPROTO_IP, IP_MULTICAST_LOOP, &one, sizeof one);
  return socket;
}

class SocketSurvey final : public Survey {
 public:
  /// The first socket is for questions to one address.
  SocketSurvey(Socket any, std::vector<Interface> interfaces, std::vector<Socket> sockets)
      : any_(std::move(any)), interfaces_(std::move(interfaces)), sockets_(std::move(sockets)) {}

  [[nodiscard]] const std::vector<Interface>& interfaces() const override { return interfaces_; }

  void ask_group(const std::string& group, uint16_t port, ByteSpan question) override {
    const auto to = to_address(group, port);
    for (const Socket& socket : sockets_) {
      if (to) (void)send(socket, *to, question);
    }
  }

  Result<void> ask(const std::string& host, uint16_t port, ByteSpan question) override {
    const auto to = to_address(host, port);
    if (!to) return make_error(ErrorCode::kInvalidArgument, host + " is no IPv4 address");
    if (send(any_, *to, question) < 0) return socket_error(errno, host);
    return ok();
  }

  std::optional<Answer> next() override {
    if (auto answer = receive(any_)) return answer;
    for (const Socket& socket : sockets_)
      if (auto answer = receive(socket)) return answer;
    return std::nullopt;
  }

 private:
  static ssize_t send(const Socket& socket, const sockaddr_in& to, ByteSpan bytes) {
    return ::sendto(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                    reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }

  std::optional<Answer> receive(const Socket& socket) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(socket.fd(), buffer_.data(), buffer_.size(), MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (got <= 0) return std::nullopt;
    return Answer{digits_of(from.sin_addr), Bytes(buffer_.begin(), buffer_.begin() + got)};
  }

  Socket any_;
  std::vector<Interface> interfaces_;
  std::vector<Socket> sockets_;  ///< one per interface
  Bytes buffer_ = Bytes(kMaxDatagram);
};

}  // namespace

Result<std::unique_ptr<Survey>> open_survey() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return socket_error(errno, "the network interfaces");
  std::vector<Survey::Interface> interfaces;
  std::vector<Socket> sockets;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const bool up = (entry->ifa_flags & IFF_UP) != 0;
    const bool v4 = entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET;
    if (!up || !v4 || interfaces.size() == kMaxInterfaces) continue;
    const in_addr local = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
    Socket socket = open_on(local);
    if (!socket.valid()) continue;
    sockets.push_back(std::move(socket));
    interfaces.push_back(
        {entry->ifa_name, digits_of(local), (entry->ifa_flags & IFF_LOOPBACK) != 0});
  }
  ::freeifaddrs(list);
  Socket any = open_on(in_addr{INADDR_ANY});
  if (!any.valid())
    return make_error(ErrorCode::kUnavailable,
                      "this machine has no network to look for cameras in");
  return std::unique_ptr<Survey>(
      std::make_unique<SocketSurvey>(std::move(any), std::move(interfaces), std::move(sockets)));
}

}  // namespace vedette::net
