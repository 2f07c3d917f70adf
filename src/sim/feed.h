// SPDX-License-Identifier: Apache-2.0
// Where one client is in a served stream, and when its next frame is due. Pure.
#pragma once

#include "base/time.h"
#include "sim/served_stream.h"

namespace vedette::sim {

class Feed {
 public:
  /// `epoch`: when the first loop begins. `drift_ppm`: by how much the camera's clock is fast.
  Feed(ServedStreamPtr stream, MonoTime epoch, double drift_ppm)
      : stream_(std::move(stream)), epoch_(epoch), rate_(1 + drift_ppm * 1e-6) {}

  [[nodiscard]] const ServedStream& stream() const { return *stream_; }
  [[nodiscard]] const ServedFrame& frame() const { return stream_->frames[at_]; }
  [[nodiscard]] MonoTime due() const {
    const auto media_us = static_cast<double>(loop_ * stream_->loop_us + frame().due_us);
    return epoch_ + Duration(static_cast<int64_t>(media_us / rate_));
  }
  /// The timestamp of the frame on `track`'s clock, counted from the epoch.
  [[nodiscard]] int64_t ticks() const {
    return loop_ * stream_->loop_ticks(stream_->tracks[frame().track]) + frame().rtp_ticks;
  }
  /// The timestamp that a picture taken at `now` would bear. Pictures are taken before they are
  /// sent, by as much as they were reordered.
  [[nodiscard]] int64_t ticks_at(MonoTime now, const ServedTrack& track) const {
    const auto media_us = static_cast<double>((now - epoch_).count()) * rate_;
    return us_to_ticks(static_cast<int64_t>(media_us), track.clock_rate) + track.reorder_ticks;
  }

  void advance() {
    if (++at_ < stream_->frames.size()) return;
    at_ = 0;
    ++loop_;
  }
  /// To the first key frame that is due at `now` or later.
  void seek_key_frame(MonoTime now);
  [[nodiscard]] int64_t loops() const { return loop_; }

 private:
  ServedStreamPtr stream_;
  MonoTime epoch_;
  double rate_;
  int64_t loop_ = 0;
  size_t at_ = 0;
};

}  // namespace vedette::sim
