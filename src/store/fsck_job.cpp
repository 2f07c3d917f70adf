// SPDX-License-Identifier: Apache-2.0
#include "store/fsck_job.h"

#include "base/contain.h"

namespace vedette::store {

Result<void> FsckJob::start(const FsckOptions& options) {
  MutexLock thread_lock(thread_mutex_);
  {
    MutexLock lock(mutex_);
    if (status_.running)
      return make_error(ErrorCode::kFailedPrecondition,
                        "fsck runs already; wait for it or cancel it");
    status_ = {};
    status_.running = true;
    status_.options = options;
    status_.started = clock_.wall();
  }
  thread_ = std::jthread([this, options](const std::stop_token& stop) { run(stop, options); });
  return ok();
}

void FsckJob::run(const std::stop_token& stop, const FsckOptions& options) {
  FsckWatch watch;
  watch.stop = stop;
  watch.progress = [this](const FsckProgress& progress) {
    MutexLock lock(mutex_);
    status_.progress = progress;
  };
  FsckReport report;
  const bool ended = contain("fsck", [&] { report = work_(options, watch); });
  if (!ended) report.error = "it failed inside; the log of the server says how";
  MutexLock lock(mutex_);
  status_.report = std::move(report);
  status_.running = false;
}

void FsckJob::cancel() {
  MutexLock lock(thread_mutex_);
  thread_.request_stop();
}

FsckStatus FsckJob::status() const {
  MutexLock lock(mutex_);
  return status_;
}

}  // namespace vedette::store
