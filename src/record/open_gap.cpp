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
  if (told_ && is(why.cause) && gap_->detail == why.detail) return;
  if (ends_for(why.cause)) {
    start = std::max(gap_->start, now);
    close(start);
  }
  if (!gap_) gap_ = begun(why, start, now);
  told_ = false;
  gap_->cause = why.cause;
  gap_->detail = why.detail;
  tell();
}

void OpenGap::tell() {
  told_ = false;
  ends_.reset();
  put_(*gap_);
  told_ = true;
}

void OpenGap::settle() {
  if (gap_ && ends_)
    close(*ends_);
  else if (gap_ && !told_)
    tell();
}

void OpenGap::close(WallTime end) {
  ends_ = end;
  store::Gap ended = *gap_;
  ended.end = std::max(ended.start, end);
  put_(ended);
  gap_.reset();
  ends_.reset();
}

void OpenGap::begin_at(WallTime start) {
  gap_->start = start;
  tell();
}

std::string OpenGap::raise_alarm(WallTime since, WallTime now) {
  std::optional<store::Gap>& noted = gap_ ? gap_ : stall_;
  if (!noted) stall_ = begun(kStalled, since, now);
  noted->alarm = now;
  put_(*noted);
  std::string detail = noted->detail;
  alarm_ = true;
  return detail;
}

void OpenGap::clear_alarm() {
  if (stall_) {
    stall_->end = stall_->start;
    put_(*stall_);
    stall_.reset();
  }
  alarm_ = false;
}

store::Gap OpenGap::begun(const store::Why& why, WallTime start, WallTime now) const {
  store::Gap gap = store::gap_over({start, start, kind_}, camera_, why, now);
  gap.end.reset();
  if (alarm_) gap.alarm = now;
  return gap;
}

}  // namespace vedette::record
