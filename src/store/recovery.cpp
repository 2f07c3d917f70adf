// SPDX-License-Identifier: Apache-2.0
#include "store/recovery.h"

#include <algorithm>
#include <limits>

#include "base/id.h"
#include "base/log.h"
#include "evidence/chain.h"
#include "mp4/reader.h"
#include "store/file_source.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

// More than what lies between two syncs, so that whatever a power cut spoiled is among them.
constexpr size_t kCheckedAtEnd = 16;
constexpr size_t kFlushEvery = 500;
constexpr size_t kFewFiles = 64;

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

}  // namespace

struct Recovery::Found {
  std::vector<FragmentEntry> fragments;
  evidence::FragmentRecord first;
  uint32_t init_size = 0;
  uint32_t timescale = 90000;
  uint64_t size = 0;
  uint64_t good_end = 0;
  bool cut_off = false;  // what follows good_end is the torn end of an uncommitted fragment
  bool readable = true;  // false: a read failed, nothing is known about the rest
  bool closed = false;   // its index was written: it ended whole, and nothing of it is torn
};

Result<Recovery::Found> Recovery::read(const std::string& path, uint64_t from,
                                       bool check_all) const {
  VEDETTE_ASSIGN(const auto file, parts_.files.open_read(path));
  Found found;
  VEDETTE_ASSIGN(found.size, file->size());
  const FileSource source(*file, found.size);
  VEDETTE_ASSIGN(const mp4::Movie movie, mp4::read_movie(source));
  if (movie.tracks.empty()) return make_error(ErrorCode::kDataLoss, "no track");
  found.init_size = static_cast<uint32_t>(movie.init_end);
  found.timescale = movie.tracks.front().timescale;
  const auto reserve = mp4::read_box_header(source, movie.init_end, found.size);
  found.closed = reserve && reserve->type == mp4::fourcc("sidx");
  const mp4::Scan scan = mp4::scan_fragments(source, from == 0 ? movie.init_end : from);
  found.good_end = scan.fragments.empty() ? scan.good_end : scan.fragments.front().offset;
  found.readable = scan.stop != mp4::ScanStop::kReadError;
  found.cut_off = scan.stop == mp4::ScanStop::kTorn || scan.stop == mp4::ScanStop::kUnwritten;
  for (size_t i = 0; i < scan.fragments.size(); ++i) {
    const mp4::ScannedFragment& scanned = scan.fragments[i];
    const auto record = read_record(source, scanned);
    const bool checked = check_all || i + kCheckedAtEnd >= scan.fragments.size();
    const bool follows = record && (found.fragments.empty() ||
                                    record->sequence == found.fragments.back().sequence + 1);
    if (!follows || (checked && !check_hash(source, scanned, *record))) {
      found.cut_off = found.readable;
      break;
    }
    if (found.fragments.empty()) found.first = *record;
    found.fragments.push_back(entry_of(scanned, *record));
    found.good_end = scanned.end();
  }
  return found;
}

void Recovery::recover_open(const Catalog::OpenFile& open) {
  const std::string path = open.file->path();
  const uint64_t from =
      open.fragments.empty() ? 0 : open.fragments.back().offset + open.fragments.back().size;
  auto found = read(path, from, true);
  if (!found) {
    report_.notes.push_back(path + ": " + found.error().what);
    // What the catalog knew stays listed: a file that cannot be read today may be tomorrow.
    if (found.error().code == ErrorCode::kNotFound) return;
    Found nothing;
    nothing.good_end = from;
    nothing.readable = false;
    settle(open.file, open.fragments, nothing);
    return;
  }
  std::vector<FragmentEntry> fragments = open.fragments;
  // The catalog may be older than the file, never of another run.
  const bool follows = fragments.empty() || found->fragments.empty() ||
                       found->fragments.front().sequence == fragments.back().sequence + 1;
  if (follows) fragments.insert(fragments.end(), found->fragments.begin(), found->fragments.end());
  report_.fragments += static_cast<int>(found->fragments.size());
  ++report_.open_files;
  settle(open.file, fragments, *found);
}

// Registers the file as closed and makes it whole: the torn end goes, the index is written. Failing
// at that costs only convenience.
void Recovery::settle(const FileRefPtr& ref, const std::vector<FragmentEntry>& fragments,
                      const Found& found) {
  LiveIndex& live = parts_.catalog.live();
  live.open_file(ref);
  live.commit(ref->id, fragments);
  live.close_file(ref->id, static_cast<int64_t>(found.good_end));
  // A closed file with a rotten fragment is left as it is: the good ones behind it stay readable.
  if (found.closed) return;
  if (fragments.empty()) {
    if (found.readable && found.good_end > 0) (void)parts_.files.remove(ref->path());
    return;
  }
  if (!found.readable) return;
  auto file = parts_.files.open_write(ref->path());
  if (!file) return;
  if (found.cut_off && found.size > found.good_end) ++report_.torn;
  if (found.cut_off || found.size == found.good_end) (void)(*file)->truncate(found.good_end);
  const FileSource source(**file, found.good_end);
  const auto reserve = mp4::read_box_header(source, found.init_size, found.good_end);
  if (!reserve || reserve->type != mp4::fourcc("free")) return;
  mp4::Sidx sidx;
  sidx.timescale = ref->timescale;
  sidx.earliest_pts = std::max<int64_t>(0, fragments.front().media_time);
  for (const FragmentEntry& entry : fragments)
    sidx.entries.push_back({entry.record_size + entry.size, entry.duration, entry.random_access});
  const Bytes index = mp4::make_sidx(sidx, static_cast<size_t>(reserve->size));
  const ByteSpan part = index;
  (void)(*file)->write_at(found.init_size, std::span(&part, 1));
  (void)(*file)->sync_data();
}

