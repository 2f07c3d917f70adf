// SPDX-License-Identifier: Apache-2.0
#include "ingest/loss_meter.h"

namespace vedette::ingest {

void LossMeter::count(MonoTime now, uint64_t received, uint64_t lost) {
  newest_ = {now, received, lost};
  if (readings_.empty() || now - readings_.back().at >= kStep) readings_.push_back(newest_);
  while (readings_.size() > 1 && now - readings_.front().at > kWindow) readings_.pop_front();
}

std::optional<double> LossMeter::share() const {
  if (readings_.empty()) return std::nullopt;
  const uint64_t lost = newest_.lost - readings_.front().lost;
  const uint64_t sent = newest_.received - readings_.front().received + lost;
  if (sent == 0) return std::nullopt;
  return static_cast<double>(lost) / static_cast<double>(sent);
}

}  // namespace vedette::ingest
