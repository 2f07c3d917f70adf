// SPDX-License-Identifier: Apache-2.0
// Which files there are; fsck_file.cpp looks into them.
#include "store/fsck.h"

#include <algorithm>
#include <set>

#include "base/id.h"
#include "store/fsck_pass.h"
#include "store/ledger.h"
#include "store/live_index.h"
#include "store/volume_lock.h"

namespace vedette::store {
namespace {

constexpr int kDayDepth = 3;  // camera / year / month / day

bool is_ours(const fs::DirEntry& entry) {
  // A file system's own folder, our identity and what is left of writing it, our lock and ledger.
  return entry.is_dir ? entry.name == "lost+found" || entry.name == kLedgerFolder
                      : entry.name.starts_with(kIdentityFile) || entry.name == kVolumeLockFile;
}

Result<std::vector<fs::DirEntry>> sorted_list(fs::FileSystem& files, const std::string& folder) {
  VEDETTE_ASSIGN(auto entries, files.list(folder));
  std::sort(entries.begin(), entries.end(),
            [](const fs::DirEntry& a, const fs::DirEntry& b) { return a.name < b.name; });
  return entries;
}

}  // namespace

FsckReport Fsck::run(const FsckWatch& watch) {
  watch_ = watch;
  const MonoTime begun = parts_.clock.mono();
  if (const auto problem = parts_.catalog.problem(); problem && options_.rebuild)
    if (problem->code != ErrorCode::kDataLoss) report_.error = problem->message();
  if (const auto usage = parts_.catalog.usage())
    for (const Usage& part : *usage) progress_.of_files += static_cast<uint64_t>(part.files);
  for (const FsckVolume& volume : volumes_)
    if (!stopped()) check_volume(volume);
  if (options_.rebuild && !stopped()) {
    const auto holes = parts_.catalog.explain_holes(parts_.clock.wall());
    if (holes)
      report_.restored_gaps += static_cast<uint64_t>(*holes);
    else
      report_.error = holes.error().message();
  }
  if (!report_.error.empty()) report_.rebuilt.clear();
  report_.cancelled = watch_.stop.stop_requested();
  report_.elapsed_us = (parts_.clock.mono() - begun).count();
  return std::move(report_);
}

void Fsck::check_volume(const FsckVolume& volume) {
  if (!volume.volume) return report_.add(FindingKind::kVolumeMissing, volume.path, volume.problem);
  if (const auto there = volume.volume->verify(parts_.files); !there)
    return report_.add(FindingKind::kVolumeMissing, volume.path, there.error().what);
  if (!options_.rebuild && !volume.volume->known_to(parts_.catalog.generation()))
    report_.add(FindingKind::kOtherCatalog, volume.path);
  const auto entries = sorted_list(parts_.files, volume.path);
  const auto listed = parts_.catalog.listed_cameras(volume.volume->id());
  if (!listed) {
    report_.error = listed.error().message();
    return;
  }
  if (!entries) return report_.add(FindingKind::kUnreadable, volume.path, entries.error().what);
  all_listed_ = true;
  std::map<std::string, bool> cameras;  // has a folder
  for (const std::string& camera : *listed) cameras[camera] = false;
  for (const fs::DirEntry& entry : *entries) {
    if (is_ours(entry)) continue;
    if (entry.is_dir && check_id(entry.name))
      cameras[entry.name] = true;
    else
      report_.add(FindingKind::kForeignFile, fs::join(volume.path, entry.name));
  }
  // Before the files: what they leave open is then a gap that nobody saw.
  if (options_.rebuild) restore_gaps(volume);
  for (const auto& [camera, has_folder] : cameras) {
    if (stopped()) return;
    CameraPass pass{volume, camera, {}, {}, {}, true};
    check_camera(pass, has_folder);
  }
  if (flush() && options_.rebuild && all_listed_ && !stopped())
    report_.rebuilt.push_back(volume.volume->id());
}

void Fsck::check_camera(CameraPass& pass, bool has_folder) {
  auto listed = parts_.catalog.listed_files(pass.known().id(), pass.camera);
  if (!listed) {
    report_.error = listed.error().message();
    return;
  }
  for (Catalog::ListedFile& row : *listed) {
    Key key{row.stored.file->run, row.stored.file->seq};
    pass.listed.emplace(std::move(key), Listed{std::move(row), false});
  }
  if (has_folder) walk(pass, pass.camera, 0);
  if (stopped()) return;
  settle_strangers(pass);
  if (pass.complete) report_unseen(pass);
  all_listed_ = all_listed_ && pass.complete;
}

void Fsck::walk(CameraPass& pass, const std::string& folder, int depth) {
  const std::string path = fs::join(pass.volume.path, folder);
  const auto entries = sorted_list(parts_.files, path);
  if (!entries) {
    // Retention takes the folder of a day away with its last file.
    if (entries.error().code == ErrorCode::kNotFound) return;
    pass.complete = false;
    return report_.add(FindingKind::kUnreadable, path, entries.error().what);
  }
  for (const fs::DirEntry& entry : *entries) {
    if (stopped()) return;
    if (!entry.is_dir)
      look_at(pass, folder, entry);
    else if (depth < kDayDepth)
      walk(pass, fs::join(folder, entry.name), depth + 1);
    else
      report_.add(FindingKind::kForeignFile, fs::join(path, entry.name));
  }
}

void Fsck::look_at(CameraPass& pass, const std::string& folder, const fs::DirEntry& entry) {
  const std::string relative = fs::join(folder, entry.name);
  const std::string path = fs::join(pass.volume.path, relative);
  const auto name = parse_recording_name(entry.name);
  if (!name) return report_.add(FindingKind::kForeignFile, path);
  if (entry.is_other) return report_.add(FindingKind::kNotAFile, path);
  ++report_.files;
  const auto row = pass.listed.find({name->run, name->seq});
  if (row == pass.listed.end()) {
    if (!pass.at_work(name->run)) check_unlisted(pass, {relative, *name});
  } else if (row->second.row.stored.file->relative != relative) {
    pass.moved.push_back({relative, *name});
  } else if (row->second.row.deleted) {
    row->second.seen = true;
    if (parts_.files.exists(path)) report_.add(FindingKind::kDeletionPending, path);
  } else {
    check_listed(pass, row->second, path);
  }
  progress_.files = report_.files;
  progress_.fragments = report_.fragments;
  progress_.bytes = report_.bytes;
  if (watch_.progress) watch_.progress(progress_);
}

// Files that the catalog has, but in another place: there are two, or it was moved.
void Fsck::settle_strangers(CameraPass& pass) {
  for (const Stranger& stranger : pass.moved) {
    const std::string path = fs::join(pass.volume.path, stranger.relative);
    Listed& listed = pass.listed.find({stranger.name.run, stranger.name.seq})->second;
    const StoredFile& stored = listed.row.stored;
    if (listed.seen || parts_.files.exists(fs::join(pass.volume.path, stored.file->relative))) {
      report_.add(FindingKind::kDuplicate, path, "of " + stored.file->relative);
      continue;
    }
    listed.seen = true;
    report_.add(FindingKind::kMovedFile, path, "from " + stored.file->relative);
    if (!options_.rebuild || listed.row.deleted) continue;
    drop({stored});
    check_unlisted(pass, stranger);
  }
}

// Rows without a file. Retention goes on meanwhile: what it took is no finding.
void Fsck::report_unseen(CameraPass& pass) {
  if (!pass.known().verify(parts_.files)) return;
  std::vector<StoredFile> gone;
  for (const auto& [key, listed] : pass.listed) {
    if (listed.seen || listed.row.deleted || pass.at_work(key.first)) continue;
    const StoredFile& stored = listed.row.stored;
    const std::string path = fs::join(pass.volume.path, stored.file->relative);
    const auto still = parts_.catalog.still_listed(stored.file->id);
    if (!still || !*still || parts_.files.exists(path)) continue;
    report_.add(FindingKind::kMissingFile, path);
    gone.push_back(stored);
  }
  if (options_.rebuild) drop(gone);
}

void Fsck::drop(const std::vector<StoredFile>& files) {
  if (files.empty() || !flush()) return;
  if (const auto dropped = parts_.catalog.drop_rows(files); !dropped) {
    report_.error = dropped.error().message();
    return;
  }
  report_.dropped_rows += files.size();
  for (const StoredFile& file : files) report_.listed_bytes[file.file->volume] -= file.bytes;
}

bool Fsck::flush() {
  if (unflushed_ == 0) return true;
  unflushed_ = 0;
  const auto written = parts_.catalog.flush();
  if (!written) report_.error = written.error().message();
  return written.has_value();
}

}  // namespace vedette::store
