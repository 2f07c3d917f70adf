// SPDX-License-Identifier: Apache-2.0
#include "evidence/file_walk.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "evidence/box_fields.h"
#include "evidence/box_walk.h"
#include "evidence/torn_end.h"
#include "mp4/limits.h"

namespace vedette::evidence {
namespace {

constexpr uint64_t kMaxReserve = uint64_t{1} << 20;
constexpr size_t kUuidMarkEnd = 24;
// More than what lies between two syncs: a tear with more behind it is no crash.
constexpr size_t kMostBehindTear = 16;

Bytes our_mark() {
  ByteWriter mark;
  mark.u32(kUuidType);
  mark.bytes(kRecordUserType);
  return mark.take();
}

/// The first bytes of a box of ours, as many as there are.
bool starts_as_ours(ByteSpan head) {
  if (head.size() <= 4) return false;
  const Bytes mark = our_mark();
  const size_t count = std::min(head.size() - 4, mark.size());
  return std::equal(mark.begin(), mark.begin() + static_cast<ptrdiff_t>(count), head.begin() + 4);
}

/// A box whose type or user type was touched: most of its mark is there.
bool was_record(ByteSpan head) {
  if (head.size() < kUuidMarkEnd) return false;
  const Bytes mark = our_mark();
  size_t same = 0;
  for (size_t i = 0; i < mark.size(); ++i) same += head[4 + i] == mark[i] ? 1 : 0;
  return same * 4 >= mark.size() * 3;
}

class Walk {
 public:
  Walk(FileReader& reader, FileCase& file) : reader_(reader), file_(file) {}

  WalkedFile run() {
    read_head();
    while (at_ < reader_.size() && step()) {
    }
    seen_.end = at_;
    return std::move(seen_);
  }

 private:
  void add(FaultClass fault, std::string detail, uint64_t offset,
           const FragmentRecord* record = nullptr) {
    file_.add(fault, std::move(detail), offset, record);
  }
  [[nodiscard]] bool may_be_torn() const { return evidence::may_be_torn(file_, seen_); }

  // The head.

  void read_head() {
    auto movie = mp4::read_movie(reader_.source());
    if (!movie) return lose_head(movie.error().what);
    // A player takes moov from anywhere; here it stands where a recorder writes it, or whatever
    // lies before it would pass for a part of the head.
    if (!begins_as_recording(movie->init_end)) return lose_head("moov is not where it should be");
    seen_.movie = std::move(movie).value();
    init_ = reader_.hash(0, seen_.movie->init_end);
    at_ = seen_.movie->init_end;
    read_reserve();
    seen_.reserve_end = at_;
  }

  void lose_head(const std::string& why) {
    const auto good = reader_.next_good(0);
    const bool cut = !good && head_is_cut();
    const uint64_t end = good.value_or(reader_.size());
    if (file_.may_be_new() && (cut || reader_.has_lost_sector(0, end)) && may_follow_tear(0))
      return end_torn();
    add(cut ? FaultClass::kTruncated : FaultClass::kAltered,
        "the head of the file cannot be read: " + why, 0);
    at_ = end;
  }

  /// Whether ftyp and moov are all that stands before `init_end`.
  [[nodiscard]] bool begins_as_recording(uint64_t init_end) const {
    const auto& source = reader_.source();
    const auto brands = mp4::read_box_header(source, 0, reader_.size());
    if (!brands || brands->type != mp4::fourcc("ftyp")) return false;
    const auto movie = mp4::read_box_header(source, brands->end(), reader_.size());
    return movie && movie->type == mp4::fourcc("moov") && movie->end() == init_end;
  }

  /// The file ends within ftyp or moov, and is as it should be up to there.
  [[nodiscard]] bool head_is_cut() const {
    uint64_t at = 0;
    for (const char* type : {"ftyp", "moov"}) {
      const Bytes head = reader_.at(at, mp4::kBoxHeaderBytes);
      if (head.size() < mp4::kBoxHeaderBytes) return true;
      if (as_text(ByteSpan(head).subspan(4)) != type) return false;
      const uint32_t size = ByteReader(head).u32();
      if (at + size > reader_.size()) return size <= mp4::kMaxMoovBytes;
      at += size;
    }
    return false;
  }

  void read_reserve() {
    for (const bool first : {true, false}) {
      if (reserve_is_cut()) return;
      const auto box = mp4::read_box_header(reader_.source(), at_, reader_.size());
      if (!box || box->size > kMaxReserve) break;
      if (first && box->type == mp4::fourcc("sidx")) {
        seen_.indexed = true;
      } else if (box->type == mp4::fourcc("free")) {
        check_free(*box);
        at_ = box->end();
        return;
      } else {
        break;
      }
      at_ = box->end();
    }
    // The header of the free box behind the index may have been lost with its sector.
    const auto good = reader_.next_good(at_);
    if (!seen_.indexed || !file_.may_grow() || !good || !reader_.zeros(at_, *good)) return;
    file_.out().add_torn(at_, *good - at_);
    at_ = *good;
  }

