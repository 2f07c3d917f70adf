// SPDX-License-Identifier: Apache-2.0
#include "record/open_gap.h"

#include <algorithm>

namespace vedette::record {
namespace {

constexpr std::string_view kStarting = "starting";
constexpr store::Why kStalled{"disk_stalled", "Pictures arrive, but the disk does not take them."};

}  // namespace

void OpenGap::take_over(std::optional<store::Gap> left) {
  gap_ = std::move(left);
  if (gap_ && gap_->cause == "stopped") gap_->cause = kStarting;
}

bool OpenGap::ends_for(std::string_view cause) const {
  return gap_ && gap_->cause != cause && gap_->cause != kStarting;
}

void OpenGap::open(const store::Why& why, WallTime start, WallTime now) {
  if (is(why.cause) && gap_->detail == why.detail) return;
  if (ends_for(why.cause)) {
    start = std::max(gap_->start, now);
    close(start);
  }
  if (!gap_) gap_ = begun(why, start, now);
  gap_->cause = why.cause;
  gap_->detail = why.detail;
  put_(*gap_);
}

void OpenGap::close(WallTime end) {
  gap_->end = std::max(gap_->start, end);
  put_(*gap_);
  gap_.reset();
}

void OpenGap::begin_at(WallTime start) {
  gap_->start = start;
  put_(*gap_);
}

std::string OpenGap::raise_alarm(WallTime since, WallTime now) {
  alarm_ = true;
  std::optional<store::Gap>& noted = gap_ ? gap_ : stall_;
  if (!gap_) stall_ = begun(kStalled, since, now);
  noted->alarm = now;
  put_(*noted);
  return noted->detail;
}

void OpenGap::clear_alarm() {
  alarm_ = false;
  if (!stall_) return;
  stall_->end = stall_->start;
  put_(*stall_);
  stall_.reset();
}

store::Gap OpenGap::begun(const store::Why& why, WallTime start, WallTime now) const {
  store::Gap gap = store::gap_over({start, start, kind_}, camera_, why, now);
  gap.end.reset();
  if (alarm_) gap.alarm = now;
  return gap;
}

}  // namespace vedette::record
