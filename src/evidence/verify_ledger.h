// SPDX-License-Identifier: Apache-2.0
// A volume's ledger against itself, and what it says of each recording file. Holds one hash per
// entry and one entry per file that was not deleted. Pure; confined to the caller.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "evidence/finding.h"
#include "evidence/ledger_entry.h"
#include "evidence/merkle.h"
#include "evidence/verify_file.h"

namespace vedette::evidence {

class LedgerBook {
 public:
  struct File {
    FileEntry entry;  ///< the newest about it
    std::string camera;
    std::string path;      ///< below the volume
    uint64_t session = 0;  ///< starts and stops of the service before it was opened
  };

  /// Findings go to `out`, whose path names the file of the ledger at hand.
  explicit LedgerBook(Verification& out) : out_(out) {}

  /// The files of a ledger in their order. `last`: its end may be torn.
  void read(ByteSpan bytes, bool last);
  /// After the last file.
  void finish();

  [[nodiscard]] uint64_t entries() const { return hashes_.size(); }
  /// nullopt when it does not reach that far.
  [[nodiscard]] std::optional<Hash> hash_of(uint64_t entry) const;
  [[nodiscard]] const std::map<FileIdentity, File>& files() const { return files_; }
  [[nodiscard]] const std::map<FileIdentity, FileFacts>& deleted() const { return deleted_; }
  /// Somebody may still be writing to it: neither closed, nor has the service started or stopped
  /// since it was opened.
  [[nodiscard]] bool may_grow(const File& file) const {
    return file.entry.event == FileEntry::Event::kOpened && file.session == session_;
  }
  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] const std::string& site() const { return site_; }
  /// When the newest entry was written.
  [[nodiscard]] WallTime last_word() const { return last_word_; }

 private:
  [[nodiscard]] bool take(ByteSpan box, size_t offset);
  [[nodiscard]] bool is_torn_end(size_t offset) const;
  [[nodiscard]] bool take_entry(ByteSpan box, size_t offset);
  [[nodiscard]] bool take_checkpoint(ByteSpan box, size_t offset);
  void apply(const LedgerEntry& entry);
  void apply_file(const FileEntry& file, const LedgerEntry& entry);
  void apply_deletion(const FileFacts& facts);

  Verification& out_;
  ByteSpan file_;             // the one being read
  bool may_be_torn_ = false;  // it is the last one
  bool at_torn_end_ = false;  // its rest was never written whole
  std::string site_;
  std::string volume_;
  std::vector<Hash> hashes_;  // by sequence; zeros for one that is missing
  uint64_t missing_ = 0;      // of them
  uint64_t unsigned_ = 0;     // entries behind the last checkpoint
  WallTime unsigned_from_;
  WallTime unsigned_to_;
  MerkleTree tree_;
  uint64_t window_from_ = 0;
  bool window_whole_ = true;
  uint32_t checkpoints_ = 0;
  Hash last_checkpoint_{};
  std::map<FileIdentity, File> files_;
  std::map<FileIdentity, FileFacts> deleted_;
  std::map<std::pair<std::string, uint32_t>, FileIdentity> by_number_;
  uint64_t session_ = 0;
  WallTime last_word_;
  bool running_ = false;
  bool ends_stopped_ = false;  // the newest entry says so
  bool has_key_ = false;       // the newest entry of the service names one
};

}  // namespace vedette::evidence
