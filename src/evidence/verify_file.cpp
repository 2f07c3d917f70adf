// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_file.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

#include "evidence/box_fields.h"
#include "evidence/box_walk.h"
#include "evidence/chain.h"
#include "evidence/merkle.h"
#include "mp4/reader.h"
#include "mp4/sidx.h"

namespace vedette::evidence {
namespace {

constexpr size_t kHeadBytes = 512;  // more than any of our boxes
static_assert(kMaxCheckpointBytes <= kHeadBytes && kMaxRecordBytes <= kHeadBytes);
constexpr size_t kChunk = size_t{1} << 16;
constexpr uint64_t kMaxReserve = uint64_t{1} << 20;

/// Reads that never fail: a medium error ends the file there, and is reported by the caller's hash.
class Reader {
 public:
  explicit Reader(const mp4::ByteSource& source) : source_(source) {}

  [[nodiscard]] Bytes at(uint64_t offset, size_t count) const {
    Bytes bytes(count);
    const auto got = source_.read_at(offset, bytes);
    bytes.resize(got ? *got : 0);
    return bytes;
  }

  [[nodiscard]] Hash hash(uint64_t offset, uint64_t count) {
    while (count > 0) {
      const Bytes part = at(offset, static_cast<size_t>(std::min<uint64_t>(count, kChunk)));
      if (part.empty()) break;
      sha_.update(part);
      offset += part.size();
      count -= part.size();
    }
    return sha_.finish();
  }

  [[nodiscard]] bool zeros(uint64_t offset, uint64_t end) const {
    while (offset < end) {
      const Bytes part = at(offset, static_cast<size_t>(std::min<uint64_t>(end - offset, kChunk)));
      if (part.empty() || std::any_of(part.begin(), part.end(), [](uint8_t b) { return b != 0; }))
        return false;
      offset += part.size();
    }
    return true;
  }

  /// The next record or checkpoint that can be read, at or after `offset`.
  [[nodiscard]] std::optional<uint64_t> next_good(uint64_t offset) const {
    while (offset < source_.size()) {
      const Bytes part = at(offset, kChunk + kHeadBytes);
      for (auto found = find_box(part, 0); found; found = find_box(part, *found + 1)) {
        if (*found >= kChunk) break;
        const auto box = box_at(part, *found);
        if (box && (decode(*box) || decode_checkpoint(*box))) return offset + *found;
      }
      if (part.size() < kChunk) break;
      offset += kChunk;
    }
    return std::nullopt;
  }

  [[nodiscard]] uint64_t size() const { return source_.size(); }

 private:
  const mp4::ByteSource& source_;
  Sha256 sha_;
};

struct SeenRecord {
  FragmentRecord record;
  Hash hash{};
  uint64_t begin = 0;  // of the record
  uint64_t end = 0;    // of the mdat
  bool bad = false;    // found already
};

struct SeenCheckpoint {
  Checkpoint checkpoint;
  uint64_t offset = 0;
  size_t from = 0;  // records between it and the one before: [from, to)
  size_t to = 0;
};

class FileVerifier {
 public:
  FileVerifier(const mp4::ByteSource& source, const FileExpectation& expectation, Verification& out)
      : source_(source), reader_(source), expectation_(expectation), out_(out) {}

  FileReport run() {
    found_before_ = out_.findings.size();
    read_head();
    while (at_ < reader_.size() && step()) {
    }
    judge_identity();
    judge_chain();
    for (const SeenCheckpoint& seen : checkpoints_) judge_window(seen);
    judge_end();
    judge_ledger();
    judge_index();
    fill_report();
    return std::move(report_);
  }

 private:
  void add(FaultClass fault, std::string detail, uint64_t offset,
           const FragmentRecord* record = nullptr) {
    Finding finding{fault, "", offset, std::move(detail), std::nullopt, std::nullopt};
    if (record != nullptr) {
      finding.sequence = record->sequence;
      finding.utc = record->start;
    }
    out_.add(std::move(finding));
  }
  /// The ledger says that it is being written: its index may have reached the disk before the rest.
  [[nodiscard]] bool may_grow() const {
    return expectation_.entry && expectation_.entry->event == FileEntry::Event::kOpened &&
           !expectation_.at_rest;
  }
  [[nodiscard]] bool was_closed() const {
    return (report_.indexed && !may_grow()) || expectation_.at_rest;
  }
  [[nodiscard]] bool clean() const { return out_.findings.size() == found_before_; }

