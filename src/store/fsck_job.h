// SPDX-License-Identifier: Apache-2.0
// A check or rebuild of the archive as something to start, watch and cancel. Thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "store/fsck.h"

namespace vedette::store {

struct FsckStatus {
  bool running = false;
  FsckOptions options;  ///< of the one that runs, or ran last
  WallTime started;     ///< 0: none since start
  FsckProgress progress;
  std::optional<FsckReport> report;  ///< of the last one, once it ended
};

class FsckService {
 public:
  virtual ~FsckService() = default;
  /// kFailedPrecondition while one runs.
  [[nodiscard]] virtual Result<void> start(const FsckOptions& options) = 0;
  virtual void cancel() = 0;  ///< it ends soon; nothing happens when none runs
  [[nodiscard]] virtual FsckStatus status() const = 0;
};

class FsckJob final : public FsckService {
 public:
  using Work = std::function<FsckReport(const FsckOptions&, const FsckWatch&)>;
  /// `work` runs on a thread of the job. `clock` must outlive it.
  FsckJob(const Clock& clock, Work work) : clock_(clock), work_(std::move(work)) {}
  ~FsckJob() override { cancel(); }

  Result<void> start(const FsckOptions& options) override;
  void cancel() override;
  FsckStatus status() const override;

 private:
  void run(const std::stop_token& stop, const FsckOptions& options);

  const Clock& clock_;
  const Work work_;
  mutable Mutex mutex_{LockOrder::kLeaf};
  FsckStatus status_ VEDETTE_GUARDED_BY(mutex_);
  Mutex thread_mutex_{LockOrder::kService};
  std::jthread thread_ VEDETTE_GUARDED_BY(thread_mutex_);
};

}  // namespace vedette::store
