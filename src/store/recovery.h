// SPDX-License-Identifier: Apache-2.0
// Bringing the catalog and the volumes together after a crash, from the files alone. Runs before
// recording starts, on the caller's thread.
#pragma once

#include <string>
#include <vector>

#include "store/archive.h"
#include "store/volume.h"

namespace vedette::store {

struct RecoveryReport {
  int open_files = 0;              ///< were open when the process ended, now closed
  int found_files = 0;             ///< recent files that the catalog had not heard of
  int fragments = 0;               ///< found behind the last one the catalog knew
  int torn = 0;                    ///< files with an incomplete end, which was cut off
  std::vector<std::string> notes;  ///< one line per file that could not be recovered
};

class Recovery {
 public:
  Recovery(const ArchiveParts& parts, std::vector<Volume> volumes)
      : parts_(parts), volumes_(std::move(volumes)) {}

  /// Files the catalog has as open: scanned from the last fragment it knows. Then the day folders
  /// of yesterday and today: a file made within the last second before the crash may be missing in
  /// the catalog. Fragments behind the last known one count only if they match their record's hash.
  [[nodiscard]] RecoveryReport run();
  /// Every recording file of every volume that the catalog does not know (`fsck --rebuild`).
  [[nodiscard]] RecoveryReport rebuild();

 private:
  void recover_open(const Catalog::OpenFile& open);
  void scan_recent(const Volume& volume, const std::string& camera);
  void scan_day(const Volume& volume, const std::string& day, size_t most);
  void scan_all(const Volume& volume);
  void adopt(const Volume& volume, const std::string& relative);
  struct Found;
  [[nodiscard]] Result<Found> read(const std::string& path, uint64_t from, bool check_all) const;
  void settle(const FileRefPtr& ref, const std::vector<FragmentEntry>& fragments,
              const Found& found);

  const ArchiveParts parts_;
  const std::vector<Volume> volumes_;
  RecoveryReport report_;
};

}  // namespace vedette::store