  // The head.

  void read_head() {
    auto movie = mp4::read_movie(source_);
    if (!movie) {
      add(FaultClass::kAltered, "the head of the file cannot be read: " + movie.error().what, 0);
      at_ = reader_.next_good(0).value_or(reader_.size());
      return;
    }
    movie_ = std::move(movie).value();
    init_ = reader_.hash(0, movie_->init_end);
    at_ = movie_->init_end;
    read_reserve();
  }

  void read_reserve() {
    for (const bool first : {true, false}) {
      const auto box = mp4::read_box_header(source_, at_, reader_.size());
      if (!box || box->size > kMaxReserve) return;
      if (first && box->type == mp4::fourcc("sidx")) {
        report_.indexed = true;
      } else if (box->type == mp4::fourcc("free")) {
        if (!reader_.zeros(box->body(), box->end()))
          add(FaultClass::kUnknownBytes, "the reserve is not empty", at_);
        at_ = box->end();
        return;
      } else {
        return;
      }
      at_ = box->end();
    }
  }

  // The boxes behind it.

  bool step() {
    const Bytes head = reader_.at(at_, kHeadBytes);
    const auto box = box_at(head, 0);
    if (box && kind_of(*box) == kKindCheckpoint) {
      const auto checkpoint = decode_checkpoint(*box);
      if (checkpoint) return take_checkpoint(*checkpoint, *box);
    } else if (box) {
      const auto record = decode(*box);
      if (record) return take_fragment(*record, *box);
    }
    return take_unknown(head, box.has_value());
  }

  bool take_fragment(const FragmentRecord& record, ByteSpan box) {
    SeenRecord seen{record, record_hash(box), at_, at_ + box.size() + record.fragment_size, false};
    const uint64_t body = at_ + box.size();
    const bool whole = seen.end <= reader_.size() &&
                       reader_.hash(body, record.fragment_size) == record.fragment_hash;
    uint64_t next = seen.end;
    if (!whole) {
      const auto good = reader_.next_good(body);
      if (!good && may_be_torn()) return end_torn();
      if (!good && seen.end > reader_.size()) {
        truncated_ = true;
        add(FaultClass::kTruncated, "the file ends within a fragment", at_, &record);
        at_ = reader_.size();
        return false;
      }
      add(FaultClass::kAltered, "the bytes of the fragment are not those that were recorded", at_,
          &record);
      seen.bad = true;
      const Bytes after = reader_.at(seen.end, kHeadBytes);
      if (!box_at(after, 0) && good) next = *good;
    }
    seen.end = next = std::min(next, reader_.size());
    records_.push_back(std::move(seen));
    ++out_.records;
    at_ = next;
    return true;
  }

  bool take_checkpoint(const Checkpoint& checkpoint, ByteSpan box) {
    ++out_.checkpoints;
    const Hash hash = record_hash(box);
    const bool is_signed = signature_is_right(box);
    if (!is_signed) add(FaultClass::kAltered, "the signature of a checkpoint is wrong", at_);
    if (is_signed) out_.check_key(checkpoint.key, at_);
    if (!checkpoint_hashes_.insert(hash).second) {
      add(FaultClass::kDuplicated, "a checkpoint stands here once more", at_);
    } else {
      judge_order(checkpoint);
      if (movie_ && is_signed && checkpoint.init != init_ && !std::exchange(init_bad_, true))
        add(FaultClass::kAltered, "the head of the file is not the one that was signed", 0);
      checkpoints_.push_back({checkpoint, at_, window_from_, records_.size()});
      window_from_ = records_.size();
      last_hash_ = hash;
    }
    last_box_closes_ = checkpoint.closing;
    at_ += box.size();
    last_checkpoint_end_ = at_;
    return true;
  }

