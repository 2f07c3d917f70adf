// SPDX-License-Identifier: Apache-2.0
#include "transcode/session.h"

#include <utility>

namespace vedette::transcode {
namespace {

constexpr Duration kMeasure = std::chrono::seconds(2);
/// After as many key frames in a row that could not be converted the stream is given up.
constexpr int kMostRebuilds = 5;

}  // namespace

Session::Session(std::shared_ptr<stream::Hub> source, const vision::TranscoderOptions& options,
                 WallTime now, std::function<void()> wake)
    : source_(std::move(source)),
      output_(std::make_shared<stream::Hub>(now)),
      options_(options),
      reader_(source_->subscribe(std::move(wake))) {
  const stream::HubState state = source_->state();
  if (state.video)
    cores_ = expected_cores(state.video->width, state.video->height, state.video->fps);
}

bool Session::work(const Clock& clock, Budget& budget, const std::function<Duration()>& cpu_time) {
  follow_breaks();
  const auto item = reader_->next();
  if (!item) return false;
  const Duration before = cpu_time();
  if (!media::is_video(item->au->track->codec)) {
    output_->publish(item->au);
  } else if (affordable(*item->au, budget)) {
    convert(*item);
    if (failed_ && !broken_)
      fail(make_error(ErrorCode::kUnsupported, "not converted"), clock.wall());
  } else {
    skipped_.fetch_add(1, std::memory_order_relaxed);
  }
  const Duration used = cpu_time() - before;
  budget.charge(used, clock.mono());
  measure(used, clock.mono());
  return true;
}

void Session::tick(MonoTime now) { output_->tick(now); }

/// A camera that went away has no more to convert; its viewers are told what its own would be.
void Session::follow_breaks() {
  const stream::HubState state = source_->state();
  if (state.live || !state.why || broken_) return;
  if (state.why->cause == stream::BreakCause::kStarting) return;
  output_->break_stream(*state.why);
  broken_ = true;
}

/// Beyond the budget the camera's key frames alone are converted, and beyond that nothing.
bool Session::affordable(const media::AccessUnit& au, const Budget& budget) {
  const bool allowed =
      au.random_access ? budget.allows_key_frames() : !needs_key_ && budget.allows_all();
  needs_key_ = !allowed;
  restart_ = restart_ || !allowed;
  return allowed;
}

void Session::convert(const stream::Reader::Item& item) {
  const media::AccessUnit& au = *item.au;
  const bool other = !from_ || (from_ != au.track && !(*from_ == *au.track));
  // One picture that could not be scaled or coded says nothing about those behind it.
  const bool again = failed_ && au.random_access && rebuilds_ < kMostRebuilds;
  if (other || again) {
    rebuilds_ = other ? 0 : rebuilds_ + 1;
    from_ = au.track;
    auto made = vision::Transcoder::create(au.track, options_);
    failed_ = !made;
    coder_ = made ? std::move(*made) : nullptr;
  } else if (coder_ && (item.discontinuity || restart_)) {
    coder_->restart();
  }
  restart_ = false;
  if (!coder_) return;
  std::vector<media::AccessUnitPtr> out;
  // Of the past only the last picture is worth coding.
  if (!coder_->transcode(au, !item.catch_up, out)) {
    failed_ = true;
    coder_.reset();
    return;
  }
  for (media::AccessUnitPtr& one : out) {
    output_->publish(std::move(one));
    pictures_.fetch_add(1, std::memory_order_relaxed);
    broken_ = false;
    rebuilds_ = 0;
  }
}

void Session::give_up() {
  failed_ = true;
  coder_.reset();
}

void Session::fail(const Error& error, WallTime now) {
  output_->break_stream({stream::BreakCause::kUnsupported, error.message(), now});
  broken_ = true;
}

void Session::measure(Duration used, MonoTime now) {
  used_ += used;
  if (!measured_) measured_ = now;
  const Duration elapsed = now - *measured_;
  if (elapsed < kMeasure) return;
  cores_ = static_cast<double>(used_.count()) / static_cast<double>(elapsed.count());
  used_ = Duration(0);
  measured_ = now;
}

}  // namespace vedette::transcode
