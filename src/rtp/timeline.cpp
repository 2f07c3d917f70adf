// SPDX-License-Identifier: Apache-2.0
#include "rtp/timeline.h"

#include <algorithm>
#include <cstdlib>

#include "base/assert.h"

namespace vedette::rtp {
namespace {

// The delay of encoder, camera buffer and network is not known; this is what most stay within.
constexpr int64_t kArrivalErrorUs = 250'000;
constexpr int64_t kReportErrorUs = 20'000;
constexpr int64_t kDriftPpm = 200;  // of a report's age; quartz is good to about 100

}  // namespace

Timeline::Timeline(uint32_t clock_rate, MonoTime session_start)
    : clock_rate_(clock_rate), session_start_(session_start) {
  VEDETTE_ASSERT(clock_rate > 0);
}

Timeline::Stamp Timeline::place(uint32_t timestamp, const Arrival& arrival, Reordering reordering) {
  const bool first = !started_;
  const int64_t pts =
      first ? first_pts(timestamp, arrival) : next_pts(timestamp, arrival, reordering);
  if (first) {
    started_ = true;
    restarted_ = false;
    newest_pts_ = pts;
    this_window_us_ = last_window_us_ = arrival.mono.us - us(pts);
    window_start_ = arrival.mono;
  }
  newest_pts_ = std::max(newest_pts_, pts);
  follow_arrival(pts, arrival);
  if (first) {
    epoch_.mapping = {timestamp, pts};
    if (pending_report_) use_report(pending_report_->report, pending_report_->arrival);
  }
  Stamp stamp;
  stamp.pts = pts;
  if (epoch_.anchor) {
    const Anchor& anchor = *epoch_.anchor;
    const int64_t age_us = std::abs((arrival.mono - anchor.received).count());
    stamp.utc = anchor.utc + Duration(us(pts - anchor.pts));
    stamp.utc_source = media::UtcSource::kRtcp;
    stamp.utc_error_us = static_cast<uint32_t>(std::min<int64_t>(
        kReportErrorUs + std::abs(anchor.disagreement_us) + age_us / 1'000'000 * kDriftPpm,
        UINT32_MAX));
  } else {
    stamp.utc = utc_by_arrival(pts, arrival);
    stamp.utc_error_us = kArrivalErrorUs;
  }
  return stamp;
}

int64_t Timeline::first_pts(uint32_t timestamp, const Arrival& arrival) const {
  const int64_t by_arrival = us_to_ticks((arrival.mono - session_start_).count(), clock_rate_);
  if (!rtp_info_) return by_arrival;
  const int64_t by_info = static_cast<int32_t>(timestamp - *rtp_info_);
  return std::abs(by_info - by_arrival) <= ticks(kMaxRtpInfoError) ? by_info : by_arrival;
}

// The pts that a picture arriving now over the fastest path would have.
int64_t Timeline::live_pts(const Arrival& arrival) const {
  return us_to_ticks(arrival.mono.us - earliest_us_, clock_rate_);
}

bool Timeline::is_jump(int64_t pts, const Arrival& arrival, Reordering reordering) const {
  const int64_t ahead = pts - std::max(live_pts(arrival), newest_pts_);
  if (ahead > ticks(kMaxLead)) return true;
  const Duration most = reordering == Reordering::kPossible ? kMaxReorder : kMaxUnevenness;
  return newest_pts_ - pts > ticks(most);
}

int64_t Timeline::next_pts(uint32_t timestamp, const Arrival& arrival, Reordering reordering) {
  int64_t pts = epoch_.mapping.to_pts(timestamp);
  if (restarted_ || is_jump(pts, arrival, reordering)) return jump(timestamp, arrival);
  epoch_.mapping = {timestamp, pts};
  // Where nothing can be reordered, a step back is the camera's unevenness: straighten it.
  if (reordering == Reordering::kImpossible && pts <= newest_pts_) pts = newest_pts_ + 1;
  return pts;
}

int64_t Timeline::jump(uint32_t timestamp, const Arrival& arrival) {
  ++jumps_;
  const int64_t live = std::max(live_pts(arrival), newest_pts_ + 1);
  const Epoch left = epoch_;
  // A single frame from elsewhere (Intelbras DVRs) returns to the clock it left: no drift then.
  const int64_t back = before_jump_ ? before_jump_->mapping.to_pts(timestamp) : 0;
  if (!restarted_ && before_jump_ && back > newest_pts_ && back - live < ticks(kMaxUnevenness) &&
      live - back < ticks(kMaxReorder)) {
    epoch_ = {{timestamp, back}, before_jump_->anchor};
  } else {
    epoch_ = {{timestamp, live}, std::nullopt};
  }
  before_jump_ = restarted_ ? std::nullopt : std::optional(left);
  restarted_ = false;
  return epoch_.mapping.pts;
}

// The smallest delay of the last one or two windows: the creep of the camera's clock, and one that
// stood still while the camera paused, are followed within two windows; a burst after a stall of
// the network is not mistaken for either. On the monotonic clock: steps of ours do not matter.
void Timeline::follow_arrival(int64_t pts, const Arrival& arrival) {
  const int64_t origin_us = arrival.mono.us - us(pts);
  if (arrival.mono - window_start_ >= kDelayWindow) {
    window_start_ = arrival.mono;
    last_window_us_ = this_window_us_;
    this_window_us_ = origin_us;
  }
  this_window_us_ = std::min(this_window_us_, origin_us);
  earliest_us_ = std::min(this_window_us_, last_window_us_);
}

WallTime Timeline::utc_by_arrival(int64_t pts, const Arrival& arrival) const {
  return arrival.wall + Duration(us(pts) + earliest_us_ - arrival.mono.us);
}

bool Timeline::on_sender_report(const SenderReport& report, const Arrival& arrival) {
  if (restarted_) return false;
  if (started_) return use_report(report, arrival);
  pending_report_ = PendingReport{report, arrival};
  return true;
}

bool Timeline::use_report(const SenderReport& report, const Arrival& arrival) {
  const auto utc = ntp_to_wall(report.ntp);
  if (!utc) return false;
  const int64_t pts = epoch_.mapping.to_pts(report.rtp_timestamp);
  const int64_t nearest = std::clamp(pts, newest_pts_, std::max(live_pts(arrival), newest_pts_));
  if (std::abs(pts - nearest) > ticks(kMaxReportAge)) return false;
  // Both for the moment the report speaks of, so that a report sent late loses nothing.
  const Duration disagreement = *utc - utc_by_arrival(pts, arrival);
  const bool believed = disagreement <= kMaxClockError && disagreement >= -kMaxClockError;
  camera_clock_ = CameraClock{disagreement, Duration(kArrivalErrorUs), believed};
  if (!believed) {
    epoch_.anchor.reset();  // contradicted: one of the camera's clocks was set or stood still
    return false;
  }
  epoch_.anchor = Anchor{pts, *utc, arrival.mono, disagreement.count()};
  return true;
}

}  // namespace vedette::rtp
