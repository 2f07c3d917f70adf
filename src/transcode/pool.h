// SPDX-License-Identifier: Apache-2.0
// Streams and recordings converted to H.264 for pages that cannot decode what the camera sends:
// only while somebody watches, live once for all who do, on one thread of their own and within one
// budget of processor time. Recording never comes here. Thread-safe.
//
// Nothing is queued: each session reads its camera's hub at its own pace and is moved to the newest
// random access unit when it falls behind, like any slow viewer. Beyond the budget pictures are
// left out, key frames last; a stream that would not fit at all is refused.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "stream/hub.h"
#include "transcode/recordings.h"

namespace vedette::transcode {

class Session;

struct Options {
  double budget_cores = 0.5;  ///< of one core; 0: nothing is converted
  int max_width = 1280;
  bool threaded = true;                ///< false: tests call run_once()
  std::function<Duration()> cpu_time;  ///< of the pool's thread; none: the real one
};

struct StreamUse {
  std::string camera;
  stream::StreamKind kind = stream::StreamKind::kMain;
  double cores = 0;
  uint64_t pictures = 0;
  uint64_t skipped = 0;  ///< left out because the budget was used up
};

struct Usage {
  double budget_cores = 0;
  std::vector<StreamUse> streams;
  RecordingUse recordings;
  uint64_t refused = 0;  ///< since the start
};

/// Keeps a conversion going. Give it back by letting go of it, on any thread.
class Lease {
 public:
  explicit Lease(std::shared_ptr<Session> session);
  ~Lease();
  [[nodiscard]] const std::shared_ptr<stream::Hub>& hub() const;

 private:
  std::shared_ptr<Session> session_;
};

class Pool {
 public:
  /// `clock` outlives it, and so do the hubs that it is given.
  Pool(const Clock& clock, Options options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// The converted stream of `source`, begun if nobody watches it yet. resource_exhausted, in words
  /// for a person, when the budget has no room for it.
  /// One who asks again for what was refused is not counted again.
  enum class Ask : uint8_t { kFirst, kAgain };
  [[nodiscard]] Result<std::shared_ptr<Lease>> acquire(const std::string& camera,
                                                       stream::StreamKind kind,
                                                       const std::shared_ptr<stream::Hub>& source,
                                                       Ask ask = Ask::kFirst);
  /// A recording, for one who reads it. resource_exhausted, in words for a person, when live
  /// pictures take the whole budget, or when so much is waiting that this would not come soon.
  [[nodiscard]] Result<std::unique_ptr<Conversion>> convert(RecordingRequest request);
  [[nodiscard]] Usage usage() const;

  /// Converts what is waiting, as far as the budget goes. REQUIRES: not threaded.
  void run_once();

 private:
  using Key = std::pair<std::string, stream::StreamKind>;
  struct Wake;

  void run();
  [[nodiscard]] Recordings::Round work(const std::vector<std::shared_ptr<Session>>& sessions);
  [[nodiscard]] std::vector<std::shared_ptr<Session>> watched();

  const Clock& clock_;
  const Options options_;
  const std::shared_ptr<Wake> wake_;  ///< outlives the pool for hubs that call late

  struct Entry {
    std::weak_ptr<Lease> lease;
    std::weak_ptr<Session> session;
  };
  mutable Mutex mutex_{LockOrder::kService};
  std::map<Key, Entry> entries_ VEDETTE_GUARDED_BY(mutex_);
  uint64_t refused_ VEDETTE_GUARDED_BY(mutex_) = 0;
  Recordings recordings_;
  std::thread thread_;

  struct Work;
  const std::unique_ptr<Work> work_;  ///< the pool's thread only
};

}  // namespace vedette::transcode
