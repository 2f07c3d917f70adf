// SPDX-License-Identifier: Apache-2.0
#include "rtp/decode_order.h"

#include <algorithm>

namespace vedette::rtp {

void DecodeOrder::expect(uint8_t depth, int64_t frame_ticks) {
  depth_ = std::max(depth_, std::min(depth, kMaxDepth));
  frame_ticks_ = std::max<int64_t>(frame_ticks, 1);
}

// A heap would do; with at most 17 entries, nearly always in order, insertion is faster.
void DecodeOrder::insert(int64_t pts) {
  size_t at = count_++;
  for (; at > 0 && waiting_[at - 1] > pts; --at) waiting_[at] = waiting_[at - 1];
  waiting_[at] = pts;
}

int64_t DecodeOrder::take_smallest() {
  const int64_t smallest = waiting_[0];
  std::move(waiting_.begin() + 1, waiting_.begin() + count_, waiting_.begin());
  --count_;
  return smallest;
}

DecodeOrder::Times DecodeOrder::assign(int64_t pts) {
  insert(pts);
  // The first `depth` pictures have no earlier pts to take: theirs lie before the first one.
  const bool filling = count_ <= depth_;
  const int64_t smallest = filling ? waiting_[0] : take_smallest();
  int64_t dts = filling ? smallest - (depth_ + 1 - count_) * frame_ticks_ : smallest;
  if (started_) dts = std::max(dts, last_dts_ + 1);
  started_ = true;
  last_dts_ = dts;
  if (pts < dts && depth_ < kMaxDepth) {
    ++depth_;
    if (!filling) insert(smallest);
  }
  return {std::max(pts, dts), dts};
}

}  // namespace vedette::rtp
