// SPDX-License-Identifier: Apache-2.0
// A bounded queue between two threads by role. When it is full, push() refuses and the caller
// applies the policy its own header states (drop to the next key frame, fail, reject). Thread-safe.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "base/time.h"

namespace vedette {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

  /// False, and `item` is untouched, when the queue is full or closed.
  [[nodiscard]] bool push(T&& item) VEDETTE_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    changed_.notify_one();
    return true;
  }

  /// The oldest item; nullopt after `timeout` without one, or once closed and empty.
  [[nodiscard]] std::optional<T> pop(Duration timeout) VEDETTE_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (items_.empty() && !closed_) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left.count() <= 0) return std::nullopt;
      changed_.wait_for(mutex_, left);
    }
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }

  /// No push succeeds afterwards; pop() still drains what is queued.
  void close() VEDETTE_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }
  [[nodiscard]] bool closed() const VEDETTE_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return closed_;
  }
  [[nodiscard]] size_t size() const VEDETTE_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return items_.size();
  }

 private:
  const size_t capacity_;
  mutable Mutex mutex_{LockOrder::kQueue};
  CondVar changed_;
  std::deque<T> items_ VEDETTE_GUARDED_BY(mutex_);
  bool closed_ VEDETTE_GUARDED_BY(mutex_) = false;
};

}  // namespace vedette
