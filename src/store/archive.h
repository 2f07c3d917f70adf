// SPDX-License-Identifier: Apache-2.0
// The archive: volumes, each with one I/O thread that turns fragments into recording files, a
// retention thread, and recovery when opened. Recorders hand fragments in and never wait.
//
// A fragment is committed once the sync that covers it has returned; only then does the catalog
// show it. A run that meets an error (queue full, disk full, failed write or sync, volume gone)
// is over: its handle says why, and the recorder begins another one, perhaps on another volume.
// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "evidence/signer.h"
#include "fs/file_system.h"
#include "media/access_unit.h"
#include "store/catalog.h"
#include "store/config_store.h"
#include "store/forecast.h"
#include "store/storage.h"
#include "store/types.h"

namespace vedette::store {

struct ArchiveOptions {
  std::vector<VolumeSpec> volumes;
  Duration file_duration{std::chrono::minutes(5)};
  int64_t max_file_bytes = int64_t{1} << 30;
  size_t queue_bytes = size_t{64} << 20;  ///< per volume, waiting for the I/O thread
  Duration sync_interval{std::chrono::seconds(1)};
  double reserve_share = 0.05;                   ///< free space retention keeps …
  int64_t reserve_max_bytes = int64_t{1} << 30;  ///< … but never more than this
  bool threads = true;                           ///< false: step() and clean() do the work (tests)
};

/// What a new run records.
struct RunSpec {
  std::string camera;
  StreamKind kind = StreamKind::kMain;
  media::TrackInfoPtr video;  ///< never null
  media::TrackInfoPtr audio;  ///< null without sound
  int64_t origin = 0;         ///< decode time of the first video sample on its track's clock: the
                              ///< run's media time 0
};

/// One GOP, or a piece of a long one, in decode order. The access units are shared, not copied.
struct FragmentInput {
  std::vector<media::AccessUnitPtr> video;  ///< never empty
  std::vector<media::AccessUnitPtr> audio;
  int64_t video_end = 0;  ///< decode time of the next video sample: gives the last duration
  int64_t audio_end = 0;  ///< the same of the audio track; unused without audio
  uint8_t activity = 0;   ///< as FragmentEntry::activity
  [[nodiscard]] size_t size_bytes() const;
};

/// Handle of a run being recorded. Thread-safe.
class RunWriter {
 public:
  virtual ~RunWriter() = default;
  [[nodiscard]] virtual const std::string& id() const = 0;
  /// Queues a fragment. On an error nothing more of this run is taken; error().what is the line for
  /// a person and failure() the cause of the gap.
  [[nodiscard]] virtual Result<void> submit(FragmentInput fragment) = 0;
  /// The run is complete: its file is closed after what is queued.
  virtual void end() = 0;
  /// UTC of the end of the last committed fragment; 0 before the first.
  [[nodiscard]] virtual int64_t committed_end_us() const = 0;
  [[nodiscard]] virtual uint64_t committed_bytes() const = 0;
  /// overload, disk_full, write_failed, sync_failed, volume_missing, bad_stream, stopped; or none.
  struct Failure {
    std::string cause;
    std::string detail;
  };
  [[nodiscard]] virtual std::optional<Failure> failure() const = 0;
  /// The volume is full and another has room: end() this run before a random access unit and begin
  /// another one. Nothing is lost, and nothing is wrong.
  [[nodiscard]] virtual bool should_move() const { return false; }
  /// Nobody will ask for failure() any more. What of this stretch turns out not to be committed
  /// becomes a gap all the same.
  virtual void leave(WallTime start, WallTime end) {
    static_cast<void>(start);
    static_cast<void>(end);
  }
};

struct VolumeStatus {
  std::string path;
  std::string id;  ///< empty when it could not be read
  int64_t total_bytes = 0;
  int64_t free_bytes = 0;
  int64_t used_bytes = 0;               ///< by recordings the catalog knows
  std::optional<Error> problem;         ///< it is not written to, and why
  std::optional<Error> ledger_problem;  ///< nothing is deleted from it, and why
  uint64_t dropped_fragments = 0;       ///< since start
  uint64_t written_fragments = 0;
  uint64_t written_bytes = 0;
  size_t queued_bytes = 0;

