// SPDX-License-Identifier: Apache-2.0
#include "store/run_impl.h"

#include <algorithm>
#include <utility>

#include "base/contain.h"
#include "store/volume_writer.h"

namespace vedette::store {

// All that was handed over has been written, or has failed: nothing holds this any more.
RunImpl::~RunImpl() {
  active_->remove(id_);
  (void)contain(spec_.camera, [&] { account_for_what_is_missing(); });
}

Result<void> RunImpl::submit(FragmentInput fragment) {
  if (failed_) return make_error(ErrorCode::kUnavailable, failure()->detail);
  auto queued = volume_.push(shared_from_this(), std::move(fragment));
  if (!queued) {
    const bool stopping = queued.error().code == ErrorCode::kCancelled;
    fail(stopping ? "stopped" : "overload", queued.error().what);
    end();
  }
  return queued;
}

void RunImpl::end() {
  if (ended_) return;
  volume_.push_end(shared_from_this());  // once more does no harm; not at all would
  ended_ = true;
}

bool RunImpl::should_move() const {
  return volume_.removed() || (!begun_full_ && (volume_.full() || volume_.hung_beside_another()));
}

std::optional<RunWriter::Failure> RunImpl::failure() const {
  if (!failed_) return std::nullopt;
  MutexLock lock(mutex_);
  if (failure_) return failure_;
  return Failure{"write_failed", "writing failed inside; the log of the server says how"};
}

void RunImpl::leave(WallTime start, WallTime end) {
  MutexLock lock(mutex_);
  left_ = Stretch{start, end};
}

void RunImpl::account_for_what_is_missing() {
  Gap gap;
  {
    MutexLock lock(mutex_);
    if (!left_ || !failed_) return;
    gap.start = std::max(left_->start, WallTime{committed_end_us_});
    gap.end = left_->end;
  }
  if (gap.start >= *gap.end) return;
  Failure why = *failure();
  gap.cause = std::move(why.cause);
  gap.detail = std::move(why.detail);
  gap.id = new_gap_id();
  gap.camera = spec_.camera;
  gap.kind = spec_.kind;
  volume_.put_gap(std::move(gap));
}

void RunImpl::fail(std::string cause, std::string detail) {
  MutexLock lock(mutex_);
  if (!failure_) failure_ = Failure{std::move(cause), std::move(detail)};
  failed_ = true;
}

}  // namespace vedette::store
