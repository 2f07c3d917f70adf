// SPDX-License-Identifier: Apache-2.0
#include "base/device_signs.h"

#include <algorithm>
#include <cctype>

namespace vedette {
namespace {

bool is(int (*kind)(int), char c) { return kind(static_cast<unsigned char>(c)) != 0; }

/// The second-lowest bit of the first byte: an address that software made up, which containers,
/// repeaters and telephones change as they like (IEEE 802, §8.4).
bool burnt_in(const std::string& hardware) {
  if (hardware.size() < 2 || !is(std::isxdigit, hardware[1])) return false;
  const char digit = hardware[1];
  const int low = is(std::isdigit, digit) ? digit - '0' : std::tolower(digit) - 'a' + 10;
  return (low & 2) == 0;
}

/// Whether it holds what looks like a serial number or a hardware address: "IP Camera(C1234)",
/// "AXIS_ACCC8E123456", "Login to 4K01A2BPAG12345", "iPolis_00:09:18:12:34:56"; not "LIVE555
/// Streaming Media".
bool names_one_device(const std::string& realm) {
  constexpr size_t kDigits = 4;
  constexpr size_t kHex = 12;
  size_t digits = 0;
  size_t hex = 0;
  for (const char c : realm) {
    if (c == ':' || c == '-') continue;
    hex = is(std::isxdigit, c) ? hex + 1 : 0;
    if (is(std::isdigit, c)) ++digits;
    if (!is(std::isalnum, c)) digits = 0;
    if (digits >= kDigits || hex >= kHex) return true;
  }
  return false;
}

/// "Hipcam RealServer/V1.0" and "…/V2.1" are one product.
std::string product(const std::string& text) {
  std::string letters;
  for (const char c : text.substr(0, text.find('/')))
    if (is(std::isalpha, c)) letters += static_cast<char>(std::tolower(c));
  return letters;
}

bool both(const std::string& a, const std::string& b) { return !a.empty() && !b.empty(); }

bool other_product(const std::string& a, const std::string& b) {
  return both(product(a), product(b)) && product(a) != product(b);
}

bool other_software(const DeviceSigns& a, const DeviceSigns& b) {
  return other_product(a.server, b.server) && other_product(a.session, b.session);
}

}  // namespace

std::string device_sign(std::string_view text) {
  std::string kept;
  for (const char c : text.substr(0, kMaxDeviceSign))
    if (c >= ' ' && c <= '~') kept += c;
  while (!kept.empty() && kept.back() == ' ') kept.pop_back();
  return kept.substr(std::min(kept.find_first_not_of(' '), kept.size()));
}

bool surely_same(const DeviceSigns& a, const DeviceSigns& b) {
  if (burnt_in(a.hardware) && a.hardware == b.hardware) return true;
  return a.realm == b.realm && names_one_device(a.realm);
}

std::optional<DeviceChange> tell_apart(const DeviceSigns& known, const DeviceSigns& now) {
  if (surely_same(known, now)) return std::nullopt;
  if (burnt_in(known.hardware) && burnt_in(now.hardware))
    return DeviceChange{known.hardware, now.hardware};
  if (both(known.realm, now.realm)) {
    if (known.realm == now.realm) return std::nullopt;
    const bool serials = names_one_device(known.realm) && names_one_device(now.realm);
    // A realm alone, of software that is the same: that is what an update of it looks like.
    if (serials || other_product(known.server, now.server) ||
        other_product(known.session, now.session))
      return DeviceChange{known.realm, now.realm};
    return std::nullopt;
  }
  if (!other_software(known, now)) return std::nullopt;
  return DeviceChange{known.server, now.server};
}

}  // namespace vedette
