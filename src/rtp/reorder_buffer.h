// SPDX-License-Identifier: Apache-2.0
// Puts the packets of one SSRC in the order of their sequence numbers (RFC 3550 §5.1, A.1). A
// packet that is next goes through without being copied; later ones are held, at most `window` of
// them and at most kMaxWait, and then the hole is given up as lost. With a window of 0 (TCP) every
// hole is a loss at once. Pure; confined to its receiver.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "rtp/packet.h"

namespace vedette::rtp {

class ReorderBuffer {
 public:
  static constexpr uint16_t kUdpWindow = 64;
  static constexpr Duration kMaxWait = std::chrono::milliseconds(200);

  enum class Verdict {
    kNext,       ///< the caller delivers it now; take_lost() says how many before it are missing
    kHeld,       ///< copied; pop() gives it in its turn
    kFull,       ///< does not fit: deliver pop_any() and offer again
    kDuplicate,  ///< seen, or too late
    kSuspect,    ///< far outside the sequence: dropped unless the next one follows it
    kRestart,    ///< like kNext, but the sequence began anew
  };
  struct Held {
    ByteSpan packet;  ///< valid until the next call
    Arrival arrival;
  };

  explicit ReorderBuffer(uint16_t window) : window_(window) {}

  [[nodiscard]] Verdict offer(uint16_t sequence, ByteSpan packet, const Arrival& arrival);
  /// The packet held that is next, or that has waited too long for those before it.
  [[nodiscard]] std::optional<Held> pop(MonoTime now);
  /// The first packet held, whatever is missing before it.
  [[nodiscard]] std::optional<Held> pop_any();
  /// Packets given up since the last call, before the packet just delivered.
  [[nodiscard]] uint32_t take_lost();
  /// Forgets everything: the next packet starts a sequence.
  void reset();

 private:
  struct Slot {
    bool used = false;
    Arrival arrival;
    Bytes packet;  // keeps its capacity
  };

  [[nodiscard]] Slot& slot(uint16_t sequence) { return slots_[sequence % kUdpWindow]; }
  [[nodiscard]] uint16_t first_held() const;
  Verdict accept(uint16_t sequence, uint16_t ahead);
  Verdict suspect(uint16_t sequence);
  Held release(uint16_t sequence);

  uint16_t window_;
  bool started_ = false;
  uint16_t next_ = 0;
  std::optional<uint16_t> suspect_next_;  ///< what would confirm a restart
  uint32_t lost_ = 0;
  uint16_t held_ = 0;
  std::vector<Slot> slots_;  ///< empty until the first packet is held
};

}  // namespace vedette::rtp
