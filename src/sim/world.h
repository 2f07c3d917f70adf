// SPDX-License-Identifier: Apache-2.0
// What all connections of a simulator share. Confined to its thread.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include <netinet/in.h>

#include "base/time.h"
#include "sim/faults.h"
#include "sim/served_stream.h"
#include "sim/simulator.h"

namespace vedette::sim {

struct CameraWorld {
  ServedStreamPtr main;
  ServedStreamPtr sub;  ///< null: none
  Duration phase{0};    ///< how far into its loop it is when the simulator starts
  FaultClock faults;
  CameraStats stats;
};

struct World {
  SimOptions options;
  const Clock* clock = nullptr;
  MonoTime start;
  std::vector<CameraWorld> cameras;
  uint64_t clients_dropped = 0;
  std::array<int, 2> udp = {-1, -1};  ///< RTP and RTCP, shared by all sessions
  uint16_t udp_port = 0;              ///< of RTP; RTCP is the next
};

/// One stream of one camera; null for a path that does not exist.
struct PathTarget {
  size_t camera = 0;
  bool sub = false;
  ServedStreamPtr stream;
};
/// "/cam0" or "/cam0/sub".
[[nodiscard]] PathTarget find_stream(const World& world, std::string_view path);

}  // namespace vedette::sim
