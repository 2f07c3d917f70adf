// SPDX-License-Identifier: Apache-2.0
// Decode times from presentation times, access unit by access unit and without looking ahead
// (docs/design/time.md, "B-frames"). Pure; confined to its receiver.
#pragma once

#include <array>
#include <cstdint>

namespace vedette::rtp {

class DecodeOrder {
 public:
  static constexpr uint8_t kMaxDepth = 16;

  struct Times {
    int64_t pts = 0;
    int64_t dts = 0;
  };

  /// The depth that the parameter sets declare and the length of a frame in ticks, a guess. The
  /// depth never shrinks, so that decode times stay in order over a change of parameter sets.
  void expect(uint8_t depth, int64_t frame_ticks);
  /// dts rises strictly and pts >= dts. Where `pts` comes too late for that, the depth was too
  /// small: it grows by one, and this one picture is shown at its decode time.
  [[nodiscard]] Times assign(int64_t pts);
  [[nodiscard]] uint8_t depth() const { return depth_; }

 private:
  void insert(int64_t pts);
  int64_t take_smallest();

  uint8_t depth_ = 0;
  int64_t frame_ticks_ = 1;
  bool started_ = false;
  int64_t last_dts_ = 0;
  std::array<int64_t, kMaxDepth + 2> waiting_{};  ///< ascending: pts not yet used as a dts
  uint8_t count_ = 0;
};

}  // namespace vedette::rtp
