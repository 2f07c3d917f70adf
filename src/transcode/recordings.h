// SPDX-License-Identifier: Apache-2.0
// Recordings that are being converted for those who asked: each is worked on only while its reader
// waits for bytes, a picture at a time and in turns, and only with what live pictures leave of the
// budget. What a reader lets go of is not worked on any more. Thread-safe but for work().
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "transcode/budget.h"
#include "transcode/recording_converter.h"

namespace vedette::transcode {

struct RecordingRequest {
  std::unique_ptr<mp4::ByteSource> media;  ///< see RecordingConverter
  bool stills = false;                     ///< of single key frames
  double cost_s = 0;                       ///< processor time that it is expected to take
};

struct RecordingJob;

/// What somebody is told whose recording finds no room.
[[nodiscard]] Error no_room(double budget_cores);

/// One recording on its way to one reader. Let go of it to end it.
class Conversion {
 public:
  using Done = std::function<void(Result<Bytes>)>;

  Conversion(std::shared_ptr<RecordingJob> job, std::function<void()> wake);
  ~Conversion();
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;

  /// Asks for the next bytes; none are the end. `done` is called at most once, on the pool's
  /// thread, and not begun after this object is gone; resource_exhausted when live pictures have
  /// left nothing of the budget for too long. REQUIRES: nothing is asked for already.
  void read(Done done);

 private:
  const std::shared_ptr<RecordingJob> job_;
  const std::function<void()> wake_;
};

struct RecordingUse {
  size_t requests = 0;    ///< at present
  double cores = 0;       ///< over the last seconds
  uint64_t pictures = 0;  ///< since the start
};

class Recordings {
 public:
  enum class Round : uint8_t {
    kIdle,
    kMore,     ///< a picture was converted
    kStarved,  ///< somebody waits, and the budget has to fill first
  };

  explicit Recordings(double budget_cores) : budget_cores_(budget_cores) {}
  ~Recordings();
  Recordings(const Recordings&) = delete;
  Recordings& operator=(const Recordings&) = delete;

  [[nodiscard]] std::unique_ptr<Conversion> add(RecordingRequest request, int max_width,
                                                std::function<void()> wake);
  /// Processor seconds that are still to be spent on what was added, as far as anybody may count
  /// on them: a very long one gives way to others.
  [[nodiscard]] double backlog_s() const;
  [[nodiscard]] RecordingUse usage() const;

  /// A picture of each that is waited for. On the pool's thread.
  [[nodiscard]] Round work(const Clock& clock, Budget& budget,
                           const std::function<Duration()>& cpu_time);

 private:
  [[nodiscard]] std::vector<std::shared_ptr<RecordingJob>> wanted();
  void convert(RecordingJob& job, const Clock& clock, Budget& budget,
               const std::function<Duration()>& cpu_time);
  void measure(Duration used, MonoTime now);

  const double budget_cores_;
  mutable Mutex mutex_{LockOrder::kQueue};
  std::vector<std::shared_ptr<RecordingJob>> jobs_ VEDETTE_GUARDED_BY(mutex_);
  double cores_ VEDETTE_GUARDED_BY(mutex_) = 0;
  uint64_t pictures_ VEDETTE_GUARDED_BY(mutex_) = 0;
  Duration used_{0};  ///< since measured_; the pool's thread
  MonoTime measured_;
};

}  // namespace vedette::transcode
