// SPDX-License-Identifier: Apache-2.0
// The catalog: an index of what lies on the volumes, DIR/catalog.db (SQLite, WAL). It is a cache:
// recording goes on without it and deleting it loses no video.
//
// Committed fragments go to memory at once (LiveIndex) and from there to SQLite by one writer
// thread: files when opened and closed, and every 10 s while they grow. Queries see both, so a
// fragment is visible as soon as it is committed. A catalog that is damaged when opened is moved
// aside and a new one begun; problem() says so.
//
// Thread-safe. Queries run on the caller's thread, each on its own read-only connection from a
// small pool, and never wait for the writer.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "store/types.h"

namespace vedette::store {

class CatalogDb;
class LiveIndex;
struct LiveFile;

/// No recording file lasts longer than this in UTC: the overlap of a file with a range is therefore
/// one scan of the index on its start.
inline constexpr int64_t kMaxFileUs = int64_t{15} * 60 * 1'000'000;

struct FragmentQuery {
  std::string camera;
  StreamKind kind = StreamKind::kMain;
  WallTime from;  ///< inclusive
  WallTime to;    ///< exclusive
  size_t limit = 100'000;
};

/// How much lies where.
struct Usage {
  std::string volume;
  std::string camera;
  int64_t bytes = 0;
  int64_t files = 0;
};

/// First and last moment recorded of a stream.
struct Coverage {
  WallTime first;
  WallTime last;
};

/// A closed file as retention sees it.
struct StoredFile {
  FileRefPtr file;
  WallTime end;
  int64_t bytes = 0;
};

/// The intent to delete a file, and why.
struct Deletion {
  StoredFile file;
  DeletionReason reason = DeletionReason::kMaxAge;
  bool below_minimum = false;
};

/// What was to be recorded while nobody ran. Without a function: everything, always.
struct Wanted {
  /// When recording was to go on after a pause that nobody ended, at most `now`.
  std::function<WallTime(const Gap& pause, WallTime now)> again;
  /// Of a camera that was removed nothing is missing.
  std::function<bool(const std::string& camera, StreamKind kind)> at_all;
};

struct CatalogOptions {
  std::string path;
  Duration progress{std::chrono::seconds(10)};  ///< how often growing files are written down
  Duration busy{std::chrono::seconds(5)};       ///< how long a writer waits for another process
  bool threads = true;                          ///< false: step(), flush() do the work (tests)
  Wanted wanted;
  bool read_only = false;  ///< queries only, of a database that is there; implies no threads
};

class Catalog {
 public:
  /// Never fails: without a usable database it serves what is in memory, says why in problem() and
  /// tries again.
  [[nodiscard]] static std::unique_ptr<Catalog> open(const Clock& clock, CatalogOptions options);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  // Queries.

  /// Recorded stretches of all streams that overlap [from, to), clipped to it, by stream and start.
  /// Stretches closer than 100 ms are one, losses are left out. Touches runs and gaps, not files.
  [[nodiscard]] Result<std::vector<Span>> spans(const std::string& camera, WallTime from,
                                                WallTime to) const;
  /// Gaps that overlap [from, to), not clipped, by start. An empty camera means all.
  [[nodiscard]] Result<std::vector<Gap>> gaps(const std::string& camera, WallTime from,
                                              WallTime to) const;
  /// One entry per camera, in the order asked for. A bucket's activity is exact where its edges are
  /// multiples of the cells it is made of (activity_levels.h), else to within one cell.
  [[nodiscard]] Result<std::vector<CameraTimeline>> timeline(const TimelineQuery& query) const;
  /// Fragments that overlap [from, to), by start, then run and sequence.
  [[nodiscard]] Result<std::vector<FragmentRef>> fragments(const FragmentQuery& query) const;
  /// nullopt when nothing is recorded.
  [[nodiscard]] Result<std::optional<Coverage>> coverage(const std::string& camera,
                                                         StreamKind kind) const;
  [[nodiscard]] Result<std::vector<Usage>> usage() const;
  /// What is wrong with the database at present.
  [[nodiscard]] std::optional<Error> problem() const;
  /// Random, made with the database: a volume that belongs to another generation is not cleaned.
  [[nodiscard]] std::string generation() const;

