// SPDX-License-Identifier: Apache-2.0
// The invariants of docs/architecture.md as an observer sees them: it knows what was ever reported
// recorded, watches every deletion, and reads disk and catalog without going through either. What
// it finds is a list of sentences; empty is good. Confined to one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "evidence/record.h"
#include "fs/fake_file_system.h"
#include "store/archive.h"
#include "store/catalog.h"

namespace vedette::trial {

/// Identity of a fragment: run and sequence.
using FragmentId = std::pair<std::string, uint32_t>;

/// What is asked of one look at everything.
struct Expect {
  bool catalog_complete = true;  ///< false: it was lost or is older, and lists what it knows
  bool utc_steady = true;        ///< false: the wall clock stepped; seconds cannot be added up
  std::set<std::string> away;    ///< volumes (folders) whose disk is not in place
};

class Checker {
 public:
  struct Reported {
    std::string camera;
    std::string path;
    int64_t start_us = 0;
    int64_t end_us = 0;
  };

  /// What the catalog lists of a camera from `from` on has been reported recorded.
  void note_reported(const store::Catalog& catalog, const std::string& camera, WallTime from);
  /// A recording is about to be unlinked; `why_not` says what forbids it, empty when nothing does.
  void note_removal(const std::string& path, const std::string& why_not);
  /// A file of somebody else lies there and must stay as it is.
  void note_unknown_file(const std::string& path, Bytes content);
  [[nodiscard]] bool is_unknown(const std::string& path) const { return unknown_.count(path) > 0; }
  [[nodiscard]] std::set<std::string> unknown() const;
  /// Nothing recorded in [from, to) may be deleted any more.
  void note_hold(const std::string& camera, int64_t from_us, int64_t to_us);
  /// Recording of this camera was asked for from here on.
  void note_schedule(const std::string& camera, WallTime since);
  void fail(std::string sentence);

  /// Everything on the disk and in the catalog; `now` bounds what must be accounted for.
  void check(const fs::FakeFileSystem& disk, const store::Catalog& catalog, const Expect& expect);

  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  [[nodiscard]] const std::map<FragmentId, Reported>& reported() const { return reported_; }
  /// End of the newest fragment the catalog lists; 0 without one.
  [[nodiscard]] static int64_t newest(const store::Catalog& catalog, const std::string& camera);
  /// Another checker that knows the same and has found nothing.
  [[nodiscard]] Checker fresh_copy() const;

 private:
  struct OnDisk {
    std::string path;
    int64_t media_time = 0;
    int64_t start_us = 0;
  };
  using DiskContent = std::map<FragmentId, OnDisk>;

  [[nodiscard]] DiskContent read_disk(const fs::FakeFileSystem& disk, const Expect& expect);
  void read_file(const std::string& path, const Bytes& file, DiskContent& found);
  void check_runs();
  void check_reported(const DiskContent& found, const Expect& expect);
  void check_listed(const store::Catalog& catalog, const DiskContent& found, const Expect& expect);
  [[nodiscard]] bool is_deleted(const std::string& path) const;
  void check_seconds(const store::Catalog& catalog, const std::string& camera);
  [[nodiscard]] bool is_away(const std::string& path, const Expect& expect) const;

  std::map<FragmentId, Reported> reported_;
  std::set<std::string> removed_;    // paths whose deletion was allowed
  std::vector<std::string> doomed_;  // paths below their volume that have a tombstone now
  struct Held {
    std::string camera;
    int64_t from_us = 0;
    int64_t to_us = 0;
  };
  std::vector<Held> holds_;
  std::map<std::string, Bytes> unknown_;
  std::map<std::string, WallTime> schedule_;
  std::map<std::string, std::vector<evidence::FragmentRecord>> runs_;  // of the present look
  std::vector<std::string> findings_;
};

}  // namespace vedette::trial