  void judge_order(const Checkpoint& checkpoint) {
    const uint32_t expected = checkpoints_.empty() ? 0 : checkpoints_.back().checkpoint.number + 1;
    if (checkpoint.number > expected) {
      add(FaultClass::kRemoved,
          fmt::format("{} checkpoints are missing before this one", checkpoint.number - expected),
          at_);
    } else if (checkpoint.number < expected) {
      add(FaultClass::kReordered, "a checkpoint stands behind later ones", at_);
    } else if (checkpoint.previous != (checkpoints_.empty() ? Hash{} : last_hash_)) {
      add(FaultClass::kAltered, "a checkpoint does not point at the one before", at_);
    }
  }

  /// Whether the end of the file may be what a crash left of one write.
  [[nodiscard]] bool may_be_torn() const {
    if (expectation_.entry && expectation_.entry->event == FileEntry::Event::kGivenUp) return true;
    return !was_closed() && !last_box_closes_;
  }

  bool end_torn() {
    torn_ = true;
    at_ = reader_.size();
    return false;
  }

  bool take_unknown(ByteSpan head, bool is_ours) {
    const auto good = reader_.next_good(at_ + 1);
    if (!good && may_be_torn() &&
        (is_ours || looks_torn(head) || reader_.zeros(at_, reader_.size())))
      return end_torn();
    const uint64_t end = good.value_or(reader_.size());
    const bool behind_bad = !records_.empty() && records_.back().bad && records_.back().end == at_;
    if (is_ours) {
      ++unreadable_;
      add(FaultClass::kAltered, "a record or checkpoint here cannot be read", at_);
    } else if (starts_as_ours(head)) {
      ++unreadable_;
      truncated_ = truncated_ || !good;
      add(good ? FaultClass::kAltered : FaultClass::kTruncated, "a box here is not whole", at_);
    } else if (!behind_bad && was_record(head)) {
      ++unreadable_;
      add(FaultClass::kAltered, "a record here cannot be read", at_);
    } else if (!behind_bad && !good && was_closed() && !last_box_closes_) {
      truncated_ = true;
      add(FaultClass::kTruncated, "the file ends within a fragment", at_);
    } else if (!behind_bad) {
      add(FaultClass::kUnknownBytes, fmt::format("{} bytes belong to nothing", end - at_), at_);
    }
    at_ = end;
    return good.has_value();
  }

  /// The first bytes of a box of ours, as many as there are.
  static bool starts_as_ours(ByteSpan head) {
    ByteWriter mark;
    mark.u32(kUuidType);
    mark.bytes(kRecordUserType);
    if (head.size() <= 4) return false;
    const size_t count = std::min(head.size() - 4, mark.size());
    return std::equal(mark.view().begin(), mark.view().begin() + static_cast<ptrdiff_t>(count),
                      head.begin() + 4);
  }
  static bool looks_torn(ByteSpan head) { return head.size() <= 4 || starts_as_ours(head); }
  /// A box whose type or user type was touched: most of its mark is there.
  static bool was_record(ByteSpan head) {
    if (head.size() < kUuidMarkEnd) return false;
    ByteWriter mark;
    mark.u32(kUuidType);
    mark.bytes(kRecordUserType);
    size_t same = 0;
    for (size_t i = 0; i < mark.size(); ++i) same += head[4 + i] == mark.view()[i] ? 1 : 0;
    return same * 4 >= mark.size() * 3;
  }
  static constexpr size_t kUuidMarkEnd = 24;

  // What they say together.

  static bool same_stream(const FragmentRecord& a, const FragmentRecord& b) {
    return a.run == b.run && a.stream == b.stream && a.camera == b.camera && a.site == b.site;
  }