void Recovery::adopt(const Volume& volume, const std::string& relative) {
  const std::string path = fs::join(volume.path(), relative);
  const auto name = parse_recording_name(relative.substr(relative.rfind('/') + 1));
  if (!name) return;  // not ours: left alone
  const auto known = parts_.catalog.knows(name->run, name->seq);
  if (!known || *known) return;
  auto found = read(path, 0, false);
  if (!found || found->fragments.empty() || found->first.run != name->run) {
    report_.notes.push_back(path + ": " + (found ? "no whole fragment" : found.error().what));
    return;
  }
  FileRef ref;
  ref.id = parts_.catalog.new_file_id();
  ref.camera = found->first.camera;
  ref.kind = found->first.stream;
  ref.run = name->run;
  ref.seq = name->seq;
  ref.volume = volume.id();
  ref.root = volume.path();
  ref.relative = relative;
  ref.start_us = found->fragments.front().start_us;
  ref.init_size = found->init_size;
  ref.timescale = found->timescale;
  ++report_.found_files;
  report_.fragments += static_cast<int>(found->fragments.size());
  settle(std::make_shared<const FileRef>(std::move(ref)), found->fragments, *found);
  if (static_cast<size_t>(report_.found_files) % kFlushEvery == 0) (void)parts_.catalog.flush();
}

void Recovery::scan_day(const Volume& volume, const std::string& day, size_t most) {
  const auto entries = parts_.files.list(fs::join(volume.path(), day));
  if (!entries || entries->size() > most) return;
  for (const fs::DirEntry& entry : *entries)
    if (!entry.is_dir) adopt(volume, fs::join(day, entry.name));
}

RecoveryReport Recovery::run() {
  const auto open = parts_.catalog.open_files();
  if (open) {
    for (const Catalog::OpenFile& file : *open)
      if (!file.file->root.empty()) recover_open(file);
  }
  (void)parts_.catalog.flush();
  for (const Volume& volume : volumes_) {
    const auto cameras = parts_.files.list(volume.path());
    if (!cameras) continue;
    for (const fs::DirEntry& camera : *cameras)
      if (camera.is_dir && check_id(camera.name)) scan_recent(volume, camera.name);
  }
  (void)parts_.catalog.flush();
  return report_;
}

// A file the catalog has not heard of was made within the last second before the crash, hence on
// the day the catalog knows last, or the one after.
void Recovery::scan_recent(const Volume& volume, const std::string& camera) {
  std::optional<WallTime> last;
  for (const StreamKind kind : {StreamKind::kMain, StreamKind::kSub}) {
    const auto known = parts_.catalog.coverage(camera, kind);
    if (known && *known) last = std::max(last.value_or((*known)->last), (*known)->last);
  }
  const WallTime first = last.value_or(parts_.clock.wall() - std::chrono::days(1));
  // Of a camera it knows nothing about, only what can be read before anybody waits for the
  // recorder: a lost catalog is a matter for rebuild().
  const size_t most = last ? std::numeric_limits<size_t>::max() : kFewFiles;
  scan_day(volume, day_folder(camera, first), most);
  scan_day(volume, day_folder(camera, first + std::chrono::days(1)), most);
}

void Recovery::scan_all(const Volume& volume) {
  std::vector<std::string> pending = {""};
  while (!pending.empty()) {
    const std::string folder = std::move(pending.back());
    pending.pop_back();
    const auto entries =
        parts_.files.list(folder.empty() ? volume.path() : fs::join(volume.path(), folder));
    if (!entries) continue;
    const auto depth = std::count(folder.begin(), folder.end(), '/');
    for (const fs::DirEntry& entry : *entries) {
      const std::string path = folder.empty() ? entry.name : fs::join(folder, entry.name);
      if (entry.is_dir && depth < 4) pending.push_back(path);
      if (!entry.is_dir && depth == 3) adopt(volume, path);
    }
  }
}

RecoveryReport Recovery::rebuild() {
  for (const Volume& volume : volumes_) scan_all(volume);
  (void)parts_.catalog.flush();
  return report_;
}

}  // namespace vedette::store
