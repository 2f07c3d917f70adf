// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_file.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

#include "evidence/box_walk.h"
#include "evidence/chain.h"
#include "evidence/file_walk.h"
#include "evidence/merkle.h"

namespace vedette::evidence {
namespace {

/// What the boxes of a file say together, and what the ledger says of them.
class Judge {
 public:
  Judge(FileReader& reader, FileCase& file, WalkedFile seen)
      : reader_(reader), file_(file), seen_(std::move(seen)) {}

  FileReport run() {
    judge_identity();
    for (const SeenCheckpoint& seen : seen_.checkpoints) judge_numbers(seen);
    judge_chain();
    for (const SeenCheckpoint& seen : seen_.checkpoints) judge_window(seen);
    judge_end();
    judge_ledger();
    judge_index(reader_, file_, seen_);
    fill_report();
    return std::move(report_);
  }

 private:
  void add(FaultClass fault, std::string detail, uint64_t offset,
           const FragmentRecord* record = nullptr) {
    file_.add(fault, std::move(detail), offset, record);
  }
  [[nodiscard]] bool clean() const { return file_.clean(); }
  [[nodiscard]] bool was_closed() const { return evidence::was_closed(file_, seen_); }
  [[nodiscard]] bool may_be_torn() const { return evidence::may_be_torn(file_, seen_); }

  static bool same_stream(const FragmentRecord& a, const FragmentRecord& b) {
    return a.run == b.run && a.stream == b.stream && a.camera == b.camera && a.site == b.site;
  }

  /// Most records decide whose file it is; the others are spliced in.
  void judge_identity() {
    std::map<std::string, size_t> votes;
    for (const SeenRecord& seen : seen_.records) ++votes[seen.record.run];
    const FragmentRecord* home = nullptr;
    for (const SeenRecord& seen : seen_.records)
      if (home == nullptr || votes[seen.record.run] > votes[home->run]) home = &seen.record;
    if (home == nullptr) {
      if (file_.out().checkpoints == 0 && seen_.end > 0 && clean() && !seen_.torn && !may_be_torn())
        cut_off("there is no record in this file");
      return;
    }
    home_ = *home;
    for (SeenRecord& seen : seen_.records) {
      if (same_stream(seen.record, *home_)) continue;
      if (!seen.bad)
        add(FaultClass::kSpliced,
            fmt::format("a fragment of camera {} and run {}", seen.record.camera, seen.record.run),
            seen.begin, &seen.record);
      seen.bad = true;
      foreign_.insert(seen.begin);
    }
    for (const SeenCheckpoint& seen : seen_.checkpoints) {
      const Checkpoint& checkpoint = seen.checkpoint;
      if (!checkpoint.of_ledger && checkpoint.run == home_->run &&
          checkpoint.camera == home_->camera && checkpoint.site == home_->site &&
          checkpoint.stream == home_->stream)
        continue;
      add(FaultClass::kSpliced, "a checkpoint of another file", seen.offset);
    }
  }

  static FaultClass class_of(ChainFault fault) {
    switch (fault) {
      case ChainFault::kRemoved:
        return FaultClass::kRemoved;
      case ChainFault::kReordered:
        return FaultClass::kReordered;
      case ChainFault::kDuplicated:
        return FaultClass::kDuplicated;
      case ChainFault::kForeign:
        return FaultClass::kSpliced;
      case ChainFault::kAltered:
        break;
    }
    return FaultClass::kAltered;
  }

  /// As many records as the checkpoint covers: none is missing. Where the one that was signed in a
  /// place is nowhere in the file, what stands there is that one, and has got another number.
  void judge_numbers(const SeenCheckpoint& seen) {
    if (seen.to - seen.from != seen.checkpoint.count) return;
    for (size_t i = seen.from; i < seen.to; ++i) {
      SeenRecord& record = seen_.records[i];
      const uint64_t signed_as = seen.checkpoint.first_sequence + (i - seen.from);
      if (record.bad || record.record.sequence == signed_as) continue;
      const bool elsewhere =
          std::any_of(seen_.records.begin(), seen_.records.end(), [&](const SeenRecord& other) {
            return other.record.sequence == signed_as ||
                   (&other != &record && other.hash == record.hash);
          });
      if (elsewhere) continue;
      add(FaultClass::kAltered,
          fmt::format("fragment {} is the one that was signed as {}", record.record.sequence,
                      signed_as),
          record.begin, &record.record);
      record.bad = true;
      foreign_.insert(record.begin);
      ++seen_.unreadable;
    }
  }