  /// Most records decide whose file it is; the others are spliced in.
  void judge_identity() {
    std::map<std::string, size_t> votes;
    for (const SeenRecord& seen : records_) ++votes[seen.record.run];
    const FragmentRecord* home = nullptr;
    for (const SeenRecord& seen : records_)
      if (home == nullptr || votes[seen.record.run] > votes[home->run]) home = &seen.record;
    if (home == nullptr) {
      if (out_.checkpoints == 0 && at_ > 0 && clean() && !torn_ && !may_be_torn())
        add(FaultClass::kUnsigned, "there is no record in this file", 0);
      return;
    }
    home_ = *home;
    for (SeenRecord& seen : records_) {
      if (same_stream(seen.record, *home_)) continue;
      if (!seen.bad)
        add(FaultClass::kSpliced,
            fmt::format("a fragment of camera {} and run {}", seen.record.camera, seen.record.run),
            seen.begin, &seen.record);
      seen.bad = true;
      foreign_.insert(seen.begin);
    }
    for (const SeenCheckpoint& seen : checkpoints_) {
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

  void judge_chain() {
    std::vector<FragmentRecord> chain;
    std::vector<size_t> index;
    for (size_t i = 0; i < records_.size(); ++i) {
      if (foreign_.count(records_[i].begin) > 0) continue;
      chain.push_back(records_[i].record);
      index.push_back(i);
    }
    for (const ChainFinding& finding : check_chain(chain, ChainBegin::kAnywhere)) {
      SeenRecord& seen = records_[index[finding.index]];
      // What could not be read is not missing as well.
      if (finding.fault == ChainFault::kRemoved && finding.count <= unreadable_) {
        unreadable_ -= finding.count;
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
    const auto begin = records_.begin() + static_cast<ptrdiff_t>(seen.from);
    const auto end = records_.begin() + static_cast<ptrdiff_t>(seen.to);
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
    if (expectation_.entry && expectation_.entry->event != FileEntry::Event::kOpened) {
      const FileFacts& facts = expectation_.entry->file;
      const auto last = std::find_if(records_.begin(), records_.end(), [&](const SeenRecord& seen) {
        return !seen.bad && facts.count > 0 && seen.hash == facts.head;
      });
      if (last != records_.end())
        to = std::max<uint64_t>(to, uint64_t{facts.first_sequence} + facts.count);
    }
    return to;
  }

  void judge_end() {
    const bool given_up =
        expectation_.entry && expectation_.entry->event == FileEntry::Event::kGivenUp;
    const auto first = std::find_if(records_.begin(), records_.end(), [&](const SeenRecord& seen) {
      return !seen.bad && seen.record.sequence >= vouched_to();
    });
    const auto unsigned_count = static_cast<uint64_t>(std::count_if(
        records_.begin(), records_.end(),
        [&](const SeenRecord& seen) { return !seen.bad && seen.record.sequence >= vouched_to(); }));
    if (was_closed() && !given_up && !last_box_closes_ && !truncated_ && !checkpoints_.empty()) {
      truncated_ = true;
      add(FaultClass::kTruncated, "the file was closed, and its last checkpoint is missing", at_);
    } else if (last_box_closes_ && last_checkpoint_end_ < at_ && clean()) {
      add(FaultClass::kUnknownBytes, "something follows the last checkpoint", last_checkpoint_end_);
    } else if (unsigned_count > 0 && was_closed() && !given_up && !truncated_) {
      add(FaultClass::kUnsigned,
          fmt::format("nobody signed {} fragments from here on", unsigned_count), first->begin,
          &first->record);
    } else {
      out_.not_signed_yet += unsigned_count;
    }
  }

  void judge_ledger() {
    if (!expectation_.entry || expectation_.entry->event == FileEntry::Event::kOpened) return;
    if (expectation_.entry->event == FileEntry::Event::kLost || records_.empty() || !clean())
      return;
    const FileFacts& facts = expectation_.entry->file;
    const bool given_up = expectation_.entry->event == FileEntry::Event::kGivenUp;
    const uint64_t end = uint64_t{facts.first_sequence} + facts.count;
    const uint64_t here = uint64_t{records_.back().record.sequence} + 1;
    if (here < end) {
      add(FaultClass::kTruncated,
          fmt::format("the ledger knows {} more fragments at its end", end - here), at_);
    } else if (vouched_by_head(facts)) {
      if (!given_up && reader_.size() != facts.bytes)
        add(reader_.size() < facts.bytes ? FaultClass::kTruncated : FaultClass::kUnknownBytes,
            fmt::format("it has {} bytes; the ledger knows {}", reader_.size(), facts.bytes), at_);
    } else {
      add(FaultClass::kAltered, "its last record is not the one that the ledger knows", at_);
    }
  }
  [[nodiscard]] bool vouched_by_head(const FileFacts& facts) const {
    return std::any_of(records_.begin(), records_.end(), [&](const SeenRecord& seen) {
      return seen.hash == facts.head &&
             seen.record.sequence + uint64_t{1} == uint64_t{facts.first_sequence} + facts.count;
    });
  }

  // The index is made from the records, so it is compared with what the writer would make.

  void judge_index() {
    if (!report_.indexed || may_grow() || !movie_ || records_.empty()) return;
    const auto sidx = mp4::read_sidx(source_, *movie_);
    uint64_t covered = 0;
    if (sidx && *sidx) {
      covered = (*sidx)->first_entry;
      for (const mp4::SidxEntry& entry : (*sidx)->entries) covered += entry.size;
    }
    if (covered > records_.back().end && clean() && !truncated_) {
      add(FaultClass::kTruncated, "the index knows more than there is", at_);
      return;
    }
    if (!clean()) return;
    mp4::Sidx made;
    made.timescale = records_.front().record.timescale;
    const uint64_t begin = reserve_end();
    uint64_t end = begin;
    for (const SeenRecord& seen : records_) {
      made.entries.push_back(
          {static_cast<uint32_t>(seen.end - end), seen.record.duration, seen.record.random_access});
      end = seen.end;
    }
    const auto reserve = static_cast<size_t>(begin - movie_->init_end);
    const Bytes written = reader_.at(movie_->init_end, reserve);
    for (const int64_t earliest : {records_.front().record.media_time, first_pts()}) {
      made.earliest_pts = std::max<int64_t>(0, earliest);
      if (mp4::make_sidx(made, reserve) == written) return;
    }
    add(FaultClass::kAltered, "the index does not fit the fragments", movie_->init_end);
  }

  [[nodiscard]] uint64_t reserve_end() const {
    uint64_t end = movie_->init_end;
    for (const char* type : {"sidx", "free"}) {
      const auto box = mp4::read_box_header(source_, end, reader_.size());
      if (box && mp4::to_string(box->type) == type) end = box->end();
    }
    return end;
  }

  [[nodiscard]] int64_t first_pts() const {
    const SeenRecord& first = records_.front();
    const uint64_t moof_at = first.end - first.record.fragment_size;
    const auto moof = mp4::read_box_header(source_, moof_at, reader_.size());
    if (!moof) return 0;
    const auto fragment = mp4::read_fragment(source_, *moof, *movie_);
    if (!fragment) return 0;
    for (const mp4::Run& run : fragment->runs)
      if (run.track_id == 1 && !run.samples.empty())
        return run.base_decode_time + run.samples.front().cts;
    return 0;
  }

  void fill_report() {
    out_.bytes += reader_.size();
    ++out_.files;
    report_.checkpoints = checkpoints_.size();
    report_.closed = last_box_closes_;
    for (const SeenCheckpoint& seen : checkpoints_) {
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
    for (const SeenRecord& seen : records_) {
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

  const mp4::ByteSource& source_;
  Reader reader_;
  const FileExpectation& expectation_;
  Verification& out_;
  FileReport report_;
  size_t found_before_ = 0;

  std::optional<mp4::Movie> movie_;
  Hash init_{};
  bool init_bad_ = false;
  uint64_t at_ = 0;
  bool torn_ = false;
  bool truncated_ = false;
  size_t unreadable_ = 0;
  std::vector<SeenRecord> records_;
  std::set<uint64_t> foreign_;  // offsets of records of others
  std::optional<FragmentRecord> home_;

  std::vector<SeenCheckpoint> checkpoints_;
  std::set<Hash> checkpoint_hashes_;
  Hash last_hash_{};
  size_t window_from_ = 0;
  bool last_box_closes_ = false;
  uint64_t last_checkpoint_end_ = 0;
  uint64_t signed_to_ = 0;
};

}  // namespace

FileReport verify_file(const mp4::ByteSource& source, const FileExpectation& expectation,
                       Verification& out) {
  return FileVerifier(source, expectation, out).run();
}

std::optional<FileIdentity> identify_file(const mp4::ByteSource& source) {
  const auto movie = mp4::read_movie(source);
  const Reader reader(source);
  const auto first = reader.next_good(movie ? movie->init_end : 0);
  if (!first) return std::nullopt;
  const Bytes head = reader.at(*first, kHeadBytes);
  const auto record = decode(*box_at(head, 0));
  if (!record) return std::nullopt;
  return FileIdentity{record->run, record->sequence};
}

}  // namespace vedette::evidence
