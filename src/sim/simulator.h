// SPDX-License-Identifier: Apache-2.0
// RTSP cameras for tests, demos and benchmarks: rtsp://ADDRESS:PORT/cam0 … /camN-1, each with /sub
// where there is a sub-stream. A file is packetised once and shared by all; each client costs one
// system call per frame. One thread, which run() takes; stats() and port() from any.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "sim/options.h"

namespace vedette::sim {

/// Of one camera since the start, both streams and all clients together.
struct CameraStats {
  uint64_t sessions = 0;         ///< PLAYs
  uint64_t frames_sent = 0;      ///< video frames of the main stream handed over whole
  uint64_t sub_frames_sent = 0;  ///< the same of the sub-stream
  uint64_t frames_lost = 0;  ///< video frames of which at least one packet was dropped on purpose
  uint64_t bytes_sent = 0;
};

struct SimStats {
  std::vector<CameraStats> cameras;
  uint64_t frames = 0;       ///< video and audio, all cameras
  uint64_t late_frames = 0;  ///< sent more than 20 ms after they were due
  int64_t lateness_p50_us = 0;
  int64_t lateness_p99_us = 0;
  int64_t lateness_max_us = 0;
  uint64_t clients_dropped = 0;  ///< for being slower than max_backlog allows
};
/// One JSON object.
[[nodiscard]] std::string to_json(const SimStats& stats);

class Simulator {
 public:
  /// Reads or draws what is to be served and opens the port. Errors: those of check(), not_found
  /// and data_loss for files, unsupported (codec), unavailable (the port is in use).
  [[nodiscard]] static Result<std::unique_ptr<Simulator>> create(const SimOptions& options,
                                                                 const Clock& clock);
  virtual ~Simulator() = default;

  [[nodiscard]] virtual uint16_t port() const = 0;
  /// Of the ONVIF services; 0 without them.
  [[nodiscard]] virtual uint16_t onvif_port() const = 0;
  /// Serves until `stop` is requested; notices within 100 ms.
  virtual void run(std::stop_token stop) = 0;
  /// As of at most half a second ago; final once run() has returned.
  [[nodiscard]] virtual SimStats stats() const = 0;
};

}  // namespace vedette::sim
