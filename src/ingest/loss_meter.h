// SPDX-License-Identifier: Apache-2.0
// The share of packets that were lost over the last minute. Confined to the caller.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.h"

namespace vedette::ingest {

class LossMeter {
 public:
  static constexpr Duration kWindow = std::chrono::seconds(60);
  static constexpr Duration kStep = std::chrono::seconds(5);

  /// Both counted since the stream was added, so that a reconnect does not hide what was lost.
  void count(MonoTime now, uint64_t received, uint64_t lost);
  /// 0 none … 1 all; none when nothing was to be received.
  [[nodiscard]] std::optional<double> share() const;

 private:
  struct Reading {
    MonoTime at;
    uint64_t received = 0;
    uint64_t lost = 0;
  };
  std::deque<Reading> readings_;  ///< a step apart, the oldest one window old
  Reading newest_;
};

}  // namespace vedette::ingest