  std::optional<int64_t> quota_bytes;
  int64_t reserve_bytes = 0;              ///< kept free
  bool reserve_set = false;               ///< by a person, else by ArchiveOptions
  int64_t reserved_bytes = 0;             ///< set aside for files that are being written
  double bytes_per_us = 0;                ///< written, as measured over the last seconds
  bool rate_known = false;                ///< it has been measured for long enough
  std::optional<Error> cleaning_off;      ///< nothing is deleted here: why, and what to do
  bool full = false;                      ///< new runs go to another volume
  std::optional<WallTime> below_minimum;  ///< when a camera was last taken below what it keeps at
                                          ///< least, so that recording went on
  bool removed = false;  ///< nothing new is recorded here; what is there stays until its time
};

/// A question to retention: nothing is changed by it.
struct PlanQuestion {
  Duration ahead{0};                  ///< had this passed, with recording going on as it does now
  std::optional<VolumeSpec> instead;  ///< were these the limits of that volume
  friend bool operator==(const PlanQuestion&, const PlanQuestion&) = default;
};
struct PlanAnswer {
  std::vector<Deletion> deletions;
  bool complete = true;                      ///< false: these are only the first
  std::optional<Forecast::Volume> forecast;  ///< of the volume `instead`
};

/// A copy of recordings that a person asked for.
struct CopyRoom {
  std::string folder;  ///< where it is written
  int64_t bytes = 0;
  std::string camera;  ///< what is copied, which does not make room for its own copy
  WallTime from;
  WallTime to;
};

/// References must outlive the archive.
struct ArchiveParts {
  fs::FileSystem& files;
  const Clock& clock;
  ConfigStore& config;
  Catalog& catalog;
  /// Signs checkpoints; null without a key: recording goes on, unsigned.
  const evidence::Signer* signer = nullptr;
};

struct ExportNote;  // store/ledger.h
struct FsckOptions;
struct FsckReport;
struct FsckWatch;

class Archive {
 public:
  /// Identifies the volumes (a volume with a problem is listed and not written to; an error only
  /// when no folder is given), recovers files left open by a crash, and starts the threads.
  [[nodiscard]] static Result<std::unique_ptr<Archive>> open(const ArchiveParts& parts,
                                                             ArchiveOptions options);
  virtual ~Archive() = default;  ///< ends all runs, syncs, closes the files

  /// Never blocks. kUnavailable when no volume can be written to; what() names them.
  [[nodiscard]] virtual Result<std::shared_ptr<RunWriter>> begin_run(const RunSpec& spec) = 0;
  /// For Recorder: gaps go where the runs go.
  virtual void put_gap(const Gap& gap) = 0;
  /// Enters it in a ledger; never waits for a disk.
  virtual void note_export(const ExportNote& note) = 0;
  [[nodiscard]] virtual std::vector<VolumeStatus> volumes() const = 0;
  /// Waits for a round of retention that is under way, as do the next four.
  [[nodiscard]] virtual Result<StorageReport> storage() = 0;
  /// What would be deleted. kNotFound for a folder that is no volume.
  [[nodiscard]] virtual Result<PlanAnswer> plan(const PlanQuestion& question) = 0;
  /// Before the copy is written: where its folder shares a disk with volumes, what they keep free
  /// is left to recording, and the oldest recordings that may go make room for it. Nobody is taken
  /// below what it keeps at least. kResourceExhausted says what is short.
  [[nodiscard]] virtual Result<void> make_room_for(const CopyRoom& copy) = 0;
  /// From its return on nothing that the hold overlaps is deleted. kInvalidArgument.
  [[nodiscard]] virtual Result<void> place_hold(const Hold& hold) = 0;
  [[nodiscard]] virtual Result<Hold> lift_hold(const std::string& id) = 0;  ///< kNotFound
  /// Whether a folder may become a volume: it is there, and is none of ours already. The error says
  /// what to do. kMake: it gets its identity by that, which shows that it can be written.
  enum class Try : uint8_t { kLook, kMake };
  [[nodiscard]] virtual Result<void> try_volume(const std::string& folder, Try how) = 0;
  /// Makes the volumes those of the configuration, while recording goes on: limits hold from the
  /// next look of retention on, a new volume is recorded to with the next run, and runs leave one
  /// that is not listed any more at their next random access unit. What lies there stays visible,
  /// and goes when its time comes.
  [[nodiscard]] virtual Result<void> follow_configuration() = 0;
  /// What recovery did at open, one line each.
  [[nodiscard]] virtual std::vector<std::string> recovery_notes() const = 0;

  /// store/fsck.h, on the caller's thread, while recording goes on. A volume that was rebuilt
  /// belongs to this catalog afterwards: retention works on it again. One at a time.
  [[nodiscard]] virtual FsckReport check(const FsckOptions& options, const FsckWatch& watch) = 0;

  // Without threads (tests, simulation).
  virtual void step() = 0;   ///< every volume: what is queued, then a sync when due
  virtual void clean() = 0;  ///< one round of retention
};

}  // namespace vedette::store
