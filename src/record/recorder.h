// SPDX-License-Identifier: Apache-2.0
// The recorder of one stream: hands each GOP to the archive as a fragment and accounts for every
// stretch without one. It copies no media and never waits. docs/design/recording.md.
//
// A run ends, and another begins at the next random access unit, when the session breaks, a track's
// parameters change, the decode time leaps, or the archive refuses. While nothing is recorded a gap
// with its cause is open, also before the first picture. After packet loss the pictures up to the
// next random access unit are left out (they would show what was never there); the run goes on, and
// the stretch is a gap `loss`.
//
// When nothing has come to rest on a disk for alarm_after, an alarm is raised: noted in the gap
// that is open, or in one of its own (`disk_stalled`) while pictures are handed over but not
// committed.
//
// Outside the hours in which a person wants recordings nothing is handed over, no alarm is raised
// and the gap says not_scheduled, whatever becomes of the camera. The GOP during which the hours
// begin is recorded whole: it cannot be shown otherwise.
//
// Nothing is thrown out of it: memory that runs out costs the fragment that is being made, and the
// stretch is a gap `overload`.
//
// Sink methods run on the stream's shard thread; status() on any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "record/activity_meter.h"
#include "record/gop_collector.h"
#include "record/open_gap.h"
#include "store/archive.h"
#include "stream/sink.h"

namespace vedette::record {

struct RecorderOptions {
  std::string camera;
  stream::StreamKind kind = stream::StreamKind::kMain;
  CutLimits cut;
  Duration alarm_after{std::chrono::seconds(30)};
  store::WhenToRecord when;
  Zone zone = &local_time;
  /// What the recorder of this stream before left open: it is over, or goes on as `starting`.
  std::optional<store::Gap> left;
};

struct RecorderStatus {
  bool recording = false;                 ///< a run is open
  std::optional<WallTime> last_fragment;  ///< end of the last committed one
  bool alarm = false;                     ///< nothing was committed for alarm_after
  std::optional<WallTime> silent_since;   ///< while the alarm lasts: the end of what is recorded
  std::optional<store::Gap> gap;          ///< the open one
  uint64_t fragments = 0;                 ///< handed to the archive
  uint64_t frames = 0;                    ///< video access units in them
  uint64_t bytes = 0;
  uint64_t lost_frames = 0;  ///< received but left out: no random access unit before them
};

class Recorder final : public stream::Sink {
 public:
  /// Opens the gap `starting`. REQUIRES: archive and clock outlive it.
  Recorder(store::Archive& archive, const Clock& clock, RecorderOptions options);
  /// Calls end().
  ~Recorder() override;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void on_access_unit(const media::AccessUnitPtr& au) override;
  void on_break(const stream::Break& why) override;
  void on_tick(MonoTime now) override;

  /// Ends the run and leaves a gap open, which is returned: `stopped`, unless on_break() said
  /// better. Nothing but status() and the destructor may be called after it.
  store::Gap end();

  /// Any thread; followed within a second.
  void set_when(const store::WhenToRecord& when) VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] RecorderStatus status() const VEDETTE_EXCLUDES(mutex_);

 private:
  /// A run that is over, of which the last fragments may yet fail.
  struct Ended {
    std::shared_ptr<store::RunWriter> run;
    int64_t start_us = 0;
    int64_t end_us = 0;  // UTC of the end of what it was handed
  };

  [[nodiscard]] bool mend();
  void start_over();
  void end_session();
  void look(MonoTime now);
  void on_video(const media::AccessUnitPtr& au);
  void on_audio(const media::AccessUnitPtr& au);
  void wait_for_key_frame();
  void open_key_frame_gap();
  void begin_loss(const media::AccessUnit& au);
  void cut(const media::AccessUnit* next);
  [[nodiscard]] bool ensure_run(const media::AccessUnit& first);
  void submit(store::FragmentInput fragment);
  void end_run();
  void forget_run();
  void check_failure();
  void check_ended();
  void account_missing(const Ended& ended, const store::RunWriter::Failure& failure);
  void put_missing(int64_t start, int64_t end, const store::RunWriter::Failure& failure);
  void follow_schedule();
  void pause();
  void resume();
  void raise_alarm();
  void clear_alarm();
  void open_gap(const store::Why& why, WallTime start);
  void close_gap(WallTime end);
  void show_gap();
  [[nodiscard]] WallTime end_of_recorded() const;

  store::Archive& archive_;
  const Clock& clock_;
  const RecorderOptions options_;

  // Shard thread.
  GopCollector gop_;
  ActivityMeter activity_;
  std::shared_ptr<store::RunWriter> run_;
  std::vector<Ended> ended_;
  int64_t run_start_us_ = 0;  // UTC
  media::TrackInfoPtr run_video_;
  media::TrackInfoPtr run_audio_;
  OpenGap gap_;
  bool gap_shown_ = true;                // status() has it as it is
  bool threw_ = false;                   // something did; what it left is not put in order
  bool break_due_ = false;               // broken_ is not dealt with yet
  bool waiting_ = true;                  // for a random access unit
  store::WhenToRecord when_;             // as it was last looked at
  bool wanted_ = true;                   // now is within it
  int64_t minute_ = 0;                   // of the wall clock, when that was looked at
  std::optional<stream::Break> broken_;  // since the last picture
  int64_t end_us_ = 0;                   // UTC of the end of the last fragment handed over
  int64_t run_origin_us_ = 0;            // media time 0 of the run, on the session's clock
  int64_t committed_us_ = 0;
  MonoTime committed_at_;  // when committed_us_ last moved
  MonoTime checked_at_;

  mutable Mutex mutex_{LockOrder::kLeaf};
  RecorderStatus status_ VEDETTE_GUARDED_BY(mutex_);
  std::optional<store::WhenToRecord> new_when_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::record
