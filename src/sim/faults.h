// SPDX-License-Identifier: Apache-2.0
// When the faults of one camera strike. Pure: times in, answers out; the dice are seeded.
#pragma once

#include "base/bytes.h"
#include "base/time.h"
#include "sim/options.h"
#include "sim/shapes.h"

namespace vedette::sim {

class FaultClock {
 public:
  FaultClock(const FaultPlan& plan, int camera, int cameras, uint64_t seed);

  // `since`: the simulator's start.
  [[nodiscard]] bool stalled(Duration since) const { return within(plan_.stall, since); }
  [[nodiscard]] bool rebooting(Duration since) const { return within(plan_.reboot, since); }
  /// How many times garbage was due until then.
  [[nodiscard]] int64_t garbage_count(Duration since) const;

  [[nodiscard]] bool roll_drop() { return roll(plan_.drop); }
  [[nodiscard]] bool roll_reorder() { return roll(plan_.reorder); }
  /// 64 to 512 bytes in which no packet or message seems to begin.
  [[nodiscard]] Bytes make_garbage();

 private:
  /// The part of `every` by which this camera comes later than camera 0.
  [[nodiscard]] Duration shift(Duration every) const { return every * camera_ / cameras_; }
  [[nodiscard]] bool within(const std::optional<Pulse>& pulse, Duration since) const;
  [[nodiscard]] bool roll(double probability) {
    return probability > 0 && dice_.between(0, 1) < probability;
  }

  FaultPlan plan_;
  int camera_;
  int cameras_;
  Dice dice_;
};

}  // namespace vedette::sim
