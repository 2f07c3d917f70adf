// SPDX-License-Identifier: Apache-2.0
// On loopback alone, with sockets that are ours: nothing leaves this machine but one question to a
// group and port that nobody has.
#include "net/survey.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "net/socket.h"

namespace vedette::net {
namespace {

constexpr const char* kGroup = "239.255.77.13";

/// A device on loopback that has joined kGroup.
class Device {
 public:
  Device() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    EXPECT_EQ(::bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
    socklen_t size = sizeof any;
    (void)::getsockname(socket_.fd(), reinterpret_cast<sockaddr*>(&any), &size);
    port_ = ntohs(any.sin_port);
    ip_mreq join{};
    inet_pton(AF_INET, kGroup, &join.imr_multiaddr);
    join.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
    (void)setsockopt(socket_.fd(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof join);
  }
  [[nodiscard]] uint16_t port() const { return port_; }
  /// Waits for a question and answers it with "here"; what was asked.
  std::string answer() {
    pollfd ready{socket_.fd(), POLLIN, 0};
    if (::poll(&ready, 1, 5000) != 1) return "nothing";
    std::array<char, 100> text{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(socket_.fd(), text.data(), text.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    (void)::sendto(socket_.fd(), "here", 4, 0, reinterpret_cast<const sockaddr*>(&from), size);
    return {text.data(), static_cast<size_t>(std::max<ssize_t>(got, 0))};
  }

 private:
  Socket socket_;
  uint16_t port_ = 0;
};

TEST(Survey, brings_back_what_one_address_answers) {
  auto survey = open_survey();
  ASSERT_TRUE(survey.has_value());
  Device device;
  ASSERT_TRUE((*survey)->ask("127.0.0.1", device.port(), as_bytes("who")).has_value());
  EXPECT_EQ(device.answer(), "who");
  const auto answer = (*survey)->next();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->sender, "127.0.0.1");
  EXPECT_EQ(as_text(answer->datagram), "here");
  EXPECT_FALSE((*survey)->next().has_value());
}

TEST(Survey, reaches_a_group_on_loopback) {
  auto survey = open_survey();
  ASSERT_TRUE(survey.has_value());
  const auto& interfaces = (*survey)->interfaces();
  const auto loopback = [](const Survey::Interface& one) { return one.loopback; };
  ASSERT_TRUE(std::any_of(interfaces.begin(), interfaces.end(), loopback));
  Device device;
  (*survey)->ask_group(kGroup, device.port(), as_bytes("all"));
  EXPECT_EQ(device.answer(), "all");
  const auto answer = (*survey)->next();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(as_text(answer->datagram), "here");
}

TEST(Survey, takes_addresses_in_digits_only) {
  auto survey = open_survey();
  ASSERT_TRUE(survey.has_value());
  EXPECT_EQ((*survey)->ask("camera.local", 3702, {}).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace vedette::net