  // Recorder's side: never blocks on SQLite.

  [[nodiscard]] LiveIndex& live() { return *live_; }
  void put_gap(const Gap& gap);  ///< inserts, or replaces the one with the same id
  [[nodiscard]] int64_t new_file_id() { return next_file_id_.fetch_add(1); }
  /// Where a volume is mounted now; files of unknown volumes are not returned by fragments().
  void set_volume_root(const std::string& volume, const std::string& root);

  // Retention, recovery, rebuild: these wait for SQLite.

  /// Oldest closed files on one volume (all when empty) of one camera (all when empty; then the
  /// volume must be named), those that begin at `from` or later.
  [[nodiscard]] Result<std::vector<StoredFile>> oldest_files(const std::string& volume,
                                                             const std::string& camera,
                                                             size_t limit,
                                                             WallTime from = {INT64_MIN}) const;
  /// Commits the intent to delete; from then on the files are in no query and deletions() lists
  /// them. The run shrinks. On the medium when it returns.
  [[nodiscard]] Result<void> tombstone(const std::vector<Deletion>& deletions, WallTime now);
  /// Takes the intent back: the files were not unlinked.
  [[nodiscard]] Result<void> revive(const std::vector<int64_t>& file_ids);
  /// The files are gone from the volume: their tombstones too. Deletions of before `deleted_before`
  /// are listed no longer: the ledger knows them.
  [[nodiscard]] Result<void> forget(const std::vector<int64_t>& file_ids, WallTime deleted_before);
  /// Files whose deletion was committed but perhaps not carried out.
  [[nodiscard]] Result<std::vector<StoredFile>> tombstones() const;
  /// What was deleted, or is about to be, that overlaps [from, to), by start. Empty: every camera.
  [[nodiscard]] Result<std::vector<DeletedFile>> deletions(const std::string& camera, WallTime from,
                                                           WallTime to) const;
  /// What of the files that began since then is still there.
  [[nodiscard]] Result<std::vector<Usage>> written_since(WallTime from) const;
  /// Size of the files that overlap [from, to), closed or not.
  [[nodiscard]] Result<int64_t> bytes_between(const std::string& camera, WallTime from,
                                              WallTime to) const;
  /// How often a volume was opened with this catalog; 0: never. The setter is on the medium when it
  /// returns.
  [[nodiscard]] Result<int64_t> volume_epoch(const std::string& volume);
  [[nodiscard]] Result<void> set_volume_epoch(const std::string& volume, int64_t epoch);
  /// Files that were open when the process ended, with the fragments known of them.
  struct OpenFile {
    FileRefPtr file;
    std::vector<FragmentEntry> fragments;
  };
  [[nodiscard]] Result<std::vector<OpenFile>> open_files() const;
  /// Whether this file of this run is in memory or in the database, deleted or not.
  [[nodiscard]] Result<bool> knows(const std::string& run, uint32_t seq) const;
  /// (run, seq) of the files of a camera that begin on this day of UTC, but for deleted ones.
  [[nodiscard]] Result<std::set<std::pair<std::string, uint32_t>>> known_files(
      const std::string& camera, WallTime day) const;

  // fsck: catalog_check.cpp.

