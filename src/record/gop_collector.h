// SPDX-License-Identifier: Apache-2.0
// Collects access units of one session into fragments: one per GOP, cut at 2 s or 4 MiB where GOPs
// are longer, audio up to the end of the video. Knows nothing of runs, gaps or the archive. Copies
// no media. Confined to the stream's shard thread.
//
// Bytes, pictures and the time since the first of them arrived bound a fragment whatever the
// camera's clock says: with a clock that stands still a GOP would never be long enough to end.
#pragma once

#include <deque>
#include <optional>

#include "store/archive.h"

namespace vedette::record {

struct CutLimits {
  Duration max_length{std::chrono::seconds(2)};
  size_t max_bytes = size_t{4} << 20;
  Duration min_length{std::chrono::milliseconds(250)};  ///< all-intra streams: several per fragment
  /// Since the first picture was read from the socket. Longer than max_length, so that pictures
  /// which come in bursts do not cut GOPs that their own clock would leave whole.
  Duration max_wait{std::chrono::seconds(4)};
  size_t max_pictures = 4096;  ///< with the sound far below mp4::kMaxSamplesPerFragment
};

class GopCollector {
 public:
  explicit GopCollector(CutLimits limits) : limits_(limits) {}

  /// Whether the fragment so far is complete when `next` follows it.
  [[nodiscard]] bool complete_before(const media::AccessUnit& next) const;
  /// Whether `next` cannot stand in one run with what was added last: its decode time does not
  /// rise, or leaps by more than pictures of this stream ever did.
  [[nodiscard]] bool leaps(const media::AccessUnit& next) const;
  /// Whether a picture that leaps comes as late as its time says: there were none in between.
  [[nodiscard]] bool paused_before(const media::AccessUnit& next) const;
  /// reset() at a picture that leaps. One that leaps again as far comes from a camera that is slow.
  void reset_at_leap(const media::AccessUnit& next);
  /// REQUIRES: !leaps(*au).
  void add_video(const media::AccessUnitPtr& au);
  /// Audio out of order is left out; audio without video is kept for some seconds only.
  void add_audio(const media::AccessUnitPtr& au);

  /// What was collected, ending at the decode time of `next`, or by estimate when null. REQUIRES:
  /// has_video().
  [[nodiscard]] store::FragmentInput take(const media::AccessUnit* next);
  /// Forgets everything: the clocks of the next session start anew.
  void reset();
  /// Forgets the pictures, keeps the sound.
  void drop_video();

  [[nodiscard]] bool has_video() const { return !video_.empty(); }
  [[nodiscard]] const std::vector<media::AccessUnitPtr>& video() const { return video_; }
  /// The newest sound's track; null before the first.
  [[nodiscard]] const media::TrackInfoPtr& audio_track() const { return audio_track_; }

 private:
  [[nodiscard]] int64_t usual_interval(const media::AccessUnit& au) const;
  void take_audio(int64_t start_us, int64_t end_us, store::FragmentInput& out);

  const CutLimits limits_;
  std::vector<media::AccessUnitPtr> video_;
  size_t video_bytes_ = 0;
  std::deque<media::AccessUnitPtr> audio_;
  media::TrackInfoPtr audio_track_;
  std::optional<int64_t> last_dts_;  // of video, of this session
  MonoTime last_arrival_;            // of the same
  std::optional<int64_t> last_audio_dts_;
  int64_t interval_ = 0;  // ticks between the newest two pictures
  int64_t leapt_ = 0;     // ticks, of the last leap; 0 once pictures come as they usually do
  int64_t audio_interval_ = 0;
};

}  // namespace vedette::record
