// SPDX-License-Identifier: Apache-2.0
// Mutex with clang's thread-safety annotations and a lock order checked in debug builds: a thread
// may only take locks in ascending order. Nothing calls out while a lock is held.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define VEDETTE_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define VEDETTE_THREAD_ATTRIBUTE(x)
#endif
#define VEDETTE_CAPABILITY(x) VEDETTE_THREAD_ATTRIBUTE(capability(x))
#define VEDETTE_SCOPED_CAPABILITY VEDETTE_THREAD_ATTRIBUTE(scoped_lockable)
#define VEDETTE_GUARDED_BY(x) VEDETTE_THREAD_ATTRIBUTE(guarded_by(x))
#define VEDETTE_REQUIRES(...) VEDETTE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define VEDETTE_ACQUIRE(...) VEDETTE_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define VEDETTE_RELEASE(...) VEDETTE_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define VEDETTE_EXCLUDES(...) VEDETTE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define VEDETTE_NO_ANALYSIS VEDETTE_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace vedette {

/// Ascending order in which locks may be taken by one thread. kLeaf locks are taken last and guard
/// nothing that takes another lock.
enum class LockOrder : int {
  kSite = 5,
  kArchive = 7,
  kDevices = 8,
  kService = 10,
  kStore = 20,
  kHub = 30,
  kQueue = 40,
  kLeaf = 90
};

class VEDETTE_CAPABILITY("mutex") Mutex {
 public:
  explicit Mutex(LockOrder order = LockOrder::kLeaf) : order_(order) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() VEDETTE_ACQUIRE();
  void unlock() VEDETTE_RELEASE();

 private:
  std::mutex mutex_;
  LockOrder order_;
};

class VEDETTE_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) VEDETTE_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() VEDETTE_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// A condition variable for Mutex. Every wait has a deadline, so that a stop is always noticed.
class CondVar {
 public:
  template <typename Rep, typename Period>
  bool wait_for(Mutex& mutex, std::chrono::duration<Rep, Period> timeout)
      VEDETTE_REQUIRES(mutex) VEDETTE_NO_ANALYSIS {
    return cond_.wait_for(mutex, timeout) == std::cv_status::no_timeout;
  }
  void notify_one() { cond_.notify_one(); }
  void notify_all() { cond_.notify_all(); }

 private:
  std::condition_variable_any cond_;
};

}  // namespace vedette
