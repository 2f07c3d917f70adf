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

void VolumeWriter::sync() {
  synced_at_ = parts_.clock.mono();
  syncing_.swap(dirty_);
  if (syncing_.size() > kFewFiles)
    sync_all();
  else
    sync_few();
}

void VolumeWriter::sync_few() {
  const size_t closing = closing_.size();
  close_in_catalog(closing, commit_ledger());
  if (syncing_.empty()) return;
  const std::set<std::string> folders = std::exchange(dirty_folders_, {});
  Result<void> named;
  for (const std::string& folder : folders) {
    auto synced = parts_.files.sync_dir(folder);
    // One that retention removed meanwhile held nothing of ours.
    if (synced || synced.error().code == ErrorCode::kNotFound) continue;
    named = std::move(synced);
    known_folders_.clear();
  }
  std::vector<Result<void>> synced;
  for (const Dirty& dirty : syncing_)
    synced.push_back(named ? dirty.file->file().sync_data() : named);
  settle(synced);
}

// The newest first of what is given up: the older file of a run would close the newer one, as if
// that had not failed with it.
void VolumeWriter::settle(const std::vector<Result<void>>& synced) {
  for (size_t i = syncing_.size(); i-- > 0;) {
    if (synced[i]) continue;
    abandon(syncing_[i], synced[i].error());
    syncing_[i].done = true;
  }
  for (size_t i = 0; i < syncing_.size(); ++i) {
    if (!synced[i]) continue;
    publish(syncing_[i]);
    syncing_[i].done = true;
  }
  syncing_.clear();
}

void VolumeWriter::sync_all() {
  const size_t closing = closing_.size();
  dirty_folders_.clear();
  Result<void> synced;
  const auto all = [&] { return synced = parts_.files.sync_all(path_); };
  if (ledger_.due() && volume()) {
    close_in_catalog(closing, ledger_.commit_with(all));
  } else {
    (void)all();
    close_in_catalog(closing, commit_ledger());
  }
  if (!synced) known_folders_.clear();  // nobody knows which of their names are on the disk
  settle(std::vector<Result<void>>(syncing_.size(), synced));
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
  live.commit(ref.id, dirty.entries);
  dirty.listed = true;
  dirty.file->synced();
  for (const FragmentEntry& entry : dirty.entries)
    dirty.run->committed(entry, entry.start_us + ticks_to_us(entry.duration, ref.timescale));
  if (!dirty.closing) return;
  // One that was closed ends with a checkpoint, if there is a key: else it would look cut off.
  const auto event =
      dirty.finished ? evidence::FileEntry::Event::kClosed : evidence::FileEntry::Event::kGivenUp;
  close(ref.id, dirty.file->end(), dirty.cut ? End::kInOrder : End::kLater);
  tell_end(file_entry(event, ref, dirty.file->facts()), dirty.cut ? End::kInOrder : End::kLater);
  const int64_t start = ref.start_us;
  const int64_t length = dirty.run->committed_end_us() - start;
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
    run.over = true;
    --active_runs_;
    runs_.erase(run.shared_from_this());
    if (run.file) close_file(run, After::kNothing);  // a newer file of the run: not what failed
  }
  LiveIndex& live = parts_.catalog.live();
  if (dirty.listed) {  // what threw did so behind that, and recovery puts its end in order
    close(ref.id, dirty.file->synced_end(), End::kLater);
    tell_end(file_entry(evidence::FileEntry::Event::kGivenUp, ref, dirty.file->synced_facts()),
             End::kLater);
  } else if (dirty.file->synced_facts().count == 0) {
    live.discard_file(ref.id);
    const auto removed = parts_.files.remove(ref.path());
    tell_end(file_entry(evidence::FileEntry::Event::kLost, ref, dirty.file->synced_facts()),
             removed ? End::kInOrder : End::kLater);
    used_bytes_ -= static_cast<int64_t>(dirty.file->end());
  } else {
    // The page cache still shows what is not on the disk: after a crash, recovery would believe it.
    const auto cut = dirty.file->file().truncate(dirty.file->synced_end());
    close(ref.id, dirty.file->synced_end(), cut ? End::kInOrder : End::kLater);
    tell_end(file_entry(evidence::FileEntry::Event::kGivenUp, ref, dirty.file->synced_facts()),
             cut ? End::kInOrder : End::kLater);
    if (cut) used_bytes_ -= static_cast<int64_t>(dirty.file->end() - dirty.file->synced_end());
  }
}

void VolumeWriter::close(int64_t file, uint64_t bytes, End end) {
  if (end == End::kLater) return parts_.catalog.live().leave_file(file);
  closing_.push_back({file, static_cast<int64_t>(bytes)});
}

// A file whose end could not be put in order is open as far as the ledger knows, until recovery has
// done it: now or at a later start. Else what is left there would look like the work of somebody.
void VolumeWriter::tell_end(evidence::LedgerEntry entry, End end) {
  if (end == End::kInOrder) return ledger_.append(std::move(entry));
  ledger_.leave_open(std::move(entry));
  recovered_ = false;
  recover_tries_ = 0;
  recover_at_ = parts_.clock.mono() + kPutInOrderAfter;
}

}  // namespace vedette::store
