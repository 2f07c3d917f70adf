// SPDX-License-Identifier: Apache-2.0
// The part of a volume's writer that makes what was written durable, and only then lets anybody see
// it: the group sync, the ledger's entries with it, and what becomes of files whose sync failed.
#include <algorithm>

#include "base/log.h"
#include "store/live_index.h"
#include "store/volume_writer.h"

namespace vedette::store {
namespace {

// Up to this many dirty files one fdatasync each is cheaper than syncing the whole disk, which may
// hold other programs' writes. Eight files a second took 7 % of recording 16 cameras, syncfs 2 %.
constexpr size_t kFewFiles = 2;
constexpr size_t kMostClosing = 2000;
constexpr Duration kPutInOrderAfter = std::chrono::seconds(5);

}  // namespace

VolumeWriter::Dirty& VolumeWriter::dirty_of(RunImpl& run) {
  for (Dirty& dirty : dirty_)
    if (dirty.file == run.file) return dirty;
  dirty_.push_back({run.shared_from_this(), run.file, {}, false});
  return dirty_.back();
}

void VolumeWriter::begin_sync() {
  syncing_.swap(dirty_);
  names_doubtful_ = disk_asked_ = false;
}

// What throws in here leaves the rest for the next round, which begins with it. No disk is asked
// twice: it may have failed the first time, and would call the second a success.
void VolumeWriter::sync() {
  if (syncing_.empty()) {
    synced_at_ = parts_.clock.mono();
    begin_sync();
  }
  if (syncing_.size() > kFewFiles)
    sync_all();
  else
    sync_few();
  remove_lost();
}

void VolumeWriter::sync_few() {
  const size_t closing = closing_.size();
  close_in_catalog(closing, commit_ledger());
  if (syncing_.empty()) return;
  const Result<void> named = sync_folders();
  for (Dirty& dirty : syncing_) {
    if (dirty.synced) continue;
    if (std::exchange(dirty.asked, true))
      dirty.synced = failed_inside();
    else
      dirty.synced = named ? dirty.file->file().sync_data() : named;
  }
  settle();
}

Result<void> VolumeWriter::sync_folders() {
  Result<void> named;
  if (std::exchange(names_doubtful_, true)) named = failed_inside();
  for (const std::string& folder : dirty_folders_) {
    auto synced = parts_.files.sync_dir(folder);
    // One that retention removed meanwhile held nothing of ours.
    if (synced || synced.error().code == ErrorCode::kNotFound) continue;
    named = std::move(synced);
  }
  dirty_folders_.clear();
  if (!named) known_folders_.clear();
  names_doubtful_ = !named;
  return named;
}

// The newest first of what is given up: the older file of a run would close the newer one, as if
// that had not failed with it.
void VolumeWriter::settle() {
  for (size_t i = syncing_.size(); i-- > 0;) {
    Dirty& dirty = syncing_[i];
    if (dirty.done || (dirty.synced && *dirty.synced)) continue;
    abandon(dirty, dirty.synced ? dirty.synced->error() : failed_inside());
    dirty.done = true;
  }
  for (Dirty& dirty : syncing_) {
    if (dirty.done) continue;
    publish(dirty);
    dirty.done = true;
  }
  syncing_.clear();
}

void VolumeWriter::sync_all() {
  if (!syncing_.front().synced) {
    const size_t closing = closing_.size();
    Result<void> synced;
    const auto all = [&] { return synced = sync_disk(); };
    if (ledger_.due() && volume()) {
      close_in_catalog(closing, ledger_.commit_with(all));
    } else {
      (void)all();
      close_in_catalog(closing, commit_ledger());
    }
    for (Dirty& dirty : syncing_) dirty.synced = synced;
  }
  settle();
}

Result<void> VolumeWriter::sync_disk() {
  Result<void> synced;
  if (std::exchange(disk_asked_, true))
    synced = failed_inside();
  else
    synced = parts_.files.sync_all(path_);
  dirty_folders_.clear();
  if (!synced) known_folders_.clear();  // nobody knows which of their names are on the disk
  return synced;
}

// Before the files, or with them: what is published stands in the ledger as opened. A ledger that
// cannot be written keeps retention from deleting, and nothing else.
Result<void> VolumeWriter::commit_ledger() {
  if (!ledger_.due()) return ok();
  if (!volume()) return make_error(ErrorCode::kUnavailable, "the volume is missing");
  return ledger_.commit();
}

// A process that ends before it can tell the ledger leaves the file open in the catalog: recovery
// looks at those, and tells. One that cannot for hours lets the oldest go all the same.
void VolumeWriter::close_in_catalog(size_t files, const Result<void>& told) {
  if (!told) files = closing_.size() > kMostClosing ? kMostClosing / 2 : 0;
  const auto end = closing_.begin() + static_cast<ptrdiff_t>(files);
  for (auto file = closing_.begin(); file != end; ++file)
    parts_.catalog.live().close_file(file->id, file->bytes);
  closing_.erase(closing_.begin(), end);
}

void VolumeWriter::publish(Dirty& dirty) {
  const FileRef& ref = *dirty.file->ref();
  LiveIndex& live = parts_.catalog.live();
  if (!dirty.listed) {
    live.commit(ref.id, dirty.entries);
    // From here on nothing throws, so that it is done once.
    dirty.listed = true;
    dirty.file->synced();
    for (const FragmentEntry& entry : dirty.entries)
      dirty.run->committed(entry, entry.start_us + ticks_to_us(entry.duration, ref.timescale));
  }
  if (!dirty.closing) return;
  note_rate(dirty);
  // One that was closed ends with a checkpoint, if there is a key: else it would look cut off.
  const auto event =
      dirty.finished ? evidence::FileEntry::Event::kClosed : evidence::FileEntry::Event::kGivenUp;
  end_file(ref.id, dirty.file->end(), file_entry(event, ref, dirty.file->facts()),
           dirty.cut ? End::kInOrder : End::kLater);
}

void VolumeWriter::note_rate(const Dirty& dirty) {
  const FileRef& ref = *dirty.file->ref();
  const int64_t length = dirty.run->committed_end_us() - ref.start_us;
  if (length > 1'000'000)
    bytes_per_us_[{ref.camera, ref.kind}] =
        static_cast<double>(dirty.file->end()) / static_cast<double>(length);
}

// The kernel may have thrown the pages away and marked them clean: asking again would succeed and
// mean nothing. What was committed before stays; the rest of this file is not believed.
void VolumeWriter::abandon(Dirty& dirty, const Error& error) {
  RunImpl& run = *dirty.run;
  const FileRef& ref = *dirty.file->ref();
  run.fail("sync_failed", error.what);
  log::error("store", "camera={} run={}: sync failed, file given up: {}", ref.camera, ref.run,
             error.message());
  dropped_ += dirty.entries.size();
  if (run.file == dirty.file) run.file.reset();
  if (!run.over) {
    if (run.file) close_file(run, After::kNothing);  // a newer file of the run: not what failed
    run.over = true;
    --active_runs_;
    runs_.erase(run.shared_from_this());
  }
  LiveIndex& live = parts_.catalog.live();
  if (dirty.listed) {  // what threw did so behind that, and recovery puts its end in order
    end_file(ref.id, dirty.file->synced_end(),
             file_entry(evidence::FileEntry::Event::kGivenUp, ref, dirty.file->synced_facts()),
             End::kLater);
  } else if (dirty.file->synced_facts().count == 0) {
    lost_.push_back(file_entry(evidence::FileEntry::Event::kLost, ref, dirty.file->synced_facts()));
    live.discard_file(ref.id);
    used_bytes_ -= static_cast<int64_t>(dirty.file->end());
  } else {
    // The page cache still shows what is not on the disk: after a crash, recovery would believe it.
    const auto cut = dirty.file->file().truncate(dirty.file->synced_end());
    end_file(ref.id, dirty.file->synced_end(),
             file_entry(evidence::FileEntry::Event::kGivenUp, ref, dirty.file->synced_facts()),
             cut ? End::kInOrder : End::kLater);
    if (cut) used_bytes_ -= static_cast<int64_t>(dirty.file->end() - dirty.file->synced_end());
  }
}

// The ledger first: should the process end in between and the catalog be lost, nobody could tell a
// file that we gave up from one that somebody took away. One that the medium does not know yet may
// go at once, and so may all on a disk so full that the ledger cannot grow.
void VolumeWriter::remove_lost() {
  if (lost_.empty()) return;
  for (const evidence::LedgerEntry& entry : lost_) ledger_.append(entry);
  const auto told = commit_ledger();
  const bool full = !told && told.error().code == ErrorCode::kResourceExhausted;
  for (; !lost_.empty(); lost_.pop_back()) {
    const evidence::LedgerEntry& entry = lost_.back();
    const auto& facts = std::get<evidence::FileEntry>(entry.what).file;
    const bool may_go = told || full || !ledger_.may_have_opened(facts);
    if (may_go && parts_.files.remove(fs::join(path_, entry.detail))) continue;
    leave_open(entry);
  }
}

// The catalog closes it when the ledger has been told, and the ledger is told once.
void VolumeWriter::end_file(int64_t file, uint64_t bytes, evidence::LedgerEntry entry, End end) {
  if (closing_.size() == closing_.capacity()) closing_.reserve(2 * closing_.size() + 16);
  tell_end(std::move(entry), end);
  if (end == End::kLater) return parts_.catalog.live().leave_file(file);
  closing_.push_back({file, static_cast<int64_t>(bytes)});
}

// A file whose end could not be put in order is open as far as the ledger knows, until recovery has
// done it: now or at a later start. Else what is left there would look like the work of somebody.
void VolumeWriter::tell_end(evidence::LedgerEntry entry, End end) {
  if (end == End::kInOrder) return ledger_.append(std::move(entry));
  leave_open(std::move(entry));
}

void VolumeWriter::leave_open(evidence::LedgerEntry end) {
  ledger_.leave_open(std::move(end));
  recovered_ = false;
  recover_tries_ = 0;
  recover_at_ = parts_.clock.mono() + kPutInOrderAfter;
}

}  // namespace vedette::store
