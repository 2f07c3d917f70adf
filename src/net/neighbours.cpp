// SPDX-License-Identifier: Apache-2.0
#include "net/neighbours.h"

#include <array>
#include <fstream>
#include <sstream>

namespace vedette::net {

// IP address       HW type     Flags       HW address            Mask     Device
// 192.168.1.20     0x1         0x2         00:40:8c:12:34:56     *        eth0
std::string find_hardware(std::string_view arp, std::string_view address) {
  constexpr std::string_view kNone = "00:00:00:00:00:00";
  std::istringstream lines{std::string(arp)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::array<std::string, 4> word;
    for (std::string& one : word) words >> one;
    if (word[0] != address || word[1] != "0x1") continue;  // 0x1: Ethernet, and Wi-Fi
    if (word[3].size() == kNone.size() && word[3] != kNone) return word[3];
  }
  return {};
}

std::string hardware_of(const std::string& address) {
  constexpr size_t kMost = size_t{256} << 10;  // some 3000 neighbours
  std::ifstream file("/proc/net/arp");
  std::string text(kMost, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return find_hardware(text, address);
}

}  // namespace vedette::net
