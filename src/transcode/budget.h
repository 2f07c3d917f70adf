// SPDX-License-Identifier: Apache-2.0
// How much processor time conversion may take: an account that fills at the budget's rate and is
// charged what was used. Pure; confined to its owner.
#pragma once

#include "base/time.h"

namespace vedette::transcode {

class Budget {
 public:
  /// What may be saved up, and what may be owed before even key frames are left out: a second of
  /// one core, enough to decode the GOP that a new viewer begins with.
  static constexpr Duration kMost = std::chrono::seconds(1);

  /// `cores`: processor seconds per second, over 0.
  Budget(double cores, MonoTime now) : cores_(cores), filled_(now) {}

  void charge(Duration used, MonoTime now);
  /// Every picture, as long as nothing is owed.
  [[nodiscard]] bool allows_all() const { return balance_.count() >= 0; }
  /// Of recordings nothing, as long as live pictures might then be left out: those cannot wait.
  [[nodiscard]] bool allows_recordings() const { return balance_ >= kMost / 4; }
  /// Key frames alone, until more is owed than could have been saved.
  [[nodiscard]] bool allows_key_frames() const { return balance_ > -kMost; }

 private:
  double cores_;
  MonoTime filled_;
  Duration balance_ = kMost;
};

/// Processor time of the calling thread.
[[nodiscard]] Duration thread_cpu_time();

/// What a stream of this size and rate will take, until it has been measured: cores.
[[nodiscard]] double expected_cores(int width, int height, double fps);

}  // namespace vedette::transcode
