// SPDX-License-Identifier: Apache-2.0
#include "sim/feed.h"

#include <algorithm>

namespace vedette::sim {

void Feed::seek_key_frame(MonoTime now) {
  const auto media_us = std::max<int64_t>(
      0, static_cast<int64_t>(static_cast<double>((now - epoch_).count()) * rate_));
  loop_ = media_us / stream_->loop_us;
  const auto& frames = stream_->frames;
  const auto first = std::lower_bound(
      frames.begin(), frames.end(), media_us % stream_->loop_us,
      [](const ServedFrame& frame, int64_t due_us) { return frame.due_us < due_us; });
  const auto key = std::find_if(first, frames.end(),
                                [](const ServedFrame& frame) { return frame.random_access; });
  at_ = static_cast<size_t>(key - frames.begin());
  if (key != frames.end()) return;
  at_ = 0;  // the first frame of a stream is a key frame
  ++loop_;
}

}  // namespace vedette::sim
