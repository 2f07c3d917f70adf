// SPDX-License-Identifier: Apache-2.0
#include "store/recovery.h"

#include <algorithm>
#include <limits>

#include "base/contain.h"
#include "base/id.h"
#include "mp4/reader.h"
#include "store/file_source.h"
#include "store/holes.h"
#include "store/live_index.h"
#include "store/recovery_found.h"

namespace vedette::store {
namespace {

constexpr size_t kFlushEvery = 500;
constexpr int kFolderLevels = 5;  // day, month, year, camera, volume
// Files of a camera that the catalog knows nothing about, and all that it knows nothing about: what
// can be read before anybody waits for the recorder. More is a matter for fsck --rebuild.
constexpr size_t kFewFiles = 64;
constexpr int kMostFound = 256;
constexpr Duration kLeastGap = std::chrono::milliseconds(100);
constexpr Why kFoundLater{"restart",
                          "The recorder was not running; its disk or its catalog was found later."};

Result<void> write_again(fs::File& file, uint64_t from, uint64_t end) {
  constexpr uint64_t kChunk = uint64_t{1} << 20;
  VEDETTE_ASSIGN(const uint64_t size, file.size());
  const FileSource source(file, size);
  for (uint64_t at = from; at < end; at += kChunk) {
    VEDETTE_ASSIGN(const Bytes part,
                   mp4::read_exactly(source, at, static_cast<size_t>(std::min(kChunk, end - at))));
    const ByteSpan bytes = part;
    VEDETTE_TRY(file.write_at(at, std::span(&bytes, 1)));
  }
  return ok();
}

/// Bytes between moov and the first fragment: a free box, or the index and what it left over.
uint64_t reserve_bytes(const mp4::ByteSource& source, uint64_t init_size) {
  const mp4::Scan scan = mp4::scan_fragments(source, init_size, 1);
  if (scan.fragments.empty()) return 0;
  return scan.fragments.front().offset - scan.fragments.front().prefix_size - init_size;
}

}  // namespace

Recovery::~Recovery() {
  for (const auto& [file, bytes] : to_close_)
    (void)contain("recovery", [&, id = file] { parts_.catalog.live().leave_file(id); });
}

void Recovery::note(const std::string& path, const Error& error) {
  report_.notes.push_back(path + ": " + error.what);
  if (error.code != ErrorCode::kDataLoss && error.code != ErrorCode::kNotFound)
    report_.again = true;
}

Result<Recovery::Found> Recovery::read_or_wait(const std::string& path, uint64_t from,
                                               bool check_all) const {
  auto found = read(path, from, check_all);
  if (found && !found->readable && unreadable_ == Unreadable::kWaits)
    return make_error(ErrorCode::kUnavailable, "it cannot be read");
  return found;
}

void Recovery::recover_open(const Catalog::OpenFile& open) {
  const std::string path = open.file->path();
  const uint64_t from =
      open.fragments.empty() ? 0 : open.fragments.back().offset + open.fragments.back().size;
  auto found = read_or_wait(path, from, true);
  // What the catalog knew stays listed, and open: tomorrow it may be readable.
  unsettled_.insert({open.file->run, open.file->seq});
  if (!found && was_deleted(*open.file)) return close_deleted(open);
  if (!found && open.fragments.empty() && is_nothing(found.error())) {
    if (const auto lost = lose(open.file, {open.file->run, open.file->seq}); !lost)
      note(path, lost.error());
    return;
  }
  if (!found) return note(path, found.error());
  found->doubtful_from = from;
  if (const auto durable = make_durable(path, *found); !durable) return note(path, durable.error());
  unsettled_.erase({open.file->run, open.file->seq});
  std::vector<FragmentEntry> fragments = open.fragments;
  // The catalog may be older than the file, never of another run.
  const bool follows = fragments.empty() || found->fragments.empty() ||
                       found->fragments.front().sequence == fragments.back().sequence + 1;
  if (follows) fragments.insert(fragments.end(), found->fragments.begin(), found->fragments.end());
  report_.fragments += static_cast<int>(found->fragments.size());
  ++report_.open_files;
  // The index reached the disk before the power went, and what it counts did not.
  if (found->cut_off) found->closed = false;
  found->was_open = true;
  note_last(*open.file, fragments);
  settle(open.file, fragments, *found);
}

void Recovery::note_last(const FileRef& ref, const std::vector<FragmentEntry>& fragments) {
  for (const FragmentEntry& entry : fragments) {
    int64_t& last = last_us_.try_emplace({ref.camera, ref.kind}, INT64_MIN).first->second;
    last = std::max(last, entry.start_us + ticks_to_us(entry.duration, ref.timescale));
  }
}

// What a kill left behind is in the page cache, perhaps not on the disk, and neither may the names
// be. It is listed only when it is. After a sync that failed the kernel takes these pages for clean
// and would call the next sync a success: what nobody vouches for is written again.
Result<void> Recovery::make_durable(const std::string& path, const Found& found) const {
  const auto file = parts_.files.open_write(path);
  if (!file && file.error().code == ErrorCode::kPermissionDenied) return ok();  // read-only
  if (!file) return file.error();
  VEDETTE_TRY(write_again(**file, found.doubtful_from, found.good_end));
  VEDETTE_TRY((*file)->sync_data());
  std::string folder = path;
  for (int level = 0; level < kFolderLevels; ++level) {
    folder = fs::parent_of(folder);
    VEDETTE_TRY(parts_.files.sync_dir(folder));
  }
  return ok();
}

// Registers the file and makes it whole: the torn end goes, the index is written. The
// ledger goes on calling a file open of which that failed, and a later run tries again.
void Recovery::settle(const FileRefPtr& ref, const std::vector<FragmentEntry>& fragments,
                      const Found& found) {
  LiveIndex& live = parts_.catalog.live();
  to_close_[ref->id] = 0;  // first: whatever throws from here on, it is not left as being written
  live.open_file(ref);
  live.commit(ref->id, fragments);
  settled_.insert({ref->run, ref->seq});
  const bool whole = found.readable && !fragments.empty();
  const bool to_sign = whole && !found.closed && !found.ends_signed && parts_.signer != nullptr;
  const uint64_t checkpoint_bytes =
      to_sign
          ? evidence::kCheckpointFixedBytes + parts_.config.site_id().size() + ref->camera.size()
          : 0;
  to_close_[ref->id] = static_cast<int64_t>(found.good_end + checkpoint_bytes);
  if (found.readable && fragments.empty() && !found.closed) {
    // Whole boxes with something else in them are not what a crash leaves of one fragment.
    if (found.good_end == 0 || found.scanned > 1) return;
    FileRef only_file = *ref;
    only_file.id = 0;  // its row is closed
    const auto file = std::make_shared<const FileRef>(std::move(only_file));
    if (const auto lost = lose(file, {ref->run, ref->seq}); !lost) note(ref->path(), lost.error());
    return;
  }
  if (whole) make_whole(ref, fragments, found);
}

// A closed file with a rotten fragment is left as it is: the good ones behind it stay readable.
void Recovery::make_whole(const FileRefPtr& ref, const std::vector<FragmentEntry>& fragments,
                          const Found& found) {
  if (found.closed && !found.was_open) return;
  if (!found.closed)
    if (const auto closed = close_torn(*ref, fragments, found); !closed)
      return note(ref->path(), closed.error());
  unsigned_.push_back({ref, fragments, found.good_end});
}

Result<void> Recovery::close_torn(const FileRef& ref, const std::vector<FragmentEntry>& fragments,
                                  const Found& found) {
  VEDETTE_ASSIGN(const auto file, parts_.files.open_write(ref.path()));
  if (found.cut_off && found.size > found.good_end) ++report_.torn;
  if (found.cut_off || found.size == found.good_end) VEDETTE_TRY(file->truncate(found.good_end));
  const FileSource source(*file, found.good_end);
  const uint64_t reserve = reserve_bytes(source, found.init_size);
  if (reserve < mp4::kBoxHeaderBytes || reserve > fragments.front().offset) return ok();
  mp4::Sidx sidx;
  sidx.timescale = ref.timescale;
  sidx.earliest_pts = std::max<int64_t>(0, fragments.front().media_time);
  uint64_t end = found.init_size + reserve;
  for (const FragmentEntry& entry : fragments) {
    const uint64_t next = entry.offset + entry.size;
    sidx.entries.push_back(
        {static_cast<uint32_t>(next - end), entry.duration, entry.random_access});
    end = next;
  }
  const Bytes index = mp4::make_sidx(sidx, static_cast<size_t>(reserve));
  const ByteSpan part = index;
  VEDETTE_TRY(file->write_at(found.init_size, std::span(&part, 1)));
  return file->sync_data();
}

void Recovery::adopt(const Volume& volume, const std::string& relative) {
  const std::string path = fs::join(volume.path(), relative);
  const auto name = parse_recording_name(relative.substr(relative.rfind('/') + 1));
  if (!name || given_up_.count({name->run, name->seq}) > 0) return;  // not ours: left alone
  const auto known = parts_.catalog.knows(name->run, name->seq);
  if (!known) report_.again = true;
  if (!known || *known) return;
  if (report_.found_files == kMostFound) {
    report_.notes.push_back(
        "more files than a crash leaves are not in the catalog; list them with:"
        " vedette fsck --rebuild");
    ++report_.found_files;
  }
  if (report_.found_files > kMostFound) return;
  auto found = read_or_wait(path, 0, false);
  if (!found && is_nothing(found.error()) && is_empty(path)) {
    if (told_open_.count({name->run, name->seq}) > 0) return;  // the ledger is told first
    // Its name came back with the power, or its removal failed.
    const auto removed = parts_.files.remove(path);
    return removed ? void() : note(path, removed.error());
  }
  if (!found) return note(path, found.error());
  if (found->fragments.empty() || found->first.run != name->run)
    return note(path, make_error(ErrorCode::kDataLoss, "no whole fragment"));
  if (const auto durable = make_durable(path, *found); !durable) return note(path, durable.error());
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
  note_last(ref, found->fragments);
  settle(std::make_shared<const FileRef>(std::move(ref)), found->fragments, *found);
  if (static_cast<size_t>(report_.found_files) % kFlushEvery == 0) (void)parts_.catalog.flush();
}

// One look at the folder and one at the catalog, however many files there are.
void Recovery::scan_day(const Volume& volume, const std::string& camera, WallTime day,
                        size_t most) {
  const std::string folder = day_folder(camera, day);
  const auto entries = parts_.files.list(fs::join(volume.path(), folder));
  if (!entries && entries.error().code != ErrorCode::kNotFound) report_.again = true;
  if (!entries || entries->size() > most) return;
  const auto known = parts_.catalog.known_files(camera, day);
  if (!known) report_.again = true;
  if (!known) return;
  for (const fs::DirEntry& entry : *entries) {
    const auto name = parse_recording_name(entry.name);
    if (entry.is_dir || !name || known->count({name->run, name->seq}) > 0) continue;
    adopt(volume, fs::join(folder, entry.name));
  }
}

bool Recovery::is_ours(const FileRef& file) const {
  return std::any_of(volumes_.begin(), volumes_.end(),
                     [&](const Volume& volume) { return volume.id() == file.volume; });
}

bool Recovery::recover_open_files() {
  // In this order: a file that is closed meanwhile is in one of the two.
  const std::vector<int64_t> growing = parts_.catalog.live().file_ids();
  const auto open = parts_.catalog.open_files();
  if (!open) {
    report_.again = true;
    return false;
  }
  for (const Catalog::OpenFile& file : *open) {
    const bool is_new = std::find(growing.begin(), growing.end(), file.file->id) != growing.end();
    const bool given_up = given_up_.count({file.file->run, file.file->seq}) > 0;
    if (!is_new && !given_up && is_ours(*file.file)) recover_open(file);
  }
  return true;
}

RecoveryReport Recovery::run_late(WallTime begun) {
  (void)run();
  explain_until(begun);
  return report_;
}

// Nothing said so when the process began, for nobody knew of these recordings.
void Recovery::explain_until(WallTime begun) {
  for (const auto& [stream, last] : last_us_) {
    const auto& [camera, kind] = stream;
    const Span range{{last}, begun, kind};
    const auto spans = parts_.catalog.spans(camera, range.start, range.end);
    const auto gaps = parts_.catalog.gaps(camera, range.start, range.end);
    if (!spans || !gaps || range.start >= range.end) continue;
    std::vector<Span> known;
    for (const Span& span : *spans)
      if (span.kind == kind) known.push_back(span);
    for (const Gap& gap : *gaps)
      if (gap.kind == kind) known.push_back({gap.start, gap.end.value_or(begun), kind});
    for (const Span& hole : unaccounted(range, std::move(known), kLeastGap)) {
      const Gap gap = gap_over(hole, camera, kFoundLater, parts_.clock.wall());
      parts_.catalog.put_gap(gap);
      if (!ledgers_.empty()) ledgers_.begin()->second->append(gap_entry(gap));
    }
  }
}

// Of a disk that is not in its place every file seems to be gone.
bool Recovery::all_in_place() {
  for (const Volume& volume : volumes_) {
    const auto there = volume.verify(parts_.files);
    if (there) continue;
    report_.again = true;
    report_.notes.push_back(volume.path() + ": " + there.error().what);
    return false;
  }
  return true;
}

RecoveryReport Recovery::run() {
  report_.away = !all_in_place();
  if (report_.away) return report_;
  for (const auto& [volume, ledger] : ledgers_) (void)ledger->commit();  // reads where it ended
  note_ledgers();
  const bool open_known = recover_open_files();
  const bool written = parts_.catalog.flush().has_value();
  for (const Volume& volume : volumes_) recover_recent(volume);
  // What the catalog has as open may have more than it lists.
  if (open_known && written)
    for (const Volume& volume : volumes_) recover_left_open(volume);
  else
    report_.again = true;
  remove_lost();
  sign_all();
  if (parts_.catalog.flush())
    for (const Volume& volume : volumes_) doom_deleted(volume);
  (void)all_in_place();  // pulled out meanwhile: what was not found may be there
  if (report_.again && report_.notes.empty())
    report_.notes.push_back(
        "the disk or the catalog did not answer: the rest of what a crash left on " +
        volumes_.front().path() + " is brought in when it does");
  return report_;
}

void Recovery::recover_recent(const Volume& volume) {
  const std::string generation = parts_.catalog.generation();
  if (generation.empty()) {
    report_.again = true;
    return report_.notes.push_back("the catalog cannot be opened: what a crash left on " +
                                   volume.path() + " is brought in when it can");
  }
  if (!volume.known_to(generation)) {
    adopt_unnamed(volume);
    return report_.notes.push_back("the catalog is new: what was recorded to " + volume.path() +
                                   " before is not listed; list it with: vedette fsck --rebuild");
  }
  const auto cameras = parts_.files.list(volume.path());
  if (!cameras) return note(volume.path(), cameras.error());
  for (const fs::DirEntry& camera : *cameras)
    if (camera.is_dir && check_id(camera.name)) scan_recent(volume, camera.name);
  adopt_ended(volume);
}

// A file the catalog has not heard of was made within the last second before the crash: on the day
// the catalog knows last or the one after, or today, should the clock have been set back.
void Recovery::scan_recent(const Volume& volume, const std::string& camera) {
  std::optional<WallTime> last;
  for (const StreamKind kind : {StreamKind::kMain, StreamKind::kSub}) {
    const auto known = parts_.catalog.coverage(camera, kind);
    if (known && *known) last = std::max(last.value_or((*known)->last), (*known)->last);
  }
  constexpr auto kDay = std::chrono::days(1);
  const WallTime now = parts_.clock.wall();
  const WallTime first = last.value_or(now - kDay);
  const size_t most = last ? std::numeric_limits<size_t>::max() : kFewFiles;
  std::set<std::string> seen;
  for (const WallTime day : {first, first + kDay, now})
    if (seen.insert(day_folder(camera, day)).second) scan_day(volume, camera, day, most);
}

}  // namespace vedette::store
