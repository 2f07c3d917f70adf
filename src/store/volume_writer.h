// SPDX-License-Identifier: Apache-2.0
// One volume's I/O thread: takes fragments from a bounded queue, writes each with one call, syncs
// all files together about once a second and only then publishes what the sync covered.
//
// The thread looks at the queue ten times a second instead of being woken per fragment: with many
// cameras that is most of the cost of handing over. When the queue holds more than its budget the
// fragment is refused and its run is over (cause overload): recorders never wait for a disk.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "store/active_runs.h"
#include "store/archive.h"
#include "store/ledger.h"
#include "store/recording_file.h"
#include "store/run_impl.h"
#include "store/volume.h"
#include "store/volume_lock.h"

namespace vedette::store {

class VolumeWriter {
 public:
  VolumeWriter(const ArchiveParts& parts, const ArchiveOptions& options, VolumeSpec spec);
  ~VolumeWriter();  ///< ends all runs
  VolumeWriter(const VolumeWriter&) = delete;
  VolumeWriter& operator=(const VolumeWriter&) = delete;

  enum class When : uint8_t { kAtStart, kLate };
  /// What a crash left here is brought into the catalog and counted as used, if the volume and the
  /// catalog are there; else the I/O thread does it when they are. REQUIRES: before start().
  void recover(When when = When::kAtStart);
  void start();
  /// Ends all runs, syncs and closes their files, joins the thread. Idempotent.
  void stop();
  /// What the thread does in one round. REQUIRES: the thread is not running.
  void step();