  /// A row of a file as it stands in the database.
  struct ListedFile {
    StoredFile stored;
    bool open = false;     ///< not yet closed
    bool deleted = false;  ///< its deletion was committed
    /// kDataLoss when the index of its fragments is damaged.
    Result<std::vector<FragmentEntry>> fragments;
  };
  /// Every row of one volume and camera, by start. What is only in memory is not among them.
  [[nodiscard]] Result<std::vector<ListedFile>> listed_files(const std::string& volume,
                                                             const std::string& camera) const;
  /// Cameras with files on this volume, deleted ones included.
  [[nodiscard]] Result<std::vector<std::string>> listed_cameras(const std::string& volume) const;
  /// Where this file of this run is listed, in memory or in the database, deleted or not; null when
  /// it is not.
  [[nodiscard]] Result<FileRefPtr> place_of(const std::string& run, uint32_t seq) const;
  /// It is in the database and not deleted.
  [[nodiscard]] Result<bool> still_listed(int64_t file) const;
  /// Takes rows out whose files are gone, whatever their state; runs shrink. Nothing is deleted.
  [[nodiscard]] Result<void> drop_rows(const std::vector<StoredFile>& files);
  /// Records a gap `unknown` for every stretch between the first and the last recording of a stream
  /// that no run, file or gap accounts for; how many. Idempotent: the same hole is the same gap.
  [[nodiscard]] Result<int> explain_holes(WallTime now);
  /// Ends every open gap at `now` and, for each stream that has none, records a gap `restart` from
  /// its last recorded moment to `now`. A pause (not_scheduled) ends when recording was to go on;
  /// after that it is a `restart` too. Called once, after open files were recovered. A database
  /// that cannot be written now gets it before anything that is put here later.
  [[nodiscard]] Result<void> close_past(WallTime now);
  /// What close_past() ended or explained in the database since the last call: for the ledger.
  [[nodiscard]] std::vector<Gap> take_past_gaps();
  /// Every volume was listed anew: what was lost with a damaged database is back.
  void set_rebuilt();
  /// Writes everything pending to SQLite and waits for it.
  [[nodiscard]] Result<void> flush();
  /// One round of the writer thread: what is due. REQUIRES: threads = false.
  void step();

 private:
  class Readers;
  struct Timelines;
  void timeline_of_memory(const TimelineQuery& query, Timelines& out) const;
  [[nodiscard]] Result<void> timeline_of_database(const TimelineQuery& query, Timelines& out) const;
  [[nodiscard]] Result<void> timeline_of_fragments(const TimelineQuery& query,
                                                   Timelines& out) const;
  Catalog(const Clock& clock, CatalogOptions options);
  void run_writer(const std::stop_token& stop);
  void write_due();
  [[nodiscard]] Result<void> write_pending(bool all);
  void reopen();
  void write_past(CatalogDb& db, const std::vector<LiveFile>& files)
      VEDETTE_REQUIRES(writer_mutex_);
  template <typename Work>
  [[nodiscard]] Result<void> change(Work&& work);
  [[nodiscard]] std::string root_of(const std::string& volume) const;

  const Clock& clock_;
  const CatalogOptions options_;
  std::unique_ptr<LiveIndex> live_;
  std::unique_ptr<Readers> readers_;
  std::atomic<int64_t> next_file_id_{1};

  MonoTime retry_at_;  // the writer thread's

  mutable Mutex writer_mutex_{LockOrder::kService};
  std::unique_ptr<CatalogDb> db_ VEDETTE_GUARDED_BY(writer_mutex_);
  uint64_t inode_ VEDETTE_GUARDED_BY(writer_mutex_) = 0;  // of the database that is open
  std::optional<WallTime> past_due_ VEDETTE_GUARDED_BY(writer_mutex_);  // close_past() of then

  mutable Mutex state_mutex_{LockOrder::kLeaf};
  std::optional<Error> problem_ VEDETTE_GUARDED_BY(state_mutex_);
  std::string generation_ VEDETTE_GUARDED_BY(state_mutex_);
  std::map<std::string, std::string> roots_ VEDETTE_GUARDED_BY(state_mutex_);
  std::vector<Gap> past_gaps_ VEDETTE_GUARDED_BY(state_mutex_);  // nobody took them yet

  std::jthread writer_;
};

}  // namespace vedette::store
