// SPDX-License-Identifier: Apache-2.0
// The ONVIF side of simulated cameras: answers WS-Discovery and serves a device and Media service
// for each, so that finding and adding cameras can be tried without one. Each camera is a device of
// its own, told apart by its path: http://ADDRESS:PORT/onvif/camN/device_service. One thread, which
// run() takes.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "onvif/served_device.h"
#include "sim/options.h"
#include "sim/served_stream.h"

namespace vedette::sim {

struct OnvifStreams {
  ServedStreamPtr main;
  ServedStreamPtr sub;  ///< null: none
};

class OnvifResponder {
 public:
  /// Opens the ports. unavailable when one is in use. REQUIRES: options.onvif.
  [[nodiscard]] static Result<std::unique_ptr<OnvifResponder>> open(const SimOptions& options,
                                                                    const Clock& clock);
  virtual ~OnvifResponder() = default;

  /// REQUIRES: before run(). `rtsp_port`: of the addresses that are given out.
  virtual void set_cameras(const std::vector<OnvifStreams>& cameras, uint16_t rtsp_port) = 0;
  [[nodiscard]] virtual uint16_t port() const = 0;  ///< of the services
  [[nodiscard]] virtual uint16_t discovery_port() const = 0;
  /// Serves until `stop` is requested; notices within 100 ms.
  virtual void run(std::stop_token stop) = 0;
};

}  // namespace vedette::sim
