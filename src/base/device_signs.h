// SPDX-License-Identifier: Apache-2.0
// What a device says of itself while it is asked for pictures: enough to ask whether it is still
// the same camera (docs/adr/0014-other-device.md). Of devices only, never of who is in a picture.
// Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vedette {

/// Each at most kMaxDeviceSign bytes of printable ASCII; "" when it did not say.
struct DeviceSigns {
  std::string hardware;  ///< of its network card: "00:40:8c:12:34:56"
  std::string realm;     ///< of its challenge; many makers put a serial number there
  std::string server;    ///< the name of its RTSP server
  std::string session;   ///< the name of what it streams
  [[nodiscard]] bool empty() const {
    return hardware.empty() && realm.empty() && server.empty() && session.empty();
  }
  friend bool operator==(const DeviceSigns&, const DeviceSigns&) = default;
};

inline constexpr size_t kMaxDeviceSign = 100;

/// What a stranger wrote, as far as it may be kept and shown.
[[nodiscard]] std::string device_sign(std::string_view text);

/// What tells `now` from `known`, for a person: names of both; none while nothing says that it is
/// another device. A firmware update must not, so that versions do not count, and names of software
/// only when nothing better is known and all of them differ.
struct DeviceChange {
  std::string was;
  std::string is;
  friend bool operator==(const DeviceChange&, const DeviceChange&) = default;
};
[[nodiscard]] std::optional<DeviceChange> tell_apart(const DeviceSigns& known,
                                                     const DeviceSigns& now);

/// True when a sign that few devices share says that both are one.
[[nodiscard]] bool surely_same(const DeviceSigns& a, const DeviceSigns& b);

}  // namespace vedette
