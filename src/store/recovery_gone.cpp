// SPDX-License-Identifier: Apache-2.0
// The part of recovery about what is not there: recordings that hold nothing, and those that were
// deleted and that a catalog of before still lists.
#include <algorithm>

#include "store/live_index.h"
#include "store/recovery_found.h"

namespace vedette::store {

// Nothing in it was ever reported recorded, and nothing can be read. The ledger is told before the
// file goes: should the process end in between and the catalog be lost, a name that the ledger has
// as opened would be missing, as if somebody had taken it away.
Result<void> Recovery::lose(const FileRefPtr& file, const evidence::FileFacts& facts) {
  if (!is_ours(*file)) return ok();
  if (const auto ledger = ledgers_.find(file->volume); ledger != ledgers_.end()) {
    const auto trouble = ledger->second->problem();
    if (trouble && trouble->code != ErrorCode::kResourceExhausted) return *trouble;
  }
  tell_ledger(*file, evidence::FileEntry::Event::kLost, facts);
  lost_.push_back({file, facts});
  return ok();
}

void Recovery::remove_lost() {
  for (const Lost& lost : lost_) {
    const auto found = ledgers_.find(lost.file->volume);
    Ledger* const ledger = found == ledgers_.end() ? nullptr : found->second;
    Result<void> done = ledger == nullptr ? ok() : ledger->commit();
    // On a disk so full that not even the ledger can grow files go before their entries.
    if (done || done.error().code == ErrorCode::kResourceExhausted) done = remove(*lost.file);
    if (done) continue;
    note(lost.file->path(), done.error());
    report_.again = true;
    if (ledger != nullptr)
      ledger->leave_open(file_entry(evidence::FileEntry::Event::kLost, *lost.file, lost.facts));
  }
  lost_.clear();
}

Result<void> Recovery::remove(const FileRef& file) const {
  const auto volume = std::find_if(volumes_.begin(), volumes_.end(),
                                   [&](const Volume& each) { return each.id() == file.volume; });
  VEDETTE_TRY(volume->verify(parts_.files));
  auto removed = parts_.files.remove(file.path());
  if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  if (removed) VEDETTE_TRY(parts_.files.sync_dir(fs::parent_of(file.path())));
  if (file.id == 0) return ok();
  return parts_.catalog.drop_rows({{std::make_shared<const FileRef>(file), {}, 0}});
}

// A read that fails says nothing.
bool Recovery::is_gone(const FileRef& file) const {
  const auto opened = parts_.files.open_read(file.path());
  return !opened && opened.error().code == ErrorCode::kNotFound;
}

bool Recovery::was_deleted(const FileRef& file) const {
  return deleted_.count({file.run, file.seq}) > 0 && is_gone(file);
}

// It was closed and deleted since this catalog was put aside.
void Recovery::close_deleted(const Catalog::OpenFile& open) {
  LiveIndex& live = parts_.catalog.live();
  to_close_[open.file->id] = 0;  // first: whatever throws from here on, it is not left as growing
  live.open_file(open.file);
  live.commit(open.file->id, open.fragments);
  if (!open.fragments.empty())
    to_close_[open.file->id] = static_cast<int64_t>(end_of_last(open.fragments));
}

// A catalog of before lists what has been deleted since. It would be listed until its turn comes
// again, and count as used: others would go to make room that is there.
void Recovery::doom_deleted(const Volume& volume) {
  const auto ledger = ledgers_.find(volume.id());
  if (ledger == ledgers_.end() || !volume.known_to(parts_.catalog.generation())) return;
  std::vector<Deletion> doomed;
  const std::vector<evidence::LedgerEntry> deleted = ledger->second->recently_deleted();
  for (const evidence::LedgerEntry& entry : deleted) {
    const auto& facts = std::get<evidence::DeletionEntry>(entry.what).file;
    if (parts_.catalog.live().find(facts.run, facts.number)) continue;  // it is being written
    const auto place = parts_.catalog.place_of(facts.run, facts.number);
    if (!place) report_.again = true;
    if (!place || !*place || (*place)->volume != volume.id()) continue;
    if ((*place)->relative != entry.detail) continue;
    FileRef here = **place;
    here.root = volume.path();
    const auto listed = parts_.catalog.still_listed(here.id);
    if (!listed) report_.again = true;
    if (!listed || !*listed || !is_gone(here)) continue;
    const auto reason = parse_deletion_reason(entry.cause).value_or(DeletionReason::kMaxAge);
    const WallTime end = std::max(facts.end, WallTime{here.start_us});
    doomed.push_back(
        {{std::make_shared<const FileRef>(std::move(here)), end, static_cast<int64_t>(facts.bytes)},
         reason,
         false});
  }
  if (doomed.empty() || !volume.verify(parts_.files)) return;
  if (!parts_.catalog.tombstone(doomed, parts_.clock.wall())) report_.again = true;
}

}  // namespace vedette::store