  void judge_chain() {
    std::vector<FragmentRecord> chain;
    std::vector<size_t> index;
    for (size_t i = 0; i < seen_.records.size(); ++i) {
      if (foreign_.count(seen_.records[i].begin) > 0) continue;
      chain.push_back(seen_.records[i].record);
      index.push_back(i);
    }
    for (const ChainFinding& finding : check_chain(chain, ChainBegin::kAnywhere)) {
      SeenRecord& seen = seen_.records[index[finding.index]];
      // What could not be read is not missing as well.
      if (finding.fault == ChainFault::kRemoved && finding.count <= seen_.unreadable) {
        seen_.unreadable -= finding.count;
        continue;
      }
      const bool known = seen.bad && finding.fault == ChainFault::kAltered;
      seen.bad = true;
      if (!known) add(class_of(finding.fault), finding.detail, seen.begin, &seen.record);
    }
  }

  void judge_window(const SeenCheckpoint& seen) {
    const Checkpoint& checkpoint = seen.checkpoint;
    signed_to_ = std::max(signed_to_, checkpoint.end_sequence());
    const auto begin = seen_.records.begin() + static_cast<ptrdiff_t>(seen.from);
    const auto end = seen_.records.begin() + static_cast<ptrdiff_t>(seen.to);
    if (std::any_of(begin, end, [](const SeenRecord& record) { return record.bad; })) return;
    const uint64_t here = seen.to - seen.from;
    if (here < checkpoint.count) {
      if (clean())
        add(FaultClass::kRemoved,
            fmt::format("{} of the fragments that were signed are missing",
                        checkpoint.count - here),
            seen.offset);
      return;
    }
    MerkleTree tree;
    for (auto record = begin; record != end; ++record) tree.add(record->hash);
    const bool fits = here == checkpoint.count &&
                      (here == 0 || begin->record.sequence == checkpoint.first_sequence);
    if (fits && tree.root() == checkpoint.root) return;
    if (!clean()) return;
    add(FaultClass::kAltered, "the fragments before this checkpoint are not those that were signed",
        seen.offset, here > 0 ? &begin->record : nullptr);
  }

  /// Sequence after the last that something signed vouches for.
  [[nodiscard]] uint64_t vouched_to() const {
    uint64_t to = signed_to_;
    if (file_.entry() != nullptr && !file_.says(FileEntry::Event::kOpened)) {
      const FileFacts& facts = file_.entry()->file;
      const auto last =
          std::find_if(seen_.records.begin(), seen_.records.end(), [&](const SeenRecord& seen) {
            return !seen.bad && facts.count > 0 && seen.hash == facts.head;
          });
      if (last != seen_.records.end())
        to = std::max<uint64_t>(to, uint64_t{facts.first_sequence} + facts.count);
    }
    return to;
  }

  void judge_end() {
    const uint64_t vouched = vouched_to();
    const auto nobody_vouches = [vouched](const SeenRecord& seen) {
      return !seen.bad && seen.record.sequence >= vouched;
    };
    const auto& records = seen_.records;
    const auto first = std::find_if(records.begin(), records.end(), nobody_vouches);
    const auto count =
        static_cast<uint64_t>(std::count_if(records.begin(), records.end(), nobody_vouches));
    const bool ended = was_closed() && !file_.says(FileEntry::Event::kGivenUp);
    if (ended && !seen_.last_box_closes && !seen_.truncated && !seen_.checkpoints.empty()) {
      cut_off("the file was closed, and its last checkpoint is missing");
    } else if (ended && !seen_.truncated && clean() && index_knows_more(reader_, seen_)) {
      cut_off("the index knows more than there is");
    } else if (ended && !seen_.truncated && clean() && ledger_knows_more()) {
      cut_off("the ledger knows more bytes");
    } else if (seen_.last_box_closes && seen_.last_checkpoint_end < seen_.end && clean()) {
      add(FaultClass::kUnknownBytes, "something follows the last checkpoint",
          seen_.last_checkpoint_end);
    } else if (count > 0 && ended && !seen_.truncated) {
      add(FaultClass::kUnsigned, fmt::format("nobody signed {} fragments from here on", count),
          first->begin, &first->record);
    } else {
      file_.out().not_signed_yet += count;
    }
  }

