// SPDX-License-Identifier: Apache-2.0
// Bringing the catalog and a volume together after a crash, from the files alone. Runs before
// recording to that volume starts, or later on the volume's I/O thread: when the disk or the
// catalog came late. Files of the present process are told by being in the catalog's memory, where
// only that thread puts them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mp4/source.h"
#include "store/archive.h"
#include "store/ledger.h"
#include "store/volume.h"

namespace vedette::store {

struct RecoveryReport {
  int open_files = 0;              ///< were open when the process ended, now closed
  int found_files = 0;             ///< recent files that the catalog had not heard of
  int fragments = 0;               ///< found behind the last one the catalog knew
  int torn = 0;                    ///< files with an incomplete end, which was cut off
  std::vector<std::string> notes;  ///< one line per file that could not be recovered
  bool again = false;  ///< the catalog or a file did not answer: worth another run later
  bool away = false;   ///< nothing was done: a disk is not in its place
};

class Recovery {
 public:
  /// What becomes of a file when a read fails: it is left for a later run, or listed as far as it
  /// can be read.
  enum class Unreadable : uint8_t { kWaits, kIsListedInPart };

  /// `ledgers`: by volume id; they must outlive this. What was closed here stands in them.
  Recovery(const ArchiveParts& parts, std::vector<Volume> volumes,
           std::map<std::string, Ledger*> ledgers = {}, Unreadable unreadable = Unreadable::kWaits)
      : parts_(parts),
        volumes_(std::move(volumes)),
        ledgers_(std::move(ledgers)),
        unreadable_(unreadable) {}
  /// After a run that threw, what it had not told the ledger goes on being open, for the next one.
  ~Recovery();
  Recovery(const Recovery&) = delete;
  Recovery& operator=(const Recovery&) = delete;

  /// Files the catalog has as open: scanned from the last fragment it knows. Then the folders of
  /// the days around each camera's last recording: a file made within the last second before the
  /// crash may be missing in the catalog. Fragments behind the last known one count only if they
  /// match their record's hash. What this costs does not grow with the archive; a catalog that was
  /// lost is a matter for Fsck. Then what the ledger of a volume has as open and nobody closed: its
  /// process could not say how it ended, or could not put its end in order.
  [[nodiscard]] RecoveryReport run();
  /// The same when the process has been running since `begun`: between what is found and that time
  /// a gap says why there is nothing, which Catalog::close_past() does otherwise.
  [[nodiscard]] RecoveryReport run_late(WallTime begun);

 private:
  struct Found;
  [[nodiscard]] bool all_in_place();
  /// Whether the catalog said which are open.
  [[nodiscard]] bool recover_open_files();
  void recover_recent(const Volume& volume);
  // What only the ledger has as open: recovery_left_open.cpp.
  void recover_left_open(const Volume& volume);
  void adopt_ended(const Volume& volume);
  void adopt_unnamed(const Volume& volume);
  void note_ledgers();
  [[nodiscard]] Result<void> settle_left_open(const Volume& volume,
                                              const evidence::LedgerEntry& entry);
  [[nodiscard]] Result<void> settle_listed(const FileRefPtr& place,
                                           std::vector<FragmentEntry> known, Found found);
  [[nodiscard]] Result<void> settle_unlisted(const Volume& volume,
                                             const evidence::LedgerEntry& entry,
                                             const Found& found);
  [[nodiscard]] static bool is_nothing(const Error& error);
  // What is not there, or is nothing: recovery_gone.cpp.
  [[nodiscard]] Result<void> lose(const FileRefPtr& file, const evidence::FileFacts& facts);
  void remove_lost();
  [[nodiscard]] Result<void> remove(const FileRef& file) const;
  [[nodiscard]] bool is_gone(const FileRef& file) const;
  [[nodiscard]] bool was_deleted(const FileRef& file) const;
  void close_deleted(const Catalog::OpenFile& open);
  void doom_deleted(const Volume& volume);
  [[nodiscard]] Result<std::vector<FragmentEntry>> listed_fragments(const FileRef& file) const;
  [[nodiscard]] bool is_ours(const FileRef& file) const;
  void note(const std::string& path, const Error& error);
  void explain_until(WallTime begun);
  void recover_open(const Catalog::OpenFile& open);
  void scan_recent(const Volume& volume, const std::string& camera);
  void scan_day(const Volume& volume, const std::string& camera, WallTime day, size_t most);
  /// Nothing in it can be read, and no read failed.
  [[nodiscard]] bool is_empty(const std::string& path) const;
  void adopt(const Volume& volume, const std::string& relative);
  // What one file holds: recovery_read.cpp. The frame of the file must be readable.
  [[nodiscard]] Result<Found> read(const std::string& path, uint64_t from, bool check_all) const;
  static void read_fragments(const mp4::ByteSource& source, uint64_t from, bool check_all,
                             Found& found);
  [[nodiscard]] Result<Found> read_or_wait(const std::string& path, uint64_t from,
                                           bool check_all) const;
  [[nodiscard]] Result<void> make_durable(const std::string& path, const Found& found) const;
  void settle(const FileRefPtr& ref, const std::vector<FragmentEntry>& fragments,
              const Found& found);
  /// Files that were made whole wait for their signature until it is known which of a run's files
  /// is its last.
  struct Unsigned {
    FileRefPtr ref;
    std::vector<FragmentEntry> fragments;
    uint64_t end = 0;
  };
  void note_last(const FileRef& ref, const std::vector<FragmentEntry>& fragments);
  void make_whole(const FileRefPtr& ref, const std::vector<FragmentEntry>& fragments,
                  const Found& found);
  [[nodiscard]] Result<void> close_torn(const FileRef& ref,
                                        const std::vector<FragmentEntry>& fragments,
                                        const Found& found);
  // recovery_sign.cpp.
  [[nodiscard]] static uint64_t end_of_last(const std::vector<FragmentEntry>& fragments);
  void sign_all();
  void close_all(bool told);
  [[nodiscard]] Result<void> sign(Unsigned& file);
  void tell_ledger(const FileRef& ref, evidence::FileEntry::Event event,
                   const evidence::FileFacts& facts);
  [[nodiscard]] bool is_last_of_run(const FileRef& ref) const;

  const ArchiveParts parts_;
  const std::vector<Volume> volumes_;
  const std::map<std::string, Ledger*> ledgers_;
  const Unreadable unreadable_;
  std::vector<Unsigned> unsigned_;
  std::map<int64_t, int64_t> to_close_;  // ids of what was settled, and how long they are
  std::set<std::pair<std::string, uint32_t>> unsettled_;  // open in the catalog, and not settled
  std::set<std::pair<std::string, uint32_t>> given_up_;   // of this process
  std::set<std::pair<std::string, uint32_t>> told_open_;  // and not how they ended
  std::set<std::pair<std::string, uint32_t>> told_lost_;  // by processes before it
  std::set<std::pair<std::string, uint32_t>> deleted_;    // as the ledgers say
  /// Nothing is in them: they go when the ledger has been told.
  struct Lost {
    FileRefPtr file;
    evidence::FileFacts facts;
  };
  std::vector<Lost> lost_;
  std::set<std::string> unlisted_;                      // volumes that another catalog lists
  std::set<std::pair<std::string, uint32_t>> settled_;  // run, number of the file
  std::map<std::pair<std::string, StreamKind>, int64_t> last_us_;  // of what was settled
  RecoveryReport report_;
};

}  // namespace vedette::store
