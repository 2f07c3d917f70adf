// SPDX-License-Identifier: Apache-2.0
// The part of recovery that goes by the ledger: recordings that were opened, and of whose end it
// says nothing. The catalog may have them as closed for long: the disk was full or read-only when
// the ledger was to be told, or when a file was to be cut back or signed. Nobody would do it later,
// and an honest recording would look cut off.
#include <algorithm>

#include "base/id.h"
#include "store/ledger_catch_up.h"
#include "store/live_index.h"
#include "store/recovery_found.h"

namespace vedette::store {
namespace {

using evidence::FileEntry;

// Before the last word of a process: a file is named after its first picture, which may have waited
// in memory for a disk that did not answer. Behind it, where the clock was set back meanwhile.
constexpr Duration kMargin = std::chrono::minutes(1);

const evidence::FileFacts& facts_in(const evidence::LedgerEntry& entry) {
  return std::get<FileEntry>(entry.what).file;
}

/// Whoever can write to the medium can write a ledger: no other file is touched for it.
bool names_a_recording(const evidence::LedgerEntry& entry) {
  const std::string& path = entry.detail;
  if (!path.starts_with(entry.camera + "/") || path.find("..") != std::string::npos) return false;
  const auto name = parse_recording_name(path.substr(path.rfind('/') + 1));
  return name && name->run == facts_in(entry).run && name->seq == facts_in(entry).number;
}

/// As the digits in the path of a recording: yyyymmddhhmmss.
std::string to_digits(WallTime time) {
  std::string digits;
  for (const char c : to_rfc3339(time).substr(0, 19))
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

/// By its path: "<camera>/<yyyy>/<mm>/<dd>/<hhmmss>-…".
bool begun_within(const std::string& path, WallTime from, WallTime to) {
  const size_t name = path.rfind('/') + 1;
  if (name < 11 || path.size() < name + 6) return false;
  const std::string digits = path.substr(name - 11, 4) + path.substr(name - 6, 2) +
                             path.substr(name - 3, 2) + path.substr(name, 6);
  return to_digits(from) <= digits && digits <= to_digits(to);
}

FileRef ref_of(const Volume& volume, const evidence::LedgerEntry& entry) {
  FileRef ref;
  ref.camera = entry.camera;
  ref.kind = entry.stream;
  ref.run = facts_in(entry).run;
  ref.seq = facts_in(entry).number;
  ref.volume = volume.id();
  ref.root = volume.path();
  ref.relative = entry.detail;
  ref.start_us = facts_in(entry).start.us;
  return ref;
}

}  // namespace

// The page cache may show fragments of what was given up that are not on the disk: not to be
// listed.
void Recovery::note_ledgers() {
  for (const auto& [volume, ledger] : ledgers_) {
    const std::vector<evidence::LedgerEntry> deleted = ledger->recently_deleted();
    for (const evidence::LedgerEntry& entry : deleted) {
      const auto& file = std::get<evidence::DeletionEntry>(entry.what).file;
      deleted_.insert({file.run, file.number});
    }
    const std::vector<evidence::LedgerEntry> left = ledger->left_open();
    for (const evidence::LedgerEntry& entry : left) {
      const bool opened = std::get<FileEntry>(entry.what).event == FileEntry::Event::kOpened;
      (opened ? told_open_ : given_up_).insert({facts_in(entry).run, facts_in(entry).number});
    }
  }
}

void Recovery::recover_left_open(const Volume& volume) {
  const auto ledger = ledgers_.find(volume.id());
  if (ledger == ledgers_.end()) return;
  std::vector<evidence::LedgerEntry> left = ledger->second->left_open();
  if (!ledger->second->left_open_known() || parts_.catalog.generation().empty()) {
    report_.again = true;
    return;
  }
  if (!volume.known_to(parts_.catalog.generation())) unlisted_.insert(volume.id());
  const std::vector<evidence::LedgerEntry> lost = ledger->second->recently_lost();
  for (const evidence::LedgerEntry& entry : lost) {
    if (!parts_.files.exists(fs::join(volume.path(), entry.detail))) continue;
    told_lost_.insert({facts_in(entry).run, facts_in(entry).number});
    left.push_back(entry);
    std::get<FileEntry>(left.back().what).event = FileEntry::Event::kOpened;
  }
  for (const evidence::LedgerEntry& entry : left) {
    const evidence::FileFacts& facts = facts_in(entry);
    const std::pair<std::string, uint32_t> file{facts.run, facts.number};
    if (settled_.count(file) + unsettled_.count(file) > 0 || !names_a_recording(entry)) continue;
    if (const auto done = settle_left_open(volume, entry); !done)
      note(fs::join(volume.path(), entry.detail), done.error());
  }
}

// Recordings may begin and end while the catalog cannot be written, on days that nobody would look
// at when the clock was set meanwhile. The ledger of their own disk knows them.
void Recovery::adopt_ended(const Volume& volume) {
  const auto ledger = ledgers_.find(volume.id());
  if (ledger == ledgers_.end()) return;
  const std::vector<evidence::LedgerEntry> ended = ledger->second->recently_ended();
  for (const evidence::LedgerEntry& entry : ended)
    if (names_a_recording(entry) && parts_.files.exists(fs::join(volume.path(), entry.detail)))
      adopt(volume, entry.detail);
}

// Where the catalog is not the one of the volume, what was begun within the last second before a
// crash is known to nobody: nobody would ever vouch for it. It was begun between the last word of
// that process and the start of the next, and the ledger does not name it. All else that only the
// lost catalog knew is left to fsck --rebuild.
void Recovery::adopt_unnamed(const Volume& volume) {
  const auto recent = recent_files(parts_.files, fs::join(volume.path(), kLedgerFolder));
  const auto cameras = parts_.files.list(volume.path());
  if (!recent || !cameras) report_.again = true;
  if (!recent || !cameras) return;
  for (const RecentFiles::CutShort& cut : recent->cut_short) {
    const WallTime from = cut.last_word - kMargin;
    const WallTime to = std::max(cut.next_start, cut.last_word + kMargin);
    std::set<std::string> days;
    for (const fs::DirEntry& camera : *cameras)
      for (const WallTime day : {from, cut.last_word, from + std::chrono::days(1), to})
        if (camera.is_dir && check_id(camera.name)) days.insert(day_folder(camera.name, day));
    for (const std::string& day : days) {
      const auto entries = parts_.files.list(fs::join(volume.path(), day));
      if (!entries && entries.error().code != ErrorCode::kNotFound) report_.again = true;
      if (!entries) continue;
      for (const fs::DirEntry& entry : *entries) {
        const auto name = parse_recording_name(entry.name);
        const std::string path = fs::join(day, entry.name);
        if (name && !entry.is_dir && recent->named.count({name->run, name->seq}) == 0 &&
            begun_within(path, from, to))
          adopt(volume, path);
      }
    }
  }
}

Result<void> Recovery::settle_left_open(const Volume& volume, const evidence::LedgerEntry& entry) {
  const evidence::FileFacts& facts = facts_in(entry);
  // Of this process, and nothing of it was ever committed.
  if (std::get<FileEntry>(entry.what).event == FileEntry::Event::kLost)
    return lose(std::make_shared<const FileRef>(ref_of(volume, entry)), facts);
  if (parts_.catalog.live().find(facts.run, facts.number)) {
    report_.again = true;  // closed a moment ago
    return ok();
  }
  VEDETTE_ASSIGN(FileRefPtr place, parts_.catalog.place_of(facts.run, facts.number));
  std::vector<FragmentEntry> known;
  if (place) {
    if (place->volume != volume.id() || place->relative != entry.detail) return ok();
    FileRef here = *place;
    here.root = volume.path();
    place = std::make_shared<const FileRef>(std::move(here));
    VEDETTE_ASSIGN(const bool still, parts_.catalog.still_listed(place->id));
    if (!still) return ok();  // retention deletes it, and says so
    VEDETTE_ASSIGN(known, listed_fragments(*place));
  }
  const std::string path = fs::join(volume.path(), entry.detail);
  auto found = read(path, 0, false);
  const bool nothing = found ? found->readable && found->fragments.empty() && found->scanned <= 1
                             : is_nothing(found.error());
  const bool all_listed = unlisted_.count(volume.id()) == 0;
  const bool told_lost = told_lost_.count({facts.run, facts.number}) > 0;
  if (nothing && known.empty() && (all_listed || told_lost))
    return lose(place ? place : std::make_shared<const FileRef>(ref_of(volume, entry)), facts);
  if (!found) return found.error();
  if (!found->readable) return make_error(ErrorCode::kUnavailable, "it cannot be read");
  if (found->fragments.empty() || found->first.run != facts.run) return ok();
  found->was_open = true;
  found->closed = false;
  if (place) return settle_listed(place, std::move(known), std::move(found).value());
  if (!all_listed) return settle_unlisted(volume, entry, std::move(found).value());
  adopt(volume, entry.detail);
  return ok();
}

// What stands behind the last fragment that the catalog lists was never committed.
Result<void> Recovery::settle_listed(const FileRefPtr& place, std::vector<FragmentEntry> known,
                                     Found found) {
  const bool committed = !known.empty();
  if (!committed) known = found.fragments;
  const auto last =
      std::find_if(found.fragments.begin(), found.fragments.end(), [&](const FragmentEntry& entry) {
        return entry.sequence == known.back().sequence && entry.offset == known.back().offset;
      });
  if (last == found.fragments.end() || found.fragments.front().sequence != known.front().sequence)
    return make_error(ErrorCode::kDataLoss, "what the catalog lists of it is not all there");
  if (last + 1 != found.fragments.end()) {
    found.good_end = last->offset + last->size;
    found.ends_signed = false;
  }
  found.cut_off = found.cut_off || found.size > found.good_end;
  if (committed) found.doubtful_from = found.good_end;
  VEDETTE_TRY(make_durable(place->path(), found));
  settle(place, known, found);
  ++report_.open_files;
  return ok();
}

// It is closed and signed. To list it is a matter for fsck --rebuild.
Result<void> Recovery::settle_unlisted(const Volume& volume, const evidence::LedgerEntry& entry,
                                       const Found& found) {
  FileRef ref = ref_of(volume, entry);
  ref.init_size = found.init_size;
  ref.timescale = found.timescale;
  VEDETTE_TRY(make_durable(ref.path(), found));
  const std::vector<FragmentEntry> fragments = found.fragments;
  settled_.insert({ref.run, ref.seq});
  make_whole(std::make_shared<const FileRef>(std::move(ref)), fragments, found);
  ++report_.open_files;
  return ok();
}

bool Recovery::is_nothing(const Error& error) {
  return error.code == ErrorCode::kDataLoss || error.code == ErrorCode::kNotFound;
}

Result<std::vector<FragmentEntry>> Recovery::listed_fragments(const FileRef& file) const {
  const FragmentQuery query{
      file.camera, file.kind, {file.start_us - 1}, {file.start_us + kMaxFileUs}};
  VEDETTE_ASSIGN(const std::vector<FragmentRef> listed, parts_.catalog.fragments(query));
  std::vector<FragmentEntry> fragments;
  for (const FragmentRef& ref : listed)
    if (ref.file->id == file.id) fragments.push_back(ref.entry);
  std::sort(fragments.begin(), fragments.end(),
            [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  return fragments;
}

}  // namespace vedette::store