  // Any thread.
  [[nodiscard]] std::shared_ptr<RunImpl> begin_run(const RunSpec& spec);
  [[nodiscard]] Result<void> push(std::shared_ptr<RunImpl> run, FragmentInput fragment);
  void push_end(std::shared_ptr<RunImpl> run);
  /// Of a run whose recorder is gone: in the catalog, and in the ledger of this volume.
  void put_gap(Gap gap);
  [[nodiscard]] VolumeStatus status() const { return status(spec()); }
  [[nodiscard]] VolumeStatus status(const VolumeSpec& limits) const;  ///< were these its limits
  [[nodiscard]] std::optional<Error> problem() const;
  [[nodiscard]] int active_runs() const { return active_runs_; }
  /// Runs whose files are not yet all published or gone.
  [[nodiscard]] std::shared_ptr<const ActiveRuns> unpublished_runs() const { return unpublished_; }
  [[nodiscard]] std::optional<Volume> volume() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Its limits as they are now.
  [[nodiscard]] VolumeSpec spec() const;
  [[nodiscard]] int64_t used_bytes() const { return used_bytes_; }
  void add_used(int64_t bytes) { used_bytes_ += bytes; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  /// One line per file that could not be recovered so far.
  [[nodiscard]] std::vector<std::string> recovery_notes() const;
  /// From now on; what is written meanwhile goes on.
  void set_limits(const VolumeSpec& limits);
  /// Nothing new is recorded here, and nothing makes room: what is left goes when its time comes.
  void set_removed(bool removed) { removed_ = removed; }
  [[nodiscard]] bool removed() const { return removed_; }
  /// How much may wait for this disk.
  void set_queue_bytes(size_t bytes) { queue_limit_ = bytes; }
  void set_beside_another(bool beside) { beside_another_ = beside; }
  /// After rebuild(): the catalog knows what is here.
  [[nodiscard]] Result<void> adopt_generation();

  // Room: volume_room.cpp. How much must go so that what is written in the next seconds still fits;
  // not above 0 when there is room.
  [[nodiscard]] int64_t quota_excess_bytes() const { return quota_excess_bytes(spec()); }
  [[nodiscard]] int64_t quota_excess_bytes(const VolumeSpec& limits) const;
  [[nodiscard]] int64_t reserve_excess_bytes(const fs::Space& space,
                                             const VolumeSpec& limits) const;
  [[nodiscard]] int64_t excess_bytes() const;  ///< the larger one, by the space of seconds ago
  [[nodiscard]] double bytes_per_us() const { return bytes_per_us_now_; }
  [[nodiscard]] bool full() const { return full_; }
  /// It has a problem other than being full.
  [[nodiscard]] bool broken() const;
  /// Its disk has not answered for so long that it counts as lost, until it does. What was handed
  /// over waits in memory.
  [[nodiscard]] bool hung() const;
  [[nodiscard]] bool hung_beside_another() const { return beside_another_ && hung(); }

  // The cleaner's.
  /// Volume::agree(), until it succeeds.
  void agree();
  /// Whether anything may be deleted here at present, and why not.
  void set_cleaning(const Result<void>& may);
  /// New runs go to another volume while that has room.
  void set_full(bool full);
  /// The quota is used up and nothing may be deleted: what does not fit is refused.
  void set_exhausted(bool exhausted);
  void note_below_minimum();

 private:
  struct Item {
    std::shared_ptr<RunImpl> run;
    FragmentInput fragment;
    size_t bytes = 0;
    bool end = false;
    bool tried = false;  ///< what is not over then threw
  };
  struct Dirty {
    std::shared_ptr<RunImpl> run;
    std::shared_ptr<RecordingFile> file;
    std::vector<FragmentEntry> entries;
    bool closing = false;
    bool finished = true;                ///< closing: with its checkpoint and its index
    bool cut = true;                     ///< closing: nothing of what failed lies behind its end
    bool listed = false;                 ///< its entries are
    bool asked = false;                  ///< its sync was, and may have failed
    std::optional<Result<void>> synced;  ///< what the disk said
    bool done = false;                   ///< published or abandoned
  };

  /// To be closed in the catalog when the ledger has been told.
  struct Closing {
    int64_t id = 0;
    int64_t bytes = 0;
  };

  [[nodiscard]] static Error failed_inside();
  void run_thread(const std::stop_token& stop);
  void ask() { asked_us_ = std::max<int64_t>(1, parts_.clock.mono().us); }
  void answered();
  void wait_for_work();
  void round();
  void take_items();
  void process_items();
  void end_all();
  void identify();
  void check_health();
  void process(Item& item);
  [[nodiscard]] Result<void> write(RunImpl& run, const FragmentInput& fragment);
  [[nodiscard]] bool must_rotate(const RunImpl& run, const FragmentBuilder::Built& next) const;
  [[nodiscard]] Result<void> open_file(RunImpl& run, const FragmentBuilder::Built& first);
  [[nodiscard]] Result<void> make_day_folder(const std::string& relative);
  [[nodiscard]] RecordingFile::Checkpoint sign(const RecordingFile& file,
                                               evidence::Checkpointer::State state);
  enum class After : uint8_t { kMore, kNothing };  // of the run
  void close_file(RunImpl& run, After after);
  void fail_run(RunImpl& run, const Error& error);
  void judge(const Error& error);
  Dirty& dirty_of(RunImpl& run);
  void sync();
  void sync_few();
  void sync_all();
  void begin_sync();
  [[nodiscard]] Result<void> sync_folders();
  [[nodiscard]] Result<void> sync_disk();
  [[nodiscard]] Result<void> commit_ledger();
  void close_in_catalog(size_t files, const Result<void>& told);
  void settle();
  void publish(Dirty& dirty);
  void abandon(Dirty& dirty, const Error& error);
  void remove_lost();
  enum class End : uint8_t { kInOrder, kLater };
  void end_file(int64_t file, uint64_t bytes, evidence::LedgerEntry entry, End end);
  void note_rate(const Dirty& dirty);
  void tell_end(evidence::LedgerEntry entry, End end);
  void leave_open(evidence::LedgerEntry end);
  void set_problem(Error error, Duration retry);
  [[nodiscard]] int64_t file_bytes_limit() const;
  [[nodiscard]] int64_t headroom_bytes(int64_t of) const;
  [[nodiscard]] int64_t reserve_of(const fs::Space& space, const VolumeSpec& limits) const;
  /// What must be free again once it was full.
  [[nodiscard]] int64_t enough_of(const fs::Space& space, const VolumeSpec& limits) const;
  [[nodiscard]] bool ran_full() const;
  [[nodiscard]] bool refuses(size_t bytes) const;
  [[nodiscard]] uint64_t to_allocate(int64_t expected, size_t first) const;
  void measure_rate();
  void count_used();
  void count_reserved();

  const ArchiveParts parts_;
  const ArchiveOptions& options_;
  const std::string path_;
  Ledger ledger_;

  // Shared: a recorder may let go of its run after this writer is gone.
  const std::shared_ptr<ActiveRuns> unpublished_ = std::make_shared<ActiveRuns>();
  std::atomic<int> active_runs_{0};
  std::atomic<bool> removed_{false};
  std::atomic<size_t> queue_limit_;
  std::atomic<bool> beside_another_ = false;
  std::atomic<int64_t> used_bytes_{0};
  std::atomic<int64_t> reserved_bytes_{0};
  std::atomic<double> bytes_per_us_now_{0};
  std::atomic<bool> rate_known_{false};
  std::atomic<bool> full_{false};
  std::atomic<bool> exhausted_{false};
  std::atomic<uint64_t> dropped_{0};
  std::atomic<uint64_t> written_{0};
  std::atomic<uint64_t> written_bytes_{0};
  std::atomic<int64_t> asked_us_{0};  // steady clock: since when the disk owes an answer; 0: not
  mutable std::atomic<bool> hang_told_{false};

  mutable Mutex queue_mutex_{LockOrder::kQueue};
  CondVar queue_changed_;
  std::deque<Item> queue_ VEDETTE_GUARDED_BY(queue_mutex_);
  size_t queued_bytes_ VEDETTE_GUARDED_BY(queue_mutex_) = 0;
  bool stopping_ VEDETTE_GUARDED_BY(queue_mutex_) = false;

  mutable Mutex limits_mutex_{LockOrder::kLeaf};
  VolumeSpec limits_ VEDETTE_GUARDED_BY(limits_mutex_);

  mutable Mutex state_mutex_{LockOrder::kLeaf};
  std::optional<Volume> volume_ VEDETTE_GUARDED_BY(state_mutex_);
  std::optional<Error> problem_ VEDETTE_GUARDED_BY(state_mutex_);
  std::optional<Error> cleaning_off_ VEDETTE_GUARDED_BY(state_mutex_);
  bool agreed_ VEDETTE_GUARDED_BY(state_mutex_) = false;
  std::optional<WallTime> below_minimum_ VEDETTE_GUARDED_BY(state_mutex_);
  fs::Space space_ VEDETTE_GUARDED_BY(state_mutex_);
  std::vector<std::string> notes_ VEDETTE_GUARDED_BY(state_mutex_);

  // The I/O thread's.
  VolumeLock lock_;
  FragmentBuilder builder_;
  std::set<std::shared_ptr<RunImpl>> runs_;
  // Each is here until it is dealt with, whatever throws in between.
  std::deque<Item> taken_;
  std::vector<Dirty> dirty_;
  std::vector<Dirty> syncing_;
  std::vector<Closing> closing_;
  std::vector<evidence::LedgerEntry> lost_;  // what is to be said of files that go then
  std::set<std::string> known_folders_;
  std::set<std::string> dirty_folders_;
  std::map<std::pair<std::string, StreamKind>, double> bytes_per_us_;
  int failures_ = 0;  // writes in a row, of any file
  bool sign_failed_ = false;
  int thrown_ = 0;               // rounds in a row that something did
  bool names_doubtful_ = false;  // of syncing_: the sync of its folders failed, or threw
  bool disk_asked_ = false;      // a sync of the whole disk was begun for it
  bool started_ = false;         // the ledger says so
  bool recovered_ = false;
  bool recovery_threw_ = false;  // the last try did
  bool counted_ = false;
  const WallTime begun_;
  MonoTime recover_at_;
  int recover_tries_ = 0;
  MonoTime round_at_;
  MonoTime synced_at_;
  MonoTime retry_at_;
  MonoTime space_at_;
  MonoTime rate_at_;
  MonoTime rate_from_;       // measured since
  uint64_t rate_bytes_ = 0;  // written when the rate was measured last

  std::jthread thread_;
};

}  // namespace vedette::store
