// SPDX-License-Identifier: Apache-2.0
// The part of recovery that reads one recording file: how far it is whole, and what stands behind.
#include <algorithm>
#include <optional>

#include "evidence/box_walk.h"
#include "evidence/chain.h"
#include "mp4/reader.h"
#include "store/file_source.h"
#include "store/recovery_found.h"

namespace vedette::store {
namespace {

// More than what lies between two syncs, so that whatever a power cut spoiled is among them.
constexpr size_t kCheckedAtEnd = 16;

/// Remembers that a read failed. Of what could not be read nothing is known, and a disk that fails
/// once must not look like a file that ends there.
class WatchedSource final : public mp4::ByteSource {
 public:
  WatchedSource(const fs::File& file, uint64_t size) : source_(file, size) {}
  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    auto got = source_.read_at(offset, out);
    if (!got && !failure_) failure_ = got.error();
    return got;
  }
  uint64_t size() const override { return source_.size(); }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  FileSource source_;
  mutable std::optional<Error> failure_;
};

FragmentEntry entry_of(const mp4::ScannedFragment& scanned,
                       const evidence::FragmentRecord& record) {
  FragmentEntry entry;
  entry.offset = scanned.moof_offset();
  entry.size = static_cast<uint32_t>(scanned.moof_size + scanned.mdat_size);
  entry.moof_size = scanned.moof_size;
  entry.record_size = scanned.record_size;
  entry.sequence = record.sequence;
  entry.start_us = record.start.us;
  entry.media_time = record.media_time;
  entry.duration = record.duration;
  entry.random_access = record.random_access;
  return entry;
}

Result<evidence::FragmentRecord> read_record(const mp4::ByteSource& source,
                                             const mp4::ScannedFragment& scanned) {
  if (scanned.record_size == 0 || scanned.record_size > evidence::kMaxRecordBytes)
    return make_error(ErrorCode::kDataLoss, "a fragment without a record");
  VEDETTE_ASSIGN(const Bytes box, mp4::read_exactly(source, scanned.offset, scanned.record_size));
  VEDETTE_ASSIGN(evidence::FragmentRecord record, evidence::decode(box));
  if (record.fragment_size != scanned.moof_size + scanned.mdat_size)
    return make_error(ErrorCode::kDataLoss, "a record of another size");
  return record;
}

Result<void> check_hash(const mp4::ByteSource& source, const mp4::ScannedFragment& scanned,
                        const evidence::FragmentRecord& record) {
  VEDETTE_ASSIGN(const Bytes bytes,
                 mp4::read_exactly(source, scanned.moof_offset(), record.fragment_size));
  return evidence::check_fragment(record, bytes);
}

/// Moves `end` behind the checkpoint that stands at the end of the file, if one does.
void take_checkpoint(const mp4::ByteSource& source, const mp4::Scan& scan, uint64_t& end) {
  if (scan.tail.empty() || scan.tail.front().size > evidence::kMaxCheckpointBytes) return;
  const mp4::BoxHeader& box = scan.tail.front();
  const auto bytes = mp4::read_exactly(source, box.offset, static_cast<size_t>(box.size));
  if (bytes && evidence::decode_checkpoint(*bytes) && evidence::signature_is_right(*bytes))
    end = box.end();
}

/// Of a checkpoint that was written together with a fragment some sectors may be missing.
bool prefix_is_whole(const mp4::ByteSource& source, const mp4::ScannedFragment& scanned) {
  if (scanned.prefix_size == 0 || scanned.prefix_size > evidence::kMaxCheckpointBytes) return true;
  const auto bytes =
      mp4::read_exactly(source, scanned.offset - scanned.prefix_size, scanned.prefix_size);
  return bytes && evidence::decode_checkpoint(*bytes) && evidence::signature_is_right(*bytes);
}

/// Whether something that a crash does not leave stands at or after `from`: a fragment that is
/// whole, or what was signed.
Result<bool> has_good_behind(const mp4::ByteSource& source, uint64_t from) {
  constexpr uint64_t kChunk = uint64_t{1} << 20;
  constexpr uint64_t kBox = 512;  // more than any of our boxes
  for (uint64_t at = from; at < source.size(); at += kChunk) {
    const auto count = static_cast<size_t>(std::min(kChunk + kBox, source.size() - at));
    VEDETTE_ASSIGN(const Bytes part, mp4::read_exactly(source, at, count));
    for (auto found = evidence::find_box(part, 0); found && *found < kChunk;
         found = evidence::find_box(part, *found + 1)) {
      const auto box = evidence::box_at(part, *found);
      if (!box) continue;
      if (evidence::decode_checkpoint(*box) && evidence::signature_is_right(*box)) return true;
      const auto record = evidence::decode(*box);
      if (!record) continue;
      const auto media =
          mp4::read_exactly(source, at + *found + box->size(), record->fragment_size);
      if (media && evidence::check_fragment(*record, *media)) return true;
    }
  }
  return false;
}

}  // namespace

