// SPDX-License-Identifier: Apache-2.0
// The last step of recovery: what was made whole is signed and told to the ledger, and only then
// called closed in the catalog.
#include "mp4/reader.h"
#include "store/file_source.h"
#include "store/live_index.h"
#include "store/recovery.h"
#include "store/tail_signing.h"

namespace vedette::store {

bool Recovery::is_last_of_run(const FileRef& ref) const {
  if (settled_.count({ref.run, ref.seq + 1}) > 0 || unlisted_.count(ref.volume) > 0) return false;
  const auto known = parts_.catalog.knows(ref.run, ref.seq + 1);
  return known && !*known;
}

uint64_t Recovery::end_of_last(const std::vector<FragmentEntry>& fragments) {
  return fragments.back().offset + fragments.back().size;
}

Result<void> Recovery::sign(Unsigned& found) {
  const FileRef& ref = *found.ref;
  VEDETTE_ASSIGN(const auto file, parts_.files.open_write(ref.path()));
  VEDETTE_ASSIGN(const uint64_t size, file->size());
  const FileSource source(*file, size);
  const FoundFile as_found{ref, found.fragments, found.end};
  if (size < found.end) return make_error(ErrorCode::kDataLoss, "the file became shorter");
  if (parts_.signer != nullptr && size == found.end) {
    VEDETTE_ASSIGN(const UnsignedTail tail, unsigned_tail_of(source, as_found));
    evidence::Checkpointer::State state;
    state.now = parts_.clock.wall();
    if (const auto ledger = ledgers_.find(ref.volume); ledger != ledgers_.end())
      state.ledger = ledger->second->head();
    state.recovered = state.closing = true;
    state.final = is_last_of_run(ref);
    if (tail.checkpointer.pending() > 0 || !tail.closed) {
      VEDETTE_ASSIGN(const auto made, tail.checkpointer.make(*parts_.signer, state));
      const ByteSpan box = made.box;
      VEDETTE_TRY(file->write_at(found.end, std::span(&box, 1)));
      VEDETTE_TRY(file->sync_data());
      found.end += box.size();
    } else if (const uint64_t end = end_of_last(found.fragments); end < found.end) {
      // What the page cache shows of an earlier try may not be on the disk. Written again it is.
      VEDETTE_ASSIGN(const Bytes box, mp4::read_exactly(source, end, found.end - end));
      const ByteSpan part = box;
      VEDETTE_TRY(file->write_at(end, std::span(&part, 1)));
      VEDETTE_TRY(file->sync_data());
    }
  }
  VEDETTE_ASSIGN(const evidence::FileFacts facts,
                 facts_of(source, FoundFile{ref, found.fragments, found.end}));
  tell_ledger(ref, evidence::FileEntry::Event::kRecovered, facts);
  return ok();
}

void Recovery::sign_all() {
  for (Unsigned& file : unsigned_)
    if (const auto done = sign(file); !done)
      note(file.ref->path(), Error{done.error().code, "not signed: " + done.error().what});
  unsigned_.clear();
  bool all_told = true;
  for (const auto& [volume, ledger] : ledgers_) {
    const auto told = ledger->commit_signed();
    all_told = all_told && told.has_value();
    if (!told) report_.notes.push_back(volume + ": " + told.error().what);
  }
  close_all(all_told);
}

// The catalog calls a file closed when the ledger has been told: else nobody would tell it later.
void Recovery::close_all(bool told) {
  LiveIndex& live = parts_.catalog.live();
  for (const auto& [file, bytes] : to_close_)
    told ? live.close_file(file, bytes) : live.leave_file(file);
  report_.again = report_.again || (!told && !to_close_.empty());
  to_close_.clear();
}

void Recovery::tell_ledger(const FileRef& ref, evidence::FileEntry::Event event,
                           const evidence::FileFacts& facts) {
  const auto ledger = ledgers_.find(ref.volume);
  if (ledger != ledgers_.end()) ledger->second->append(file_entry(event, ref, facts));
}

}  // namespace vedette::store
