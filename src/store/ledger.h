// SPDX-License-Identifier: Apache-2.0
// A volume's ledger: an append-only chain of entries (files that came and went, gaps, holds, when
// the service ran) with signed checkpoints, in VOLUME/vedette.ledger. docs/design/format.md §"The
// ledger" is the grammar.
//
// append() only queues. commit() writes what is queued with one write and one sync; the volume's
// I/O thread does that with its group sync, and retention before it unlinks a file. After a failed
// write or sync that file of the ledger gets no more bytes: what was not synced is written again to
// a new one, once it is surely gone from the old one, so that no entry stands in both. A ledger
// that cannot be written never stops recording, but nothing is deleted then. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/checkpointer.h"
#include "evidence/ledger_entry.h"
#include "fs/file_system.h"
#include "store/config_store.h"
#include "store/types.h"

namespace vedette::store {

struct RecentFiles;

/// Not an id, so that no camera's folder can have this name.
inline constexpr const char* kLedgerFolder = "vedette.ledger";
inline constexpr uint64_t kLedgerFileBytes = uint64_t{4} << 20;

class Ledger {
 public:
  /// Where it lies and whose it is.
  struct Place {
    std::string root;    ///< folder of the volume
    std::string volume;  ///< id
    std::string site;
  };
  /// `signer` may be null: entries then wait for their signature until a later start has a key.
  /// References must outlive the ledger.
  Ledger(fs::FileSystem& files, const Clock& clock, const evidence::Signer* signer);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// The volume is there. The first commit() reads where the ledger ended. Idempotent.
  void attach(Place place) VEDETTE_EXCLUDES(file_mutex_, queue_mutex_);

  /// Fills site, volume, sequence, time and the link, and queues it. Never waits for a disk. When
  /// 20,000 entries wait (the volume has been away), the oldest are let go, and the log says so. A
  /// gap that is opened once more, with other words, is one entry.
  void append(evidence::LedgerEntry entry) VEDETTE_EXCLUDES(queue_mutex_);
  /// Everything appended before the call is on the medium when it returns ok.
  [[nodiscard]] Result<void> commit() VEDETTE_EXCLUDES(file_mutex_, queue_mutex_);
  /// The disk takes something new: the next commit() does not wait for its time to try again.
  void try_soon() VEDETTE_EXCLUDES(file_mutex_);
  /// The same, by a sync of the whole volume that is due anyway, instead of one of its own. `sync`
  /// is called once, whether or not there is something to write; what it returns also says whether
  /// the entries are on the medium. It must not use the ledger.
  using GroupSync = std::function<Result<void>()>;
  [[nodiscard]] Result<void> commit_with(const GroupSync& sync)
      VEDETTE_EXCLUDES(file_mutex_, queue_mutex_);
  /// The same, and signed if there is a key: when the service stops.
  [[nodiscard]] Result<void> commit_signed() VEDETTE_EXCLUDES(file_mutex_, queue_mutex_);
  /// Entries wait, or those on the medium have waited 10 s for their signature.
  [[nodiscard]] bool due() const VEDETTE_EXCLUDES(queue_mutex_);

  /// Recordings that processes before this one opened, and of whose end neither the medium nor what
  /// is queued says anything; and those of leave_open().
  [[nodiscard]] std::vector<evidence::LedgerEntry> left_open() const VEDETTE_EXCLUDES(queue_mutex_);
  /// Recordings of processes before this one that ended last, as far as the medium says so.
  [[nodiscard]] std::vector<evidence::LedgerEntry> recently_ended() const
      VEDETTE_EXCLUDES(queue_mutex_);
  /// Of which they could keep nothing: removed after the medium said so, or not any more.
  [[nodiscard]] std::vector<evidence::LedgerEntry> recently_lost() const
      VEDETTE_EXCLUDES(queue_mutex_);
  /// What was deleted last before this process, as far as the medium says so.
  [[nodiscard]] std::vector<evidence::LedgerEntry> recently_deleted() const
      VEDETTE_EXCLUDES(queue_mutex_);
  /// Whether the medium may have it that this recording was opened: that does not wait here.
  [[nodiscard]] bool may_have_opened(const evidence::FileFacts& file) const
      VEDETTE_EXCLUDES(queue_mutex_);
  /// Whether the first commit() has read where the ledger ended: until then left_open() is of this
  /// process alone.
  [[nodiscard]] bool left_open_known() const VEDETTE_EXCLUDES(queue_mutex_);
  /// A recording of this process whose end could not be put in order. `end` says what it is to come
  /// to; it is not entered, so that the ledger goes on saying that the file is open.
  void leave_open(evidence::LedgerEntry end) VEDETTE_EXCLUDES(queue_mutex_);

  /// How far it reaches on the medium: stands in every checkpoint of a recording.
  [[nodiscard]] evidence::LedgerHead head() const VEDETTE_EXCLUDES(queue_mutex_);
  /// Why the last commit() failed. While there is one nothing may be deleted from the volume.
  [[nodiscard]] std::optional<Error> problem() const VEDETTE_EXCLUDES(queue_mutex_);

