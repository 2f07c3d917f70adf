// SPDX-License-Identifier: Apache-2.0
#include "ingest/rate_meter.h"

namespace vedette::ingest {

bool RateMeter::tick(MonoTime now) {
  if (now - began_ < std::chrono::seconds(1)) return false;
  current_.length = now - began_;
  slots_[next_] = current_;
  next_ = (next_ + 1) % kSlots;
  current_ = {};
  began_ = now;
  return true;
}

void RateMeter::reset(MonoTime now) {
  *this = {};
  began_ = now;
}

double RateMeter::per_second(uint64_t Slot::*member) const {
  double sum = 0;
  double seconds = 0;
  for (const Slot& slot : slots_) {
    sum += static_cast<double>(slot.*member);
    seconds += static_cast<double>(slot.length.count()) / 1e6;
  }
  return seconds > 0 ? sum / seconds : 0;
}

double RateMeter::bits_per_second() const { return 8 * per_second(&Slot::bytes); }
double RateMeter::frames_per_second() const { return per_second(&Slot::frames); }

}  // namespace vedette::ingest
