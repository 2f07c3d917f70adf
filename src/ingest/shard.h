// SPDX-License-Identifier: Apache-2.0
// A thread that ticks the sessions of its cameras, each as often as it asks for, all with one read
// buffer. Thread-safe from outside; sessions are touched on its own thread, or in tick() when it
// has none. Internal.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "ingest/camera_session.h"

namespace vedette::ingest {

class Shard {
 public:
  static constexpr Duration kIdleTick = std::chrono::seconds(1);  ///< without a stream
  static constexpr size_t kScratch = size_t{1} << 20;

  explicit Shard(bool threaded);
  ~Shard();

  /// All return once the shard's thread has done it.
  void add(std::shared_ptr<CameraSession> session);
  void remove(const std::string& camera, std::optional<stream::StreamKind> kind);
  void try_again(const std::string& camera);
  [[nodiscard]] std::vector<StreamStatus> status() const;
  [[nodiscard]] size_t size() const;
  /// Every session, whether it is due or not.
  void tick();
  /// Those that are due at `now`; returns when the next one is.
  MonoTime tick_due(MonoTime now);

 private:
  struct Member {
    std::shared_ptr<CameraSession> session;
    MonoTime due;  ///< the epoch: at once
  };

  void run();
  void tick(Member& member);
  /// Runs `work` on the shard's thread between two ticks, or at once without a thread.
  void perform(const std::function<void()>& work);
  void remove_now(const std::string& camera, std::optional<stream::StreamKind> kind);
  void list();

  std::vector<uint8_t> scratch_;
  std::vector<Member> members_;  ///< shard's thread only

  mutable Mutex mutex_{LockOrder::kQueue};
  CondVar changed_;
  std::vector<std::shared_ptr<CameraSession>> listed_ VEDETTE_GUARDED_BY(mutex_);
  const std::function<void()>* work_ VEDETTE_GUARDED_BY(mutex_) = nullptr;
  bool stop_ VEDETTE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace vedette::ingest