  [[nodiscard]] bool ledger_knows_more() const {
    return file_.entry() != nullptr && !file_.says(FileEntry::Event::kOpened) &&
           reader_.size() < file_.entry()->file.bytes;
  }

  void cut_off(const char* why) {
    seen_.truncated = true;
    add(FaultClass::kTruncated, why, seen_.end);
  }

  void judge_ledger() {
    if (file_.entry() == nullptr || file_.says(FileEntry::Event::kOpened)) return;
    if (file_.says(FileEntry::Event::kLost) || seen_.records.empty() || !clean()) return;
    const FileFacts& facts = file_.entry()->file;
    const bool given_up = file_.entry()->event == FileEntry::Event::kGivenUp;
    const uint64_t end = uint64_t{facts.first_sequence} + facts.count;
    const uint64_t here = uint64_t{seen_.records.back().record.sequence} + 1;
    if (here < end) {
      add(FaultClass::kTruncated,
          fmt::format("the ledger knows {} more fragments at its end", end - here), seen_.end);
    } else if (vouched_by_head(facts)) {
      if (!given_up && reader_.size() != facts.bytes)
        add(reader_.size() < facts.bytes ? FaultClass::kTruncated : FaultClass::kUnknownBytes,
            fmt::format("it has {} bytes; the ledger knows {}", reader_.size(), facts.bytes),
            seen_.end);
    } else {
      add(FaultClass::kAltered, "its last record is not the one that the ledger knows", seen_.end);
    }
  }
  [[nodiscard]] bool vouched_by_head(const FileFacts& facts) const {
    return std::any_of(seen_.records.begin(), seen_.records.end(), [&](const SeenRecord& seen) {
      return seen.hash == facts.head &&
             seen.record.sequence + uint64_t{1} == uint64_t{facts.first_sequence} + facts.count;
    });
  }

  void fill_report() {
    file_.out().bytes += reader_.size();
    ++file_.out().files;
    report_.checkpoints = seen_.checkpoints.size();
    report_.indexed = seen_.indexed;
    report_.closed = seen_.last_box_closes;
    for (const SeenCheckpoint& seen : seen_.checkpoints) {
      report_.final = seen.checkpoint.final;
      const LedgerHead& head = seen.checkpoint.ledger;
      if (head.entries > 0 &&
          (report_.ledger_heads.empty() || !(report_.ledger_heads.back() == head)))
        report_.ledger_heads.push_back(head);
    }
    if (!home_) return;
    report_.readable = true;
    report_.site = home_->site;
    report_.camera = home_->camera;
    report_.stream = home_->stream;
    FileFacts& facts = report_.facts;
    facts.run = home_->run;
    facts.bytes = reader_.size();
    bool first = true;
    for (const SeenRecord& seen : seen_.records) {
      if (foreign_.count(seen.begin) > 0) continue;
      if (std::exchange(first, false)) {
        facts.first_sequence = seen.record.sequence;
        facts.start = seen.record.start;
        report_.first_previous = seen.record.previous;
      }
      facts.end = seen.record.start + Duration(seen.record.duration_us());
      facts.head = seen.hash;
      facts.count = seen.record.sequence + 1 - facts.first_sequence;
    }
  }

  FileReader& reader_;
  FileCase& file_;
  WalkedFile seen_;
  FileReport report_;
  std::set<uint64_t> foreign_;  // offsets of records of others, and of those with another number
  std::optional<FragmentRecord> home_;
  uint64_t signed_to_ = 0;
};

}  // namespace

FileReport verify_file(const mp4::ByteSource& source, const FileExpectation& expectation,
                       Verification& out) {
  FileReader reader(source);
  FileCase file(expectation, out);
  WalkedFile seen = walk_file(reader, file);
  return Judge(reader, file, std::move(seen)).run();
}

std::optional<FileIdentity> identify_file(const mp4::ByteSource& source) {
  const auto movie = mp4::read_movie(source);
  const FileReader reader(source);
  const auto first = reader.next_good(movie ? movie->init_end : 0);
  if (!first) return std::nullopt;
  const Bytes head = reader.at(*first, kHeadBytes);
  const auto record = decode(*box_at(head, 0));
  if (!record) return std::nullopt;
  return FileIdentity{record->run, record->sequence};
}

}  // namespace vedette::evidence
