// SPDX-License-Identifier: Apache-2.0
#include "rtp/reorder_buffer.h"

#include <utility>

namespace vedette::rtp {
namespace {

// RFC 3550 A.1: MAX_DROPOUT and MAX_MISORDER.
constexpr uint16_t kMaxDropout = 3000;
constexpr uint16_t kMaxMisorder = 100;

}  // namespace

ReorderBuffer::Verdict ReorderBuffer::offer(uint16_t sequence, ByteSpan packet,
                                            const Arrival& arrival) {
  if (!started_) {
    started_ = true;
    next_ = sequence;
  }
  const auto ahead = static_cast<uint16_t>(sequence - next_);
  if (ahead > 0xFFFF - kMaxMisorder) return Verdict::kDuplicate;
  if (ahead >= kMaxDropout) return suspect(sequence);
  suspect_next_.reset();
  if (ahead == 0) return accept(sequence, 0);
  if (ahead >= window_) return held_ > 0 ? Verdict::kFull : accept(sequence, ahead);
  if (slots_.empty()) slots_.resize(kUdpWindow);
  Slot& place = slot(sequence);
  if (place.used) return Verdict::kDuplicate;
  place.used = true;
  place.arrival = arrival;
  place.packet.assign(packet.begin(), packet.end());
  ++held_;
  return Verdict::kHeld;
}

ReorderBuffer::Verdict ReorderBuffer::accept(uint16_t sequence, uint16_t ahead) {
  lost_ += ahead;
  next_ = static_cast<uint16_t>(sequence + 1);
  return Verdict::kNext;
}

ReorderBuffer::Verdict ReorderBuffer::suspect(uint16_t sequence) {
  const bool confirmed = suspect_next_ == sequence;
  suspect_next_ = static_cast<uint16_t>(sequence + 1);
  if (!confirmed) return Verdict::kSuspect;
  const uint32_t lost = lost_;
  reset();
  started_ = true;
  next_ = static_cast<uint16_t>(sequence + 1);
  lost_ = lost + 1;  // the suspect itself, and who knows what else
  return Verdict::kRestart;
}

uint16_t ReorderBuffer::first_held() const {
  uint16_t sequence = next_;
  while (!slots_[sequence % kUdpWindow].used) ++sequence;
  return sequence;
}

ReorderBuffer::Held ReorderBuffer::release(uint16_t sequence) {
  Slot& place = slot(sequence);
  place.used = false;
  --held_;
  accept(sequence, static_cast<uint16_t>(sequence - next_));
  return {place.packet, place.arrival};
}

std::optional<ReorderBuffer::Held> ReorderBuffer::pop(MonoTime now) {
  if (held_ == 0) return std::nullopt;
  const uint16_t first = first_held();
  if (first != next_ && now - slot(first).arrival.mono < kMaxWait) return std::nullopt;
  return release(first);
}

std::optional<ReorderBuffer::Held> ReorderBuffer::pop_any() {
  if (held_ == 0) return std::nullopt;
  return release(first_held());
}

uint32_t ReorderBuffer::take_lost() { return std::exchange(lost_, 0); }

void ReorderBuffer::reset() {
  started_ = false;
  suspect_next_.reset();
  lost_ = 0;
  held_ = 0;
  for (Slot& place : slots_) place.used = false;
}

}  // namespace vedette::rtp
