// SPDX-License-Identifier: Apache-2.0
// One stream being converted for all who watch it: reads a camera's hub, publishes to its own.
// work() and what it touches are confined to the pool's thread; the figures are thread-safe.
// Internal.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "stream/hub.h"
#include "transcode/budget.h"
#include "vision/transcoder.h"

namespace vedette::transcode {

class Session {
 public:
  /// `wake`: called on the source's thread when there is something to do.
  Session(std::shared_ptr<stream::Hub> source, const vision::TranscoderOptions& options,
          WallTime now, std::function<void()> wake);

  [[nodiscard]] const std::shared_ptr<stream::Hub>& source() const { return source_; }
  [[nodiscard]] const std::shared_ptr<stream::Hub>& output() const { return output_; }

  /// Converts at most one access unit and charges it. False: nothing is waiting.
  [[nodiscard]] bool work(const Clock& clock, Budget& budget,
                          const std::function<Duration()>& cpu_time);
  /// work() threw: goes on at the next key frame.
  void give_up();
  /// After a round of work(): wakes the viewers.
  void tick(MonoTime now);

  /// Over the last seconds, or what is expected before anything was measured.
  [[nodiscard]] double cores() const { return cores_.load(std::memory_order_relaxed); }
  [[nodiscard]] uint64_t pictures() const { return pictures_.load(std::memory_order_relaxed); }
  /// Left out because the budget was used up.
  [[nodiscard]] uint64_t skipped() const { return skipped_.load(std::memory_order_relaxed); }

 private:
  void follow_breaks();
  void convert(const stream::Reader::Item& item);
  void fail(const Error& error, WallTime now);
  [[nodiscard]] bool affordable(const media::AccessUnit& au, const Budget& budget);
  void measure(Duration used, MonoTime now);

  const std::shared_ptr<stream::Hub> source_;
  const std::shared_ptr<stream::Hub> output_;
  const vision::TranscoderOptions options_;
  std::unique_ptr<stream::Reader> reader_;
  std::unique_ptr<vision::Transcoder> coder_;
  media::TrackInfoPtr from_;  ///< what coder_ was made for
  bool failed_ = false;       ///< from_ cannot be converted, or could not be
  int rebuilds_ = 0;          ///< of coder_ in a row that have not brought a picture
  bool needs_key_ = false;    ///< something was left out: go on at a random access unit
  bool restart_ = false;      ///< something was left out before the next one
  bool broken_ = false;       ///< the output says that nothing comes
  Duration used_{0};          ///< since measured_
  std::optional<MonoTime> measured_;
  std::atomic<double> cores_{0};
  std::atomic<uint64_t> pictures_{0};
  std::atomic<uint64_t> skipped_{0};
};

}  // namespace vedette::transcode