Result<Recovery::Found> Recovery::read(const std::string& path, uint64_t from,
                                       bool check_all) const {
  VEDETTE_ASSIGN(const auto file, parts_.files.open_read(path));
  Found found;
  VEDETTE_ASSIGN(found.size, file->size());
  const WatchedSource source(*file, found.size);
  const auto movie = mp4::read_movie(source);
  if (source.failure()) return make_error(ErrorCode::kUnavailable, source.failure()->what);
  if (!movie) return movie.error();
  if (movie->tracks.empty()) return make_error(ErrorCode::kDataLoss, "no track");
  found.init_size = static_cast<uint32_t>(movie->init_end);
  found.timescale = movie->tracks.front().timescale;
  const auto reserve = mp4::read_box_header(source, movie->init_end, found.size);
  // An index without the free box behind it was being written when the power went.
  const auto rest = reserve ? mp4::read_box_header(source, reserve->end(), found.size) : reserve;
  found.closed = reserve && rest && reserve->type == mp4::fourcc("sidx") &&
                 (rest->type == mp4::fourcc("free") || rest->type == mp4::fourcc("uuid"));
  read_fragments(source, from == 0 ? movie->init_end : from, check_all, found);
  found.readable = !source.failure();
  found.cut_off = found.cut_off && found.readable;
  return found;
}

void Recovery::read_fragments(const mp4::ByteSource& source, uint64_t from, bool check_all,
                              Found& found) {
  const mp4::Scan scan = mp4::scan_fragments(source, from);
  found.good_end = scan.fragments.empty()
                       ? scan.good_end
                       : scan.fragments.front().offset - scan.fragments.front().prefix_size;
  found.scanned = scan.fragments.size();
  found.cut_off = scan.stop == mp4::ScanStop::kTorn || scan.stop == mp4::ScanStop::kUnwritten;
  for (size_t i = 0; i < scan.fragments.size(); ++i) {
    const mp4::ScannedFragment& scanned = scan.fragments[i];
    const auto record = read_record(source, scanned);
    const bool checked = check_all || i + kCheckedAtEnd >= scan.fragments.size();
    const bool follows = record && (found.fragments.empty() ||
                                    record->sequence == found.fragments.back().sequence + 1);
    if (!follows ||
        (checked && (!prefix_is_whole(source, scanned) || !check_hash(source, scanned, *record)))) {
      found.cut_off = true;
      break;
    }
    if (found.fragments.empty()) found.first = *record;
    found.fragments.push_back(entry_of(scanned, *record));
    found.good_end = scanned.end();
  }
  if (const size_t count = found.fragments.size(); count > kCheckedAtEnd) {
    const FragmentEntry& before = found.fragments[count - kCheckedAtEnd - 1];
    found.doubtful_from = before.offset + before.size;
  }
  const uint64_t fragments_end = found.good_end;
  if (found.good_end == scan.good_end) take_checkpoint(source, scan, found.good_end);
  found.ends_signed = found.good_end > fragments_end;
  if (scan.stop == mp4::ScanStop::kGarbage && !found.cut_off) {
    // One write that failed half way may lie over what another had left.
    const auto good = has_good_behind(source, found.good_end);
    found.cut_off = good && !*good;
  }
}

bool Recovery::is_empty(const std::string& path) const {
  const auto file = parts_.files.open_read(path);
  const auto size = file ? (*file)->size() : Result<uint64_t>(file.error());
  if (!size) return false;
  const auto good = has_good_behind(FileSource(**file, *size), 0);
  return good && !*good;
}

}  // namespace vedette::store
