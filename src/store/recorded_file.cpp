// SPDX-License-Identifier: Apache-2.0
#include "store/recorded_file.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "evidence/box_walk.h"
#include "evidence/chain.h"
#include "evidence/checkpoint.h"
#include "mp4/activity_box.h"
#include "mp4/limits.h"
#include "mp4/read_window.h"
#include "mp4/reader.h"
#include "store/file_source.h"

namespace vedette::store {
namespace {

// More than what lies between two syncs, so that whatever a power cut spoiled is among them.
constexpr size_t kCheckedAtEnd = 16;
constexpr size_t kUserTypeAt = 8;
constexpr size_t kKindAt = 25;
constexpr size_t kSearchBytes = size_t{64} << 10;

bool is_record(ByteSpan head) {
  const auto& type = evidence::kRecordUserType;
  return head.size() > kKindAt && as_text(head.subspan(4, 4)) == "uuid" &&
         std::equal(type.begin(), type.end(), head.begin() + kUserTypeAt);
}

bool all_zero(ByteSpan bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

/// Walks from record to record.
class Walk {
 public:
  Walk(const mp4::ByteSource& source, const mp4::Movie& movie, const ReadSpec& spec,
       RecordedFile& out)
      : source_(source), movie_(movie), spec_(spec), out_(out), window_(source) {}

  void run(uint64_t from) {
    at_ = out_.good_end = from;
    while (at_ < out_.size && out_.fragments.size() < kMaxFragments) {
      if (spec_.stop.stop_requested()) return finish(FileEnd::kCancelled);
      if (!step()) return;
    }
  }

 private:
  static constexpr size_t kMaxFragments = 65'536;
  static constexpr int64_t kMaxTime = int64_t{1} << 61;

  struct Boxes {
    evidence::FragmentRecord record;
    uint32_t record_size = 0;
    uint32_t moof_size = 0;
    uint8_t activity = 0;
  };

  void finish(FileEnd end) { out_.end = end; }

  /// One fragment, or what stands in its place; false at the end.
  bool step() {
    const auto head = window_.at(at_, evidence::kMaxRecordBytes);
    if (!head) return fail(head.error());
    if (all_zero(*head)) return bad(FileEnd::kUnwritten, "nothing was written");
    if (!is_record(*head)) return bad(end_of(*head), "not a fragment of a recording");
    ByteReader in(*head);
    const uint32_t size = in.u32();
    if (size <= kKindAt || size > mp4::kMaxUuidBytes || at_ + size > out_.size)
      return bad(FileEnd::kTorn, "a record that is not whole");
    if ((*head)[kKindAt] != evidence::kKindFragment) {  // of another kind: not ours to read
      if (spec_.stop_at_fault && is_torn_checkpoint(size))
        return bad(FileEnd::kTorn, "a checkpoint that is not whole");
      at_ = out_.good_end = at_ + size;
      return true;
    }
    return take(head->first(std::min<size_t>(size, head->size())));
  }

  /// Its signature may lie in a sector that was lost. What would follow it could only be taken for
  /// somebody's doing.
  [[nodiscard]] bool is_torn_checkpoint(uint32_t size) {
    if (size > evidence::kMaxCheckpointBytes) return false;
    const auto box = window_.at(at_, size);
    if (!box || evidence::kind_of(*box) != evidence::kKindCheckpoint) return false;
    return !evidence::decode_checkpoint(*box) || !evidence::signature_is_right(*box);
  }

  bool take(ByteSpan box) {
    auto record = evidence::decode(box);
    if (!record) return bad(FileEnd::kTorn, record.error().what);
    Boxes boxes{std::move(record).value(), static_cast<uint32_t>(box.size()), 0, 0};
    claimed_end_ = at_ + boxes.record_size + boxes.record.fragment_size;
    if (const auto wrong = stranger(boxes)) return bad(FileEnd::kDamaged, *wrong);
    if (claimed_end_ > out_.size) return bad(FileEnd::kTorn, "the file ends within a fragment");
    if (const auto wrong = read_boxes(boxes); !wrong) return fail(wrong.error());
    if (boxes.moof_size == 0) return bad(FileEnd::kTorn, "boxes that its record does not fit");
    if (spec_.hashes == HashCheck::kAll) {
      const auto right = check_hash(at_ + boxes.record_size, boxes.record);
      if (!right && right.error().code != ErrorCode::kDataLoss) return fail(right.error());
      if (!right && spec_.stop_at_fault) return bad(FileEnd::kTorn, right.error().what);
      if (!right) fault(FaultKind::kAltered, at_, right.error().what);
    }
    if (spec_.samples) check_samples(boxes);
    accept(boxes);
    return true;
  }

  /// Why this record cannot be the next of this file; nullopt when it can.
  [[nodiscard]] std::optional<std::string> stranger(const Boxes& boxes) const {
    const evidence::FragmentRecord& record = boxes.record;
    if (record.start.us > kMaxTime || record.start.us < -kMaxTime || record.media_time > kMaxTime)
      return "a time out of bounds";
    if (out_.fragments.empty()) return std::nullopt;
    const evidence::FragmentRecord& first = out_.first;
    const FragmentEntry& last = out_.fragments.back();
    if (record.run != first.run || record.camera != first.camera || record.site != first.site ||
        record.stream != first.stream || boxes.record_size != last.record_size)
      return "a fragment of another run";
    if (record.sequence <= last.sequence)
      return fmt::format("fragment {} behind fragment {}", record.sequence, last.sequence);
    if (spec_.stop_at_fault && record.sequence != last.sequence + 1)
      return fmt::format("fragment {} is missing", last.sequence + 1);
    return std::nullopt;
  }

  /// moof_size stays 0 when the boxes are not what the record says.
  Result<void> read_boxes(Boxes& boxes) {
    const uint64_t moof_at = at_ + boxes.record_size;
    VEDETTE_ASSIGN(const ByteSpan moof, window_.at(moof_at, mp4::kActivityReach));
    boxes.activity = mp4::read_activity(moof);
    ByteReader in(moof);
    const uint32_t moof_size = in.u32();
    if (in.u32() != mp4::fourcc("moof") || moof_size < mp4::kBoxHeaderBytes ||
        moof_size > mp4::kMaxMoofBytes ||
        uint64_t{moof_size} + mp4::kBoxHeaderBytes > boxes.record.fragment_size)
      return ok();
    VEDETTE_ASSIGN(const ByteSpan head, window_.at(moof_at + moof_size, mp4::kBoxHeaderBytes));
    ByteReader mdat(head);
    const uint32_t mdat_size = mdat.u32();
    if (mdat.u32() == mp4::fourcc("mdat") && moof_size + mdat_size == boxes.record.fragment_size)
      boxes.moof_size = moof_size;
    return ok();
  }

  Result<void> check_hash(uint64_t moof_at, const evidence::FragmentRecord& record) {
    if (record.fragment_size > mp4::kMaxFragmentDataBytes + mp4::kMaxMoofBytes)
      return make_error(ErrorCode::kDataLoss, "a fragment over the limit of size");
    buffer_.resize(record.fragment_size);
    VEDETTE_ASSIGN(const size_t got, source_.read_at(moof_at, buffer_));
    out_.hashed_bytes += got;
    return evidence::check_fragment(record, ByteSpan(buffer_).first(got));
  }

  void check_samples(const Boxes& boxes) {
    const uint64_t moof_at = at_ + boxes.record_size;
    const mp4::BoxHeader header{mp4::fourcc("moof"), moof_at, boxes.moof_size, 8, {}};
    const auto moof = mp4::read_fragment(source_, header, movie_);
    if (!moof) return fault(FaultKind::kWrongSamples, moof_at, moof.error().what);
    const uint64_t data = moof_at + boxes.moof_size + mp4::kBoxHeaderBytes;
    for (const mp4::Run& run : moof->runs) {
      uint64_t end = run.data_offset;
      for (const mp4::Sample& sample : run.samples) end += sample.size;
      if (run.data_offset < data || end > claimed_end_)
        return fault(FaultKind::kWrongSamples, moof_at, "samples outside of their mdat");
      if (run.track_id == 1 && &run == &moof->runs.front() &&
          run.base_decode_time != boxes.record.media_time)
        return fault(FaultKind::kWrongSamples, moof_at, "a decode time that is not its record's");
    }
    if (moof->sequence != boxes.record.sequence + 1)
      fault(FaultKind::kWrongSamples, moof_at, "a number that is not its record's");
  }

  void accept(Boxes& boxes) {
    FragmentEntry entry = entry_of(boxes.record, at_, boxes.record_size, boxes.moof_size);
    entry.activity = boxes.activity;
    if (!out_.fragments.empty() && entry.sequence != out_.fragments.back().sequence + 1)
      fault(FaultKind::kHole, at_,
            fmt::format("fragments {} to {} are missing", out_.fragments.back().sequence + 1,
                        entry.sequence - 1));
    if (out_.fragments.empty()) out_.first = boxes.record;
    out_.fragments.push_back(entry);
    if (spec_.keep_records || keeps_tail()) out_.records.push_back(std::move(boxes.record));
    at_ = out_.good_end = claimed_end_;
    claimed_end_ = 0;
  }

  [[nodiscard]] bool keeps_tail() const { return spec_.hashes == HashCheck::kTail && !out_.closed; }

  void fault(FaultKind kind, uint64_t offset, std::string what) {
    if (out_.faults.size() < kMaxFaults) out_.faults.push_back({kind, offset, std::move(what)});
  }

  bool fail(const Error& error) {
    fault(FaultKind::kDamaged, at_, error.what);
    finish(FileEnd::kUnreadable);
    return false;
  }

  [[nodiscard]] static FileEnd end_of(ByteSpan head) {
    const std::string_view type = as_text(head.subspan(std::min<size_t>(4, head.size())));
    const bool ours = head.size() < mp4::kBoxHeaderBytes || type.starts_with("uuid") ||
                      type.starts_with("moof") || type.starts_with("mdat");
    return ours ? FileEnd::kTorn : FileEnd::kDamaged;
  }

  /// Something that is no good fragment stands at at_: on to the next good one, if there is any.
  bool bad(FileEnd end, const std::string& what) {
    const uint64_t claimed = std::exchange(claimed_end_, 0);
    std::optional<uint64_t> next;
    if (!spec_.stop_at_fault) next = claimed > at_ && continues(claimed) ? claimed : search();
    if (next) {
      fault(FaultKind::kDamaged, at_, fmt::format("{}; {} bytes passed over", what, *next - at_));
      at_ = *next;
      return true;
    }
    // Zeros and a torn fragment are what a crash leaves of a file that was never closed.
    if (out_.closed) fault(FaultKind::kDamaged, at_, what);
    finish(out_.closed ? FileEnd::kDamaged : end);
    return false;
  }

  [[nodiscard]] bool continues(uint64_t offset) {
    if (offset >= out_.size) return false;
    const auto head = window_.at(offset, evidence::kMaxRecordBytes);
    return head && plausible(*head);
  }

  /// A record that this file may go on with.
  [[nodiscard]] bool plausible(ByteSpan head) const {
    if (!is_record(head) || head[kKindAt] != evidence::kKindFragment) return false;
    ByteReader in(head);
    const uint32_t size = in.u32();
    if (size > head.size()) return false;
    const auto record = evidence::decode(head.first(size));
    return record && !stranger({*record, size, 0, 0});
  }

  std::optional<uint64_t> search() {
    Bytes part(kSearchBytes + evidence::kMaxRecordBytes);
    for (uint64_t from = at_ + 1; from < out_.size; from += kSearchBytes) {
      if (spec_.stop.stop_requested()) return std::nullopt;
      const auto got = source_.read_at(from, part);
      if (!got) return std::nullopt;
      const ByteSpan bytes = ByteSpan(part).first(*got);
      const auto& type = evidence::kRecordUserType;
      auto hit = bytes.begin();
      while ((hit = std::search(hit, bytes.end(), type.begin(), type.end())) != bytes.end()) {
        const auto place = static_cast<size_t>(hit - bytes.begin());
        ++hit;
        if (place < kUserTypeAt || place - kUserTypeAt >= kSearchBytes) continue;
        if (plausible(bytes.subspan(place - kUserTypeAt))) return from + place - kUserTypeAt;
      }
    }
    return std::nullopt;
  }

 public:
  /// The last fragments of a file that was never closed may be there by their headers only.
  void check_tail() {
    if (!keeps_tail()) return;
    const size_t count = out_.fragments.size();
    for (size_t i = count; i-- > count - std::min(count, kCheckedAtEnd);) {
      const FragmentEntry& entry = out_.fragments[i];
      const auto right = check_hash(entry.offset, out_.records[i]);
      if (right) continue;
      fault(FaultKind::kAltered, entry.offset - entry.record_size, right.error().what);
      drop(i);
    }
    if (!spec_.keep_records) out_.records.clear();
  }

 private:
  void drop(size_t index) {
    const auto from = static_cast<ptrdiff_t>(index);
    const bool last = index + 1 == out_.fragments.size();
    const ptrdiff_t to =
        spec_.stop_at_fault ? static_cast<ptrdiff_t>(out_.fragments.size()) : from + 1;
    if (last || spec_.stop_at_fault) {
      out_.good_end = out_.fragments[index].offset - out_.fragments[index].record_size;
      out_.end = FileEnd::kTorn;
    }
    out_.fragments.erase(out_.fragments.begin() + from, out_.fragments.begin() + to);
    out_.records.erase(out_.records.begin() + from, out_.records.begin() + to);
    if (index == 0 && !out_.records.empty()) out_.first = out_.records.front();
  }

  static constexpr size_t kMaxFaults = 100;
  const mp4::ByteSource& source_;
  const mp4::Movie& movie_;
  const ReadSpec& spec_;
  RecordedFile& out_;
  mp4::ReadWindow window_;
  Bytes buffer_;
  uint64_t at_ = 0;
  uint64_t claimed_end_ = 0;  // by the record at at_; 0 before one was read
};

uint64_t end_of(const FragmentEntry& entry) { return entry.offset + entry.size; }

/// The index at the head of a closed file against what was found behind it.
void check_index(const mp4::ByteSource& source, const mp4::Movie& movie, uint64_t begins,
                 RecordedFile& file) {
  const auto sidx = mp4::read_sidx(source, movie);
  if (!sidx) {
    file.faults.push_back({FaultKind::kWrongIndex, movie.init_end, sidx.error().what});
    return;
  }
  if (!*sidx || file.fragments.empty() || !file.faults.empty()) return;
  const auto& entries = (*sidx)->entries;
  // An entry is a fragment and the checkpoint before it; with too many, neighbours are merged.
  uint64_t end = (*sidx)->first_entry;
  size_t next = 0;
  bool same = end >= begins;
  for (size_t i = 0; same && i < entries.size(); ++i) {
    end += entries[i].size;
    while (next < file.fragments.size() && end_of(file.fragments[next]) < end) ++next;
    same = next < file.fragments.size() && end_of(file.fragments[next]) == end;
    ++next;
  }
  same = same && next == file.fragments.size();
  if (!same)
    file.faults.push_back({FaultKind::kWrongIndex, movie.init_end,
                           "the index at the head is not of these fragments"});
}

}  // namespace

FragmentEntry entry_of(const evidence::FragmentRecord& record, uint64_t offset,
                       uint32_t record_size, uint32_t moof_size) {
  FragmentEntry entry;
  entry.offset = offset + record_size;
  entry.size = record.fragment_size;
  entry.moof_size = moof_size;
  entry.record_size = record_size;
  entry.sequence = record.sequence;
  entry.start_us = record.start.us;
  entry.media_time = record.media_time;
  entry.duration = record.duration;
  entry.random_access = record.random_access;
  return entry;
}

Result<RecordedFile> read_recorded(fs::FileSystem& files, const std::string& path,
                                   const ReadSpec& spec) {
  VEDETTE_ASSIGN(const auto file, files.open_read(path));
  RecordedFile found;
  VEDETTE_ASSIGN(found.size, file->size());
  const FileSource source(*file, found.size);
  auto read = mp4::read_movie(source);
  if (!read && read.error().code == ErrorCode::kNotFound)  // of moov: the file is there
    return make_error(ErrorCode::kDataLoss, read.error().what);
  if (!read) return std::move(read).error();
  const mp4::Movie& movie = *read;
  if (movie.tracks.empty()) return make_error(ErrorCode::kDataLoss, "no track");
  found.init_size = static_cast<uint32_t>(movie.init_end);
  found.timescale = movie.tracks.front().timescale;
  uint64_t begin = movie.init_end;
  // The reserve: free while the file is open, sidx and perhaps free once it was closed.
  for (int box = 0; box < 2; ++box) {
    const auto reserve = mp4::read_box_header(source, begin, found.size);
    if (!reserve) break;
    if (reserve->type == mp4::fourcc("sidx"))
      found.closed = true;
    else if (reserve->type != mp4::fourcc("free"))
      break;
    begin = reserve->end();
  }
  Walk walk(source, movie, spec, found);
  walk.run(spec.from == 0 ? begin : spec.from);
  walk.check_tail();
  if (spec.samples && found.closed && found.end != FileEnd::kCancelled)
    check_index(source, movie, begin, found);
  return found;
}

}  // namespace vedette::store
