// SPDX-License-Identifier: Apache-2.0
#include "ingest/backoff.h"

#include <algorithm>

namespace vedette::ingest {

Duration Backoff::next(Duration cap) {
  random_ ^= random_ << 13;  // xorshift64: spread is all that matters
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const Duration nominal = std::min(nominal_, cap);
  nominal_ = std::min(nominal_ * 2, kMost);
  const auto percent = static_cast<int64_t>(80 + random_ % 41);
  return std::min(nominal * percent / 100, cap);
}

}  // namespace vedette::ingest
