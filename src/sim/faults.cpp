// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.h"

#include <algorithm>

namespace vedette::sim {

FaultClock::FaultClock(const FaultPlan& plan, int camera, int cameras, uint64_t seed)
    : plan_(plan),
      camera_(camera),
      cameras_(std::max(cameras, 1)),
      dice_(seed * 1009 + static_cast<uint64_t>(camera)) {}

bool FaultClock::within(const std::optional<Pulse>& pulse, Duration since) const {
  if (!pulse) return false;
  const Duration t = since - shift(pulse->every);
  return t >= pulse->every && t % pulse->every < pulse->length;
}

int64_t FaultClock::garbage_count(Duration since) const {
  if (!plan_.garbage) return 0;
  return std::max<int64_t>(0, (since - shift(*plan_.garbage)) / *plan_.garbage);
}

Bytes FaultClock::make_garbage() {
  Bytes garbage(static_cast<size_t>(64 + dice_.below(449)));
  for (uint8_t& byte : garbage) {
    byte = static_cast<uint8_t>(dice_.next());
    // '$' and 'R' begin packets and messages: what looks like one cannot be told from one.
    if (byte == '$' || byte == 'R') byte = 0;
  }
  return garbage;
}

}  // namespace vedette::sim
