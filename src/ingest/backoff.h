// SPDX-License-Identifier: Apache-2.0
// How long to wait before the next try: doubling from 0.5 s to a cap, with jitter, so that cameras
// behind one switch do not all come back in the same instant. Confined to the caller.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace vedette::ingest {

class Backoff {
 public:
  static constexpr Duration kFirst = std::chrono::milliseconds(500);
  static constexpr Duration kMost = std::chrono::seconds(15);

  explicit Backoff(uint64_t seed) : random_(seed | 1) {}

  /// The next wait, at most `cap`; between 80 % and 120 % of the nominal one, but never over `cap`.
  [[nodiscard]] Duration next(Duration cap);
  void reset() { nominal_ = kFirst; }

 private:
  uint64_t random_;
  Duration nominal_ = kFirst;
};

}  // namespace vedette::ingest