 private:
  /// Where the chain ends on the medium.
  struct End {
    uint64_t sequence = 0;  // of the next entry
    evidence::Hash head{};
    evidence::Checkpointer checkpointer;
  };
  struct Batch {
    Bytes bytes;
    End end;  // when they are on the medium
  };
  [[nodiscard]] Result<void> commit_locked(bool sign, const GroupSync& sync)
      VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] Result<void> check_volume() VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] Result<void> open() VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] Result<void> new_file() VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] Batch make_batch(const std::vector<evidence::LedgerEntry>& entries, bool sign)
      VEDETTE_REQUIRES(file_mutex_);
  void add_checkpoint(Batch& batch) VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] Result<void> write(Batch& batch, const GroupSync& sync)
      VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] Result<void> write_or_give_up(Batch& batch, const GroupSync& sync)
      VEDETTE_REQUIRES(file_mutex_);
  void give_up_file() VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] Result<void> cut_back() VEDETTE_REQUIRES(file_mutex_);
  [[nodiscard]] std::vector<evidence::LedgerEntry> begin_writing() VEDETTE_EXCLUDES(queue_mutex_);
  void end_writing(const Result<void>& done) VEDETTE_EXCLUDES(queue_mutex_);
  void set_recent_files(RecentFiles recent) VEDETTE_EXCLUDES(queue_mutex_);
  void note_end(const evidence::LedgerEntry& entry) VEDETTE_REQUIRES(queue_mutex_);

  fs::FileSystem& files_;
  const Clock& clock_;
  const evidence::Signer* const signer_;

  mutable Mutex file_mutex_{LockOrder::kStore};
  Place place_ VEDETTE_GUARDED_BY(file_mutex_);
  std::optional<End> end_ VEDETTE_GUARDED_BY(file_mutex_);          // nullopt until read
  std::unique_ptr<fs::File> file_ VEDETTE_GUARDED_BY(file_mutex_);  // null: begin a new one
  std::string path_ VEDETTE_GUARDED_BY(file_mutex_);                // of file_
  uint64_t file_end_ VEDETTE_GUARDED_BY(file_mutex_) = 0;
  /// A file that was given up and may still hold what it should not.
  struct GivenUp {
    std::string path;
    uint64_t good_end = 0;
  };
  std::optional<GivenUp> given_up_ VEDETTE_GUARDED_BY(file_mutex_);
  MonoTime retry_at_ VEDETTE_GUARDED_BY(file_mutex_);

  mutable Mutex queue_mutex_{LockOrder::kLeaf};
  std::deque<evidence::LedgerEntry> queue_ VEDETTE_GUARDED_BY(queue_mutex_);
  size_t writing_ VEDETTE_GUARDED_BY(queue_mutex_) = 0;  ///< of the queue, from its front
  std::set<uint64_t> open_gaps_ VEDETTE_GUARDED_BY(queue_mutex_);
  using FileNumber = std::pair<std::string, uint32_t>;  // run, number of the file in it
  std::map<FileNumber, evidence::LedgerEntry> left_open_ VEDETTE_GUARDED_BY(queue_mutex_);
  std::vector<evidence::LedgerEntry> recently_ended_ VEDETTE_GUARDED_BY(queue_mutex_);
  std::vector<evidence::LedgerEntry> recently_lost_ VEDETTE_GUARDED_BY(queue_mutex_);
  std::vector<evidence::LedgerEntry> recently_deleted_ VEDETTE_GUARDED_BY(queue_mutex_);
  bool left_open_known_ VEDETTE_GUARDED_BY(queue_mutex_) = false;
  evidence::LedgerHead head_ VEDETTE_GUARDED_BY(queue_mutex_);
  std::optional<Error> problem_ VEDETTE_GUARDED_BY(queue_mutex_);
  std::optional<MonoTime> unsigned_since_ VEDETTE_GUARDED_BY(queue_mutex_);
};

// Entries from the store's own values.
[[nodiscard]] evidence::LedgerEntry gap_entry(const Gap& gap);
[[nodiscard]] evidence::LedgerEntry file_entry(evidence::FileEntry::Event event,
                                               const FileRef& file,
                                               const evidence::FileFacts& facts);
/// `cause`: age, size, quota, space, or another word for why.
[[nodiscard]] evidence::LedgerEntry deletion_entry(const FileRef& file,
                                                   const evidence::FileFacts& facts,
                                                   std::string_view cause);
/// `signer` may be null.
[[nodiscard]] evidence::LedgerEntry service_entry(evidence::ServiceEntry::Event event,
                                                  const evidence::Signer* signer);
/// Somebody made a copy: who the server took the caller for, and what for a person to read.
struct ExportNote {
  std::string camera;
  StreamKind stream = StreamKind::kMain;
  WallTime from;
  WallTime to;
  std::string who;
  std::string detail;
};
[[nodiscard]] evidence::LedgerEntry export_entry(const ExportNote& note);
[[nodiscard]] evidence::LedgerEntry hold_entry(evidence::HoldEntry::Event event, const Hold& hold);

/// What the ledger says of a closed recording file, read from the file with a few small reads.
/// Where it can no longer be read, only what `file` knows: a deletion entry is written all the
/// same.
[[nodiscard]] evidence::FileFacts read_file_facts(fs::FileSystem& files, const FileRef& file,
                                                  const std::string& path);

}  // namespace vedette::store
