// SPDX-License-Identifier: Apache-2.0
// A thread that ticks the sessions of its cameras, all with one read buffer. Thread-safe from
// outside; sessions are touched on its own thread, or in tick() when it has none. Internal.
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
  void tick();

 private:
  void run();
  /// Runs `work` on the shard's thread between two ticks, or at once without a thread.
  void perform(const std::function<void()>& work);
  void remove_now(const std::string& camera, std::optional<stream::StreamKind> kind);

  std::vector<uint8_t> scratch_;
  std::vector<std::shared_ptr<CameraSession>> sessions_;  ///< shard's thread only

  mutable Mutex mutex_{LockOrder::kQueue};
  CondVar changed_;
  std::vector<std::shared_ptr<CameraSession>> listed_ VEDETTE_GUARDED_BY(mutex_);
  const std::function<void()>* work_ VEDETTE_GUARDED_BY(mutex_) = nullptr;
  bool stop_ VEDETTE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace vedette::ingest
