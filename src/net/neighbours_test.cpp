// SPDX-License-Identifier: Apache-2.0
#include "net/neighbours.h"

#include <gtest/gtest.h>

namespace vedette::net {
namespace {

constexpr std::string_view kArp =
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "192.168.1.20     0x1         0x2         00:40:8c:12:34:56     *        eth0\n"
    "192.168.1.2      0x1         0x0         00:00:00:00:00:00     *        eth0\n"
    "10.0.0.1         0x200       0x2         00:40:8c:00:00:01     *        ppp0\n"
    "192.168.1.30     0x1\n";

TEST(Neighbours, finds_the_hardware_address_of_exactly_one) {
  EXPECT_EQ(find_hardware(kArp, "192.168.1.20"), "00:40:8c:12:34:56");
  EXPECT_EQ(find_hardware(kArp, "192.168.1"), "");
}

TEST(Neighbours, says_nothing_where_the_kernel_knows_nothing) {
  for (const char* address : {"192.168.1.2", "10.0.0.1", "192.168.1.30", "192.168.9.9", ""})
    EXPECT_EQ(find_hardware(kArp, address), "") << address;
  EXPECT_EQ(find_hardware("", "192.168.1.20"), "");
}

TEST(Neighbours, loopback_is_nobodys_hardware) { EXPECT_EQ(hardware_of("127.0.0.1"), ""); }

}  // namespace
}  // namespace vedette::net
