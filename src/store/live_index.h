// SPDX-License-Identifier: Apache-2.0
// The catalog's memory: files that are growing or not yet written to SQLite, and gaps likewise. The
// I/O threads put committed fragments here and go on; the catalog writer fetches what changed, so
// however slow SQLite is, recording never waits and each file is written down at most once per
// interval. If ended files pile up (the database is unusable), the oldest are let go and counted:
// a later recovery or rebuild finds them on the volume. Thread-safe.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "store/types.h"

namespace vedette::store {

/// A snapshot of one file for the writer or a query.
struct LiveFile {
  FileRefPtr ref;
  std::vector<FragmentEntry> fragments;  ///< committed ones, in file order
  int64_t bytes = 0;
  int64_t end_us = 0;
  bool closed = false;
  bool left = false;  ///< open, and this process is done with it
};

class LiveIndex {
 public:
  static constexpr size_t kMaxEnded = 2000;
  static constexpr size_t kMaxGaps = 20'000;

  void open_file(FileRefPtr ref) VEDETTE_EXCLUDES(mutex_);
  /// The sync that covers these fragments has returned.
  void commit(int64_t file, std::span<const FragmentEntry> fragments) VEDETTE_EXCLUDES(mutex_);
  void close_file(int64_t file, int64_t bytes) VEDETTE_EXCLUDES(mutex_);
  /// This process writes no more to it and could not put its end in order: the database goes on
  /// saying that it is open, so that recovery looks at it.
  void leave_file(int64_t file) VEDETTE_EXCLUDES(mutex_);
  /// Nothing of it was committed and it was removed.
  void discard_file(int64_t file) VEDETTE_EXCLUDES(mutex_);
  /// Their deletion is committed: what a failed commit left waiting here must not list them again.
  void let_go(std::span<const int64_t> files) VEDETTE_EXCLUDES(mutex_);
  void put_gap(const Gap& gap) VEDETTE_EXCLUDES(mutex_);

  // Queries; [from_us, to_us).
  [[nodiscard]] std::vector<FragmentRef> fragments(const std::string& camera, StreamKind kind,
                                                   int64_t from_us, int64_t to_us) const
      VEDETTE_EXCLUDES(mutex_);
  /// Null when it is not here.
  [[nodiscard]] FileRefPtr find(const std::string& run, uint32_t seq) const
      VEDETTE_EXCLUDES(mutex_);
  /// Ids of the files held here: what the database says of them is older.
  [[nodiscard]] std::vector<int64_t> file_ids() const VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] std::vector<Span> spans(const std::string& camera) const VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] std::vector<Gap> gaps() const VEDETTE_EXCLUDES(mutex_);

  // The catalog writer.
  struct Changes {
    std::vector<LiveFile> files;
    std::vector<Gap> gaps;
    bool urgent = false;  ///< more than growth: recovery needs to know it after a power cut
    [[nodiscard]] bool empty() const { return files.empty() && gaps.empty(); }
  };
  /// New and closed files, and grown ones: all of them with `all`, else those that were written
  /// longer than `progress` ago, and with them those that were half as long ago.
  [[nodiscard]] Changes changes(MonoTime now, Duration progress, bool all) const
      VEDETTE_EXCLUDES(mutex_);
  /// These are in the database now: gaps and files that are closed or left are let go.
  void written(const Changes& changes, MonoTime now) VEDETTE_EXCLUDES(mutex_);
  /// Whether a new or closed file or a gap waits, which is written down at once.
  [[nodiscard]] bool urgent() const VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] uint64_t dropped() const VEDETTE_EXCLUDES(mutex_);

 private:
  struct Entry {
    LiveFile file;
    size_t written_fragments = 0;
    bool row_written = false;
    bool ended = false;  // closed or left
    MonoTime written_at;
  };
  void end(Entry& entry) VEDETTE_REQUIRES(mutex_);
  void limit() VEDETTE_REQUIRES(mutex_);

  mutable Mutex mutex_{LockOrder::kLeaf};
  std::map<int64_t, Entry> files_ VEDETTE_GUARDED_BY(mutex_);
  std::vector<Gap> gaps_ VEDETTE_GUARDED_BY(mutex_);
  size_t ended_ VEDETTE_GUARDED_BY(mutex_) = 0;  // closed or left, and not yet written down
  uint64_t dropped_ VEDETTE_GUARDED_BY(mutex_) = 0;
};

}  // namespace vedette::store
