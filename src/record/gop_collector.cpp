// SPDX-License-Identifier: Apache-2.0
#include "record/gop_collector.h"

#include <algorithm>

#include "mp4/limits.h"

namespace vedette::record {
namespace {

constexpr size_t kMaxWaitingAudio = 512;  // 10 s of Opus or AAC
static_assert(CutLimits{}.max_pictures + kMaxWaitingAudio <= mp4::kMaxSamplesPerFragment,
              "what is recorded can be read");
constexpr Duration kLeap = std::chrono::seconds(2);
constexpr int64_t kLeapIntervals = 4;  // a camera may send one picture in 5 s
constexpr double kUsualFps = 15;
// Time-lapse, and cameras that save pictures at rest: from the second GOP on that is no leap.
constexpr Duration kSlowest = std::chrono::seconds(8);
constexpr int64_t kSlowLeaps = 2;
constexpr Duration kUneven = std::chrono::seconds(1);

int64_t dts_us(const media::AccessUnit& au) { return ticks_to_us(au.dts, au.track->timescale); }

}  // namespace

bool GopCollector::complete_before(const media::AccessUnit& next) const {
  if (video_.empty()) return false;
  const media::AccessUnit& first = *video_.front();
  if (video_.size() >= limits_.max_pictures ||
      video_bytes_ + next.data.size() > limits_.max_bytes ||
      next.arrival - first.arrival >= limits_.max_wait)
    return true;
  // What is left of a GOP that was cut ends with it, however short: a random access unit in the
  // middle of such a piece could not be found, and the GOP it begins would need the one before.
  if (next.random_access && !first.random_access) return true;
  const int64_t length = ticks_to_us(next.dts - first.dts, first.track->timescale);
  return length >= (next.random_access ? limits_.min_length : limits_.max_length).count();
}

bool GopCollector::leaps(const media::AccessUnit& next) const {
  if (!last_dts_) return false;
  const int64_t step = next.dts - *last_dts_;
  const int64_t leap = us_to_ticks(kLeap.count(), next.track->timescale);
  return step <= 0 || step > std::max({leap, kLeapIntervals * interval_, kSlowLeaps * leapt_});
}

bool GopCollector::paused_before(const media::AccessUnit& next) const {
  if (!last_dts_ || next.dts <= *last_dts_) return false;
  const Duration waited = next.arrival - last_arrival_;
  const Duration step(ticks_to_us(next.dts - *last_dts_, next.track->timescale));
  return waited > step - kUneven && waited < step + kUneven;
}

void GopCollector::reset_at_leap(const media::AccessUnit& next) {
  const int64_t step = last_dts_ ? next.dts - *last_dts_ : 0;
  reset();
  leapt_ = step <= us_to_ticks(kSlowest.count(), next.track->timescale) ? step : 0;
}

void GopCollector::add_video(const media::AccessUnitPtr& au) {
  video_.push_back(au);  // first, for it may throw
  if (video_.size() > 1) interval_ = au->dts - *last_dts_;
  if (last_dts_ && au->dts - *last_dts_ <= us_to_ticks(kLeap.count(), au->track->timescale))
    leapt_ = 0;
  last_dts_ = au->dts;
  last_arrival_ = au->arrival;
  video_bytes_ += au->data.size();
}

void GopCollector::add_audio(const media::AccessUnitPtr& au) {
  if (last_audio_dts_ && au->dts <= *last_audio_dts_) return;
  audio_.push_back(au);
  if (last_audio_dts_) audio_interval_ = au->dts - *last_audio_dts_;
  last_audio_dts_ = au->dts;
  audio_track_ = au->track;
  if (audio_.size() > kMaxWaitingAudio) audio_.pop_front();
}

int64_t GopCollector::usual_interval(const media::AccessUnit& au) const {
  if (interval_ > 0) return interval_;
  const double fps = au.track->fps > 0 ? au.track->fps : kUsualFps;
  return std::max<int64_t>(1, static_cast<int64_t>(au.track->timescale / fps));
}

store::FragmentInput GopCollector::take(const media::AccessUnit* next) {
  store::FragmentInput fragment;
  const media::AccessUnit& last = *video_.back();
  const int64_t estimate = last.dts + usual_interval(last);
  fragment.video_end = next == nullptr ? estimate : next->dts;
  const int64_t start_us = dts_us(*video_.front());
  const int64_t end_us = ticks_to_us(fragment.video_end, last.track->timescale);
  take_audio(start_us, end_us, fragment);
  fragment.video.reserve(video_.size());
  fragment.video.swap(video_);
  video_bytes_ = 0;
  return fragment;
}

// Sound that arrives after the picture it belongs to goes into the next fragment: its own decode
// times keep it in place.
void GopCollector::take_audio(int64_t start_us, int64_t end_us, store::FragmentInput& out) {
  constexpr int64_t kLateUs = 2'000'000;
  while (!audio_.empty() && dts_us(*audio_.front()) < end_us) {
    if (dts_us(*audio_.front()) >= start_us - kLateUs && audio_.front()->track == audio_track_)
      out.audio.push_back(std::move(audio_.front()));
    audio_.pop_front();
  }
  if (out.audio.empty()) return;
  const media::AccessUnit& last = *out.audio.back();
  const int64_t step = audio_interval_ > 0 ? audio_interval_ : last.track->timescale / 50;
  out.audio_end = audio_.empty() ? last.dts + step : audio_.front()->dts;
}

void GopCollector::reset() {
  drop_video();
  audio_.clear();
  audio_track_.reset();
  last_dts_.reset();
  last_audio_dts_.reset();
  interval_ = 0;
  leapt_ = 0;
  audio_interval_ = 0;
}

void GopCollector::drop_video() {
  video_.clear();
  video_bytes_ = 0;
}

}  // namespace vedette::record
