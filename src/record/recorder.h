// SPDX-License-Identifier: Apache-2.0
// The recorder of one stream: collects the access units of a GOP and hands each GOP to the archive
// as a fragment. It copies no media and never waits. docs/design/recording.md.
//
// A run ends, and another begins at the next random access unit, when the session breaks, a track's
// parameters change, the decode time jumps, or the archive refuses. Between runs there is a gap
// record with its cause, also before the first picture. After packet loss the pictures up to the
// next random access unit are left out (they would show what was never there) and the stretch is a
// gap `loss`.
//
// Sink methods run on the stream's shard thread; status() on any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/archive.h"
#include "stream/sink.h"

namespace vedette::record {

struct RecorderOptions {
  std::string camera;
  stream::StreamKind kind = stream::StreamKind::kMain;
  Duration max_fragment{std::chrono::seconds(2)};
  size_t max_fragment_bytes = size_t{4} << 20;
  Duration min_fragment{
      std::chrono::milliseconds(250)};  ///< all-intra streams: several per fragment
  Duration alarm_after{std::chrono::seconds(30)};
};

struct RecorderStatus {
  bool recording = false;                 ///< a run is open
  std::optional<WallTime> last_fragment;  ///< end of the last committed one
  bool alarm = false;             ///< nothing committed for alarm_after although it should be
  std::optional<store::Gap> gap;  ///< the open one
  uint64_t fragments = 0;         ///< handed to the archive
  uint64_t frames = 0;            ///< video access units in them
  uint64_t bytes = 0;
  uint64_t lost_frames = 0;  ///< left out between a loss and the next random access unit
};

class Recorder final : public stream::Sink {
 public:
  /// Opens the gap `starting` at once. REQUIRES: archive and clock outlive it.
  Recorder(store::Archive& archive, const Clock& clock, RecorderOptions options);
  /// Ends the run and leaves a gap `stopped` open.
  ~Recorder() override;

  void on_access_unit(const media::AccessUnitPtr& au) override;
  void on_break(const stream::Break& why) override;
  void on_tick(MonoTime now) override;

  [[nodiscard]] RecorderStatus status() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette::record