  /// Whether the file ends within the reserve; said then.
  [[nodiscard]] bool reserve_is_cut() {
    const Bytes head = reader_.at(at_, mp4::kBoxHeaderBytes);
    if (head.empty() || reader_.next_good(at_)) return false;
    if (head.size() == mp4::kBoxHeaderBytes) {
      const std::string_view type = as_text(ByteSpan(head).subspan(4));
      const uint32_t size = ByteReader(head).u32();
      if ((type != "sidx" && type != "free") || size > kMaxReserve || at_ + size <= reader_.size())
        return false;
    }
    if (file_.may_be_new()) {
      end_torn();
    } else {
      seen_.truncated = true;
      add(FaultClass::kTruncated, "the file ends before its first fragment", at_);
      at_ = reader_.size();
    }
    return true;
  }

  /// It takes the index when the file is closed, of which a crash leaves some sectors: more than
  /// a few stray bits.
  void check_free(const mp4::BoxHeader& box) {
    if (reader_.zeros(box.body(), box.end())) return;
    const Bytes body = reader_.at(box.body(), static_cast<size_t>(box.end() - box.body()));
    const auto written = std::count_if(body.begin(), body.end(), [](uint8_t b) { return b != 0; });
    if (file_.may_grow() && !seen_.indexed && written >= 8)
      return file_.out().add_torn(box.body(), body.size());
    add(FaultClass::kUnknownBytes, "the reserve is not empty", at_);
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
    const uint64_t body = at_ + box.size();
    SeenRecord found{record, record_hash(box), at_, body + record.fragment_size, false};
    const bool whole = found.end <= reader_.size() &&
                       reader_.hash(body, record.fragment_size) == record.fragment_hash;
    if (!whole) {
      const auto good = reader_.next_good(body);
      if (may_be_torn() && is_torn(found, body, good)) return torn_here();
      if (is_nobodys()) return torn_here();
      if (!good && found.end > reader_.size()) {
        seen_.truncated = true;
        add(FaultClass::kTruncated, "the file ends within a fragment", at_, &record);
        at_ = reader_.size();
        return false;
      }
      add(FaultClass::kAltered, "the bytes of the fragment are not those that were recorded", at_,
          &record);
      found.bad = true;
      const Bytes after = reader_.at(found.end, kHeadBytes);
      if (!box_at(after, 0) && good) found.end = *good;
    }
    at_ = found.end = std::min(found.end, reader_.size());
    seen_.records.push_back(std::move(found));
    ++file_.out().records;
    return true;
  }

  /// Whether a fragment that is not whole was never written whole.
  [[nodiscard]] bool is_torn(const SeenRecord& found, uint64_t body,
                             std::optional<uint64_t> good) const {
    if (!may_follow_tear(body)) return false;
    if (!good && found.end > reader_.size() && fits(found.record, body)) return true;
    return reader_.has_lost_sector(found.begin, std::min(found.end, good.value_or(found.end)));
  }

  /// Behind what the ledger says of a file that was given up: its disk may have been away when that
  /// should have been cut off, and one write may have gone over what another had left.
  [[nodiscard]] bool is_nobodys() const {
    return file_.says(FileEntry::Event::kGivenUp) && at_ >= file_.entry()->file.bytes &&
           may_follow_tear(at_ + 1);
  }

  /// Whether what is there of moof and mdat is of the size that the record says.
  [[nodiscard]] bool fits(const FragmentRecord& record, uint64_t body) const {
    const Bytes head = reader_.at(body, mp4::kBoxHeaderBytes);
    if (head.size() < mp4::kBoxHeaderBytes) return true;
    ByteReader moof(head);
    const uint64_t moof_size = moof.u32();
    if (moof.u32() != mp4::fourcc("moof") || moof_size >= record.fragment_size) return false;
    const Bytes next = reader_.at(body + moof_size, mp4::kBoxHeaderBytes);
    if (next.size() < mp4::kBoxHeaderBytes) return true;
    ByteReader mdat(next);
    return moof_size + mdat.u32() == record.fragment_size && mdat.u32() == mp4::fourcc("mdat");
  }

  /// What was written after a tear was not synced before the crash: nothing of it is signed.
  [[nodiscard]] bool may_follow_tear(uint64_t offset) const {
    size_t behind = 0;
    for (auto good = reader_.next_good(offset); good; good = reader_.next_good(*good + 1))
      if (++behind > kMostBehindTear) return false;
    return !reader_.has_signed(offset);
  }

