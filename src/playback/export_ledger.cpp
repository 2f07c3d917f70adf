// SPDX-License-Identifier: Apache-2.0
#include "playback/export_ledger.h"

#include <vector>

#include "evidence/box_walk.h"
#include "evidence/bundle.h"
#include "evidence/checkpoint.h"
#include "evidence/ledger_entry.h"
#include "store/ledger.h"
#include "store/ledger_files.h"

namespace vedette::playback {
namespace {

/// Clocks step, and entries wait for a group sync.
constexpr Duration kMargin{std::chrono::hours(1)};

/// Collects windows of entries and keeps those that hold something asked for.
class Excerpt {
 public:
  explicit Excerpt(const LedgerQuestion& question) : question_(question) {}

  Result<void> add(ByteSpan content) {
    ByteSpan box;
    for (size_t at = 0;; at += box.size()) {
      const auto next = evidence::box_at(content, at);
      if (!next) return ok();
      box = *next;
      if (evidence::kind_of(box) == evidence::kKindCheckpoint) {
        VEDETTE_TRY(close_window(box));
        continue;
      }
      const auto entry = evidence::decode_entry(box);
      if (!entry) return Error(entry.error()).with_context("ledger");
      const bool shown = is_wanted(*entry);
      wanted_ = wanted_ || shown;
      volume_ = entry->volume;
      window_.push_back({entry->sequence, evidence::record_hash(box),
                         shown ? Bytes(box.begin(), box.end()) : Bytes()});
    }
  }

  Result<Bytes> finish() {
    VEDETTE_TRY(close_window({}));
    return std::move(out_);
  }

 private:
  struct Leaf {
    uint64_t sequence = 0;
    evidence::Hash hash{};
    Bytes box;  ///< of an entry that is shown
  };

  [[nodiscard]] bool is_wanted(const evidence::LedgerEntry& entry) const {
    if (const auto* gap = std::get_if<evidence::GapEntry>(&entry.what)) {
      return question_.gaps.contains(gap->id);
    }
    const auto* deletion = std::get_if<evidence::DeletionEntry>(&entry.what);
    return deletion != nullptr && question_.runs.contains(deletion->file.run);
  }

  Result<void> close_window(ByteSpan checkpoint) {
    for (size_t i = 0; wanted_ && i < window_.size();) {
      if (!window_[i].box.empty()) {
        append(window_[i++].box);
        continue;
      }
      evidence::Omitted omitted;
      omitted.run = volume_;
      omitted.first_sequence = window_[i].sequence;
      while (i < window_.size() && window_[i].box.empty() &&
             omitted.hashes.size() < evidence::kMaxOmitted) {
        omitted.hashes.push_back(window_[i++].hash);
      }
      VEDETTE_ASSIGN(const Bytes box, evidence::encode(omitted));
      append(box);
    }
    if (wanted_) append(checkpoint);
    window_.clear();
    wanted_ = false;
    return ok();
  }
  void append(ByteSpan bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

  const LedgerQuestion& question_;
  std::vector<Leaf> window_;
  std::string volume_;
  bool wanted_ = false;
  Bytes out_;
};

/// When the first entry of a ledger file was written; the file may begin with nothing else.
Result<WallTime> first_written(fs::FileSystem& files, const std::string& path) {
  VEDETTE_ASSIGN(const auto file, files.open_read(path));
  Bytes head(evidence::kMaxEntryBytes);
  VEDETTE_ASSIGN(const size_t got, file->read_at(0, head));
  const auto box = evidence::box_at(ByteSpan(head).first(got), 0);
  if (!box) return WallTime{INT64_MAX};
  const auto entry = evidence::decode_entry(*box);
  return entry ? entry->written : WallTime{INT64_MAX};
}

/// The files that may hold what is asked for: [first, last) of all.
Result<std::pair<size_t, size_t>> choose(fs::FileSystem& files, const std::vector<std::string>& all,
                                         const LedgerQuestion& question) {
  if (!question.runs.empty()) return std::pair(size_t{0}, all.size());
  size_t first = 0;
  size_t last = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    VEDETTE_ASSIGN(const WallTime written, first_written(files, all[i]));
    if (written <= question.from - kMargin) first = i;
    if (written <= question.to + kMargin) last = i + 1;
  }
  return std::pair(first, last);
}

}  // namespace

Result<Bytes> excerpt_ledger(fs::FileSystem& files, const std::string& volume_root,
                             const LedgerQuestion& question) {
  const std::string folder = fs::join(volume_root, store::kLedgerFolder);
  if (question.empty() || !files.exists(folder)) return Bytes();
  VEDETTE_ASSIGN(const std::vector<std::string> all, store::ledger_files(files, folder));
  VEDETTE_ASSIGN(const auto chosen, choose(files, all, question));
  Excerpt excerpt(question);
  for (size_t i = chosen.first; i < chosen.second; ++i) {
    VEDETTE_ASSIGN(const Bytes content, fs::read_all(files, all[i], store::kMaxLedgerFileBytes));
    VEDETTE_TRY(excerpt.add(content));
  }
  return excerpt.finish();
}

}  // namespace vedette::playback
