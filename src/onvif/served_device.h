// SPDX-License-Identifier: Apache-2.0
// The device's side of the conversation in device_session.h, for the simulator: a request's body
// in, an answer out. Immutable; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "onvif/services.h"

namespace vedette::onvif {

/// How far a token's Created may be from the device's clock.
inline constexpr Duration kTokenLife = std::chrono::minutes(5);

struct ServedDevice {
  DeviceInformation information;
  std::string service;  ///< its address: "http://127.0.0.1:8090/onvif/cam0/device_service"
  std::string media;    ///< that of its Media service
  struct Stream {
    Profile profile;
    std::string url;
  };
  std::vector<Stream> streams;
  std::string user;  ///< "": everybody may ask
  std::string password;
};

struct Served {
  int status = 200;
  std::string envelope;
  bool refused = false;  ///< for want of a login that is right
};

/// `now`: by the device's clock. `admitted`: HTTP has checked the login already.
[[nodiscard]] Served serve(const ServedDevice& device, std::string_view envelope, WallTime now,
                           bool admitted);

}  // namespace vedette::onvif
