// SPDX-License-Identifier: Apache-2.0
// Bitrate and frame rate over the last few seconds. Confined to the caller.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace vedette::ingest {

class RateMeter {
 public:
  void add(size_t bytes) {
    current_.bytes += bytes;
    ++current_.frames;
  }
  /// Closes a slot once a second. True when it did.
  bool tick(MonoTime now);
  void reset(MonoTime now);

  [[nodiscard]] double bits_per_second() const;
  [[nodiscard]] double frames_per_second() const;

 private:
  static constexpr size_t kSlots = 4;
  struct Slot {
    uint64_t bytes = 0;
    uint64_t frames = 0;
    Duration length{0};
  };
  [[nodiscard]] double per_second(uint64_t Slot::*member) const;

  std::array<Slot, kSlots> slots_{};
  size_t next_ = 0;
  Slot current_;
  MonoTime began_;
};

}  // namespace vedette::ingest