  bool take_checkpoint(const Checkpoint& checkpoint, ByteSpan box) {
    const bool is_signed = signature_is_right(box);
    const uint64_t end = at_ + box.size();
    if (!is_signed && may_be_torn() && reader_.has_lost_sector(at_, end) && may_follow_tear(end))
      return torn_here();
    if (!is_signed && is_nobodys()) return torn_here();
    ++file_.out().checkpoints;
    const Hash hash = record_hash(box);
    if (!is_signed) add(FaultClass::kAltered, "the signature of a checkpoint is wrong", at_);
    if (is_signed) file_.out().check_key(checkpoint.key, at_);
    if (!checkpoint_hashes_.insert(hash).second) {
      add(FaultClass::kDuplicated, "a checkpoint stands here once more", at_);
    } else {
      judge_order(checkpoint);
      if (seen_.movie && is_signed && checkpoint.init != init_ && !std::exchange(init_bad_, true))
        add(FaultClass::kAltered, "the head of the file is not the one that was signed", 0);
      seen_.checkpoints.push_back({checkpoint, at_, window_from_, seen_.records.size()});
      window_from_ = seen_.records.size();
      last_hash_ = hash;
    }
    seen_.last_box_closes = checkpoint.closing;
    at_ = seen_.last_checkpoint_end = end;
    return true;
  }

  void judge_order(const Checkpoint& checkpoint) {
    const auto& before = seen_.checkpoints;
    const uint32_t expected = before.empty() ? 0 : before.back().checkpoint.number + 1;
    if (checkpoint.number > expected) {
      add(FaultClass::kRemoved,
          fmt::format("{} checkpoints are missing before this one", checkpoint.number - expected),
          at_);
    } else if (checkpoint.number < expected) {
      add(FaultClass::kReordered, "a checkpoint stands behind later ones", at_);
    } else if (checkpoint.previous != (before.empty() ? Hash{} : last_hash_)) {
      add(FaultClass::kAltered, "a checkpoint does not point at the one before", at_);
    }
  }

  void end_torn() {
    seen_.torn = true;
    file_.out().add_torn(at_, reader_.size() - at_);
    at_ = reader_.size();
  }
  bool torn_here() {
    end_torn();
    return false;
  }

  [[nodiscard]] bool is_torn_rest(std::optional<uint64_t> good) const {
    if (reader_.zeros(at_, reader_.size())) return true;
    if (!good && is_cut_box(reader_.at(at_, kHeadBytes), BoxFamily::kRecording))
      return reader_.size() - at_ <= kHeadBytes;
    return reader_.has_lost_sector(at_, good.value_or(reader_.size())) && may_follow_tear(at_);
  }

  bool take_unknown(ByteSpan head, bool is_ours) {
    const auto good = reader_.next_good(at_ + 1);
    if (may_be_torn() && is_torn_rest(good)) return torn_here();
    if (is_nobodys()) return torn_here();
    const uint64_t end = good.value_or(reader_.size());
    const auto& records = seen_.records;
    const bool behind_bad = !records.empty() && records.back().bad && records.back().end == at_;
    if (is_ours) {
      ++seen_.unreadable;
      add(FaultClass::kAltered, "a record or checkpoint here cannot be read", at_);
    } else if (starts_as_ours(head)) {
      ++seen_.unreadable;
      const bool cut = !good && is_cut_box(head, BoxFamily::kRecording);
      seen_.truncated = seen_.truncated || cut;
      add(cut ? FaultClass::kTruncated : FaultClass::kAltered, "a box here is not whole", at_);
    } else if (!behind_bad && was_record(head)) {
      ++seen_.unreadable;
      add(FaultClass::kAltered, "a record here cannot be read", at_);
    } else if (!behind_bad && !good && was_closed(file_, seen_) && !seen_.last_box_closes) {
      seen_.truncated = true;
      add(FaultClass::kTruncated, "the file ends within a fragment", at_);
    } else if (!behind_bad) {
      add(FaultClass::kUnknownBytes, fmt::format("{} bytes belong to nothing", end - at_), at_);
    }
    at_ = end;
    return good.has_value();
  }

  FileReader& reader_;
  FileCase& file_;
  WalkedFile seen_;
  uint64_t at_ = 0;
  Hash init_{};
  bool init_bad_ = false;
  std::set<Hash> checkpoint_hashes_;
  Hash last_hash_{};
  size_t window_from_ = 0;
};

}  // namespace

void FileCase::add(FaultClass fault, std::string detail, uint64_t offset,
                   const FragmentRecord* record) {
  Finding finding{fault, "", offset, std::move(detail), std::nullopt, std::nullopt};
  if (record != nullptr) {
    finding.sequence = record->sequence;
    finding.utc = record->start;
  }
  out_.add(std::move(finding));
}

WalkedFile walk_file(FileReader& reader, FileCase& file) { return Walk(reader, file).run(); }

}  // namespace vedette::evidence
