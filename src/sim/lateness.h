// SPDX-License-Identifier: Apache-2.0
// How late frames go out, as a histogram with steps of an eighth of a power of two. A value.
#pragma once

#include <algorithm>
#include <array>
#include <bit>

#include "sim/simulator.h"

namespace vedette::sim {

class Lateness {
 public:
  static constexpr Duration kLate = std::chrono::milliseconds(20);

  void add(Duration late) {
    const int64_t us = std::max<int64_t>(0, late.count());
    ++counts_[std::min(step_of(us), counts_.size() - 1)];
    ++frames_;
    if (late > kLate) ++late_;
    max_us_ = std::max(max_us_, us);
  }

  /// Sets the fields about frames and lateness.
  void fill(SimStats& stats) const {
    stats.frames = frames_;
    stats.late_frames = late_;
    stats.lateness_max_us = max_us_;
    stats.lateness_p50_us = percentile(50);
    stats.lateness_p99_us = percentile(99);
  }

 private:
  /// 0 to 7 us have a step each, then eight steps for every doubling.
  static size_t step_of(int64_t us) {
    const auto value = static_cast<uint64_t>(us);
    if (value < 8) return value;
    const auto doublings = static_cast<size_t>(std::bit_width(value)) - 4;
    return (doublings + 1) * 8 + (value >> doublings) - 8;
  }
  static int64_t upper_end(size_t step) {
    if (step < 8) return static_cast<int64_t>(step);
    return static_cast<int64_t>(((step % 8 + 9) << (step / 8 - 1)) - 1);
  }
  int64_t percentile(uint64_t percent) const {
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen * 100 >= frames_ * percent && seen > 0) return std::min(upper_end(i), max_us_);
    }
    return max_us_;
  }

  std::array<uint64_t, 256> counts_{};
  uint64_t frames_ = 0;
  uint64_t late_ = 0;
  int64_t max_us_ = 0;
};

}  // namespace vedette::sim
