// SPDX-License-Identifier: Apache-2.0
// The two sides of a run: the handle that a recorder holds (thread-safe), and what only the
// volume's I/O thread touches. Internal to store.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "evidence/chain.h"
#include "store/active_runs.h"
#include "store/archive.h"
#include "store/recording_file.h"

namespace vedette::store {

class VolumeWriter;

class RunImpl final : public RunWriter, public std::enable_shared_from_this<RunImpl> {
 public:
  /// How a run begins.
  struct Begin {
    std::string id;
    bool full = false;  ///< no other volume was better, so that there is nowhere to move to
    std::shared_ptr<ActiveRuns> active;
  };
  RunImpl(VolumeWriter& volume, RunSpec spec, Begin begin)
      : chain(begin.id),
        spec_(std::move(spec)),
        id_(std::move(begin.id)),
        begun_full_(begin.full),
        volume_(volume),
        active_(std::move(begin.active)) {
    active_->add(id_);
  }
  ~RunImpl() override;
  RunImpl(const RunImpl&) = delete;
  RunImpl& operator=(const RunImpl&) = delete;

  const std::string& id() const override { return id_; }
  Result<void> submit(FragmentInput fragment) override;
  void end() override;
  int64_t committed_end_us() const override { return committed_end_us_; }
  uint64_t committed_bytes() const override { return committed_bytes_; }
  std::optional<Failure> failure() const override;
  bool should_move() const override;
  void leave(WallTime start, WallTime end) override;

  [[nodiscard]] const RunSpec& spec() const { return spec_; }
  /// The first failure stays.
  void fail(std::string cause, std::string detail);
  /// The same where there may be no memory to say why.
  void fail_inside() noexcept { failed_ = true; }
  void committed(const FragmentEntry& entry, int64_t end_us) {
    committed_end_us_ = end_us;
    committed_bytes_ += entry.size;
  }

  // The I/O thread's.
  evidence::Chain chain;
  std::shared_ptr<RecordingFile> file;
  uint32_t next_file = 0;
  Duration file_target{0};
  bool closing = false;  ///< its file was about to be finished once
  bool over = false;     ///< ended or failed: what still arrives is dropped

 private:
  struct Stretch {
    WallTime start;
    WallTime end;
  };
  void account_for_what_is_missing();

  const RunSpec spec_;
  const std::string id_;
  const bool begun_full_;
  VolumeWriter& volume_;
  const std::shared_ptr<ActiveRuns> active_;
  std::atomic<int64_t> committed_end_us_{0};
  std::atomic<uint64_t> committed_bytes_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> ended_{false};
  mutable Mutex mutex_{LockOrder::kLeaf};
  std::optional<Failure> failure_ VEDETTE_GUARDED_BY(mutex_);
  std::optional<Stretch> left_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::store
