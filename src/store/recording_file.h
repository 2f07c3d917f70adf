// SPDX-License-Identifier: Apache-2.0
// One recording file being written: the head, fragments one write each, the index when closed.
// docs/design/format.md is the grammar. Confined to its volume's I/O thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evidence/chain.h"
#include "evidence/checkpointer.h"
#include "evidence/ledger_entry.h"
#include "fs/file_system.h"
#include "media/access_unit.h"
#include "mp4/fragment.h"
#include "mp4/sidx.h"
#include "store/archive.h"
#include "store/types.h"

namespace vedette::store {

/// Fragments the reserved sidx has room for; a file is rotated when it holds as many.
inline constexpr size_t kIndexEntries = 1000;

/// Turns a GOP into the bytes of a fragment. Reuses its memory: one per I/O thread.
class FragmentBuilder {
 public:
  struct Built {
    std::span<const ByteSpan> parts;  ///< record, moof + mdat header, samples; valid until the next
    FragmentEntry entry;              ///< all but offset
    int64_t pts = 0;                  ///< of the first sample, in ticks since the run's start
    size_t size_bytes = 0;            ///< of all parts
    evidence::Hash record_hash{};
    evidence::Hash previous{};  ///< of the record before it in the run
  };
  /// Appends to the chain: if the bytes do not reach the disk, the run is over.
  [[nodiscard]] Result<Built> build(const RunSpec& run, const std::string& site,
                                    const FragmentInput& input, evidence::Chain& chain);

 private:
  void add_samples(const std::vector<media::AccessUnitPtr>& units, int64_t end, bool all_sync,
                   std::vector<mp4::Sample>& samples);
  [[nodiscard]] evidence::FragmentRecord record_of(const RunSpec& run, const std::string& site,
                                                   const FragmentInput& input) const;

  std::vector<mp4::Sample> video_;
  std::vector<mp4::Sample> audio_;
  Bytes head_;
  Bytes record_;
  std::vector<ByteSpan> parts_;
  evidence::Sha256 sha_;
};

/// Decode time of an access unit in ticks since the run's start, on its own track's clock.
[[nodiscard]] int64_t run_time(const RunSpec& run, const media::AccessUnit& au);

/// What a new file begins with.
struct FileStart {
  FileRef ref;  ///< all but init_size and timescale
  std::string site;
  uint32_t first_sequence = 0;
  evidence::Hash previous{};  ///< of the record before the first one
  uint64_t expect_bytes = 0;  ///< space to reserve
};

class RecordingFile {
 public:
  /// Creates the file, reserves space and writes the head. The path is ref.path().
  [[nodiscard]] static Result<std::shared_ptr<RecordingFile>> create(fs::FileSystem& files,
                                                                     const RunSpec& run,
                                                                     FileStart start);
  /// One write, with `checkpoint` before the fragment if there is one.
  using Checkpoint = std::optional<evidence::Checkpointer::Made>;
  [[nodiscard]] Result<FragmentEntry> append(const FragmentBuilder::Built& fragment,
                                             const Checkpoint& checkpoint = {});
  /// Writes the last checkpoint and the index, and gives back what was reserved beyond the end. Not
  /// synced.
  [[nodiscard]] Result<void> finish(const Checkpoint& checkpoint = {});
  /// The file up to here is on the medium: drops it from the page cache.
  void synced();

  [[nodiscard]] fs::File& file() { return *file_; }
  [[nodiscard]] const FileRefPtr& ref() const { return ref_; }
  [[nodiscard]] uint64_t end() const { return end_; }
  /// Reserved and not yet written.
  [[nodiscard]] uint64_t reserved() const { return allocated_ > end_ ? allocated_ - end_ : 0; }
  [[nodiscard]] size_t fragments() const { return index_.entries.size(); }
  [[nodiscard]] int64_t media_start() const { return media_start_; }
  [[nodiscard]] const evidence::Checkpointer& checkpointer() const { return checkpointer_; }
  /// What the ledger says of it, as it was opened, is now, and was when last synced.
  [[nodiscard]] evidence::FileFacts opened() const;
  [[nodiscard]] evidence::FileFacts facts() const;
  /// Where the file ended when it was last synced.
  [[nodiscard]] uint64_t synced_end() const { return synced_; }
  [[nodiscard]] const evidence::FileFacts& synced_facts() const { return synced_facts_; }

 private:
  RecordingFile(std::unique_ptr<fs::File> file, FileStart start, evidence::Checkpoint about);

  std::unique_ptr<fs::File> file_;
  FileRefPtr ref_;
  evidence::Checkpointer checkpointer_;
  evidence::FileFacts facts_;
  evidence::FileFacts synced_facts_;
  evidence::Hash previous_{};
  uint64_t end_ = 0;
  uint64_t allocated_ = 0;
  uint64_t dropped_ = 0;  // page cache dropped up to here
  uint64_t synced_ = 0;
  int64_t media_start_ = 0;
  mp4::Sidx index_;
};

}  // namespace vedette::store
