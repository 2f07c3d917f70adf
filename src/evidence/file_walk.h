// SPDX-License-Identifier: Apache-2.0
// Reads a recording file front to back, box by box, and says what of it can be read. The first half
// of verify_file(); what the boxes say together is judged in verify_file.cpp. Internal to evidence.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "evidence/file_reader.h"
#include "evidence/verify_file.h"
#include "mp4/reader.h"

namespace vedette::evidence {

struct SeenRecord {
  FragmentRecord record;
  Hash hash{};
  uint64_t begin = 0;  ///< of the record
  uint64_t end = 0;    ///< of the mdat
  bool bad = false;    ///< found already
};

struct SeenCheckpoint {
  Checkpoint checkpoint;
  uint64_t offset = 0;
  size_t from = 0;  ///< records between it and the one before: [from, to)
  size_t to = 0;
};

/// What is known of the file at hand, and where its findings go.
class FileCase {
 public:
  FileCase(const FileExpectation& expectation, Verification& out)
      : expectation_(expectation), out_(out), found_before_(out.findings.size()) {}

  void add(FaultClass fault, std::string detail, uint64_t offset,
           const FragmentRecord* record = nullptr);
  [[nodiscard]] Verification& out() { return out_; }
  /// Nothing has been found in this file so far.
  [[nodiscard]] bool clean() const { return out_.findings.size() == found_before_; }

  /// The newest entry of the ledger about it; nullptr when there is none.
  [[nodiscard]] const FileEntry* entry() const {
    return expectation_.entry ? &*expectation_.entry : nullptr;
  }
  [[nodiscard]] bool says(FileEntry::Event event) const {
    return entry() != nullptr && entry()->event == event;
  }
  [[nodiscard]] bool at_rest() const { return expectation_.at_rest; }
  [[nodiscard]] bool may_be_new() const { return expectation_.may_be_new; }
  /// The ledger says that it is being written: its index may have reached the disk before the rest.
  [[nodiscard]] bool may_grow() const {
    return (says(FileEntry::Event::kOpened) && !at_rest()) || may_be_new();
  }

 private:
  const FileExpectation& expectation_;
  Verification& out_;
  const size_t found_before_;
};

/// What a walk found.
struct WalkedFile {
  std::optional<mp4::Movie> movie;
  uint64_t reserve_end = 0;  ///< where its boxes begin
  bool indexed = false;      ///< it has a sidx: it was closed
  uint64_t end = 0;          ///< behind the last byte that was accounted for
  bool torn = false;         ///< what follows was never written whole
  bool truncated = false;    ///< said already
  size_t unreadable = 0;     ///< boxes that may have been records
  std::vector<SeenRecord> records;
  std::vector<SeenCheckpoint> checkpoints;
  bool last_box_closes = false;
  uint64_t last_checkpoint_end = 0;
};

[[nodiscard]] inline bool was_closed(const FileCase& file, const WalkedFile& seen) {
  return (seen.indexed && !file.may_grow()) || file.at_rest();
}
/// Whether the end of the file may be what a crash left of one write.
[[nodiscard]] inline bool may_be_torn(const FileCase& file, const WalkedFile& seen) {
  if (file.says(FileEntry::Event::kGivenUp)) return true;
  return !was_closed(file, seen) && !seen.last_box_closes;
}

[[nodiscard]] WalkedFile walk_file(FileReader& reader, FileCase& file);

/// Whether the index speaks of bytes that are not there.
[[nodiscard]] bool index_knows_more(const FileReader& reader, const WalkedFile& seen);
/// The reserve against the index that the writer makes from the records.
void judge_index(FileReader& reader, FileCase& file, const WalkedFile& seen);

}  // namespace vedette::evidence
