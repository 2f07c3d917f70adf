// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "evidence/record.h"
#include "mp4/reader.h"
#include "store/file_source.h"
#include "store/ledger.h"

namespace vedette::store {
namespace {

evidence::LedgerEntry about(const std::string& camera, StreamKind stream, std::string_view cause,
                            std::string_view detail) {
  evidence::LedgerEntry entry;
  entry.camera = camera;
  entry.stream = stream;
  entry.cause = evidence::as_cause(cause);
  entry.detail = evidence::as_detail(detail);
  return entry;
}

Result<evidence::FragmentRecord> record_at(const mp4::ByteSource& source,
                                           const mp4::ScannedFragment& fragment) {
  VEDETTE_ASSIGN(const Bytes box, mp4::read_exactly(source, fragment.offset, fragment.record_size));
  return evidence::decode(box);
}

/// First and last record of a closed file. The index leads to the last one.
Result<void> read_ends(const mp4::ByteSource& source, evidence::FileFacts& facts) {
  VEDETTE_ASSIGN(const mp4::Movie movie, mp4::read_movie(source));
  VEDETTE_ASSIGN(const auto index, mp4::read_sidx(source, movie));
  if (!index || index->entries.empty())
    return make_error(ErrorCode::kDataLoss, "the file has no index");
  uint64_t last = index->first_entry;
  for (size_t i = 0; i + 1 < index->entries.size(); ++i) last += index->entries[i].size;
  const auto first_fragment = mp4::scan_fragments(source, index->first_entry, 1).fragments;
  const auto last_fragments = mp4::scan_fragments(source, last).fragments;
  if (first_fragment.empty() || last_fragments.empty())
    return make_error(ErrorCode::kDataLoss, "the index does not fit");
  VEDETTE_ASSIGN(const auto first, record_at(source, first_fragment.front()));
  VEDETTE_ASSIGN(const auto newest, record_at(source, last_fragments.back()));
  facts.first_sequence = first.sequence;
  facts.count = newest.sequence - first.sequence + 1;
  facts.end = newest.start + Duration(newest.duration_us());
  facts.head = evidence::record_hash(newest);
  return ok();
}

}  // namespace

evidence::LedgerEntry gap_entry(const Gap& gap) {
  evidence::LedgerEntry entry = about(gap.camera, gap.kind, gap.cause, gap.detail);
  evidence::GapEntry what;
  what.event = gap.end ? evidence::GapEntry::Event::kClosed : evidence::GapEntry::Event::kOpened;
  what.id = static_cast<uint64_t>(gap.id);
  what.start = gap.start;
  if (gap.end) what.end = *gap.end;
  what.first_seen = gap.first_seen;
  entry.what = what;
  return entry;
}

evidence::LedgerEntry file_entry(evidence::FileEntry::Event event, const FileRef& file,
                                 const evidence::FileFacts& facts) {
  evidence::LedgerEntry entry = about(file.camera, file.kind, "", file.relative);
  entry.what = evidence::FileEntry{event, facts};
  return entry;
}

evidence::LedgerEntry deletion_entry(const FileRef& file, const evidence::FileFacts& facts,
                                     std::string_view cause) {
  evidence::LedgerEntry entry = about(file.camera, file.kind, cause, file.relative);
  entry.what = evidence::DeletionEntry{facts};
  return entry;
}

evidence::LedgerEntry service_entry(evidence::ServiceEntry::Event event,
                                    const evidence::Signer* signer) {
  evidence::LedgerEntry entry;
  evidence::ServiceEntry what;
  what.event = event;
  if (signer != nullptr) what.key = signer->public_key();
  entry.what = what;
  return entry;
}

evidence::LedgerEntry hold_entry(evidence::HoldEntry::Event event, const Hold& hold) {
  evidence::LedgerEntry entry = about(hold.camera, StreamKind::kMain, hold.who, hold.reason);
  uint64_t id = 0;
  std::from_chars(hold.id.data(), hold.id.data() + hold.id.size(), id, 16);
  entry.what = evidence::HoldEntry{event, id, hold.from, hold.to};
  return entry;
}

evidence::LedgerEntry export_entry(const ExportNote& note) {
  evidence::LedgerEntry entry = about(note.camera, note.stream, note.who, note.detail);
  entry.what = evidence::ExportEntry{note.from, note.to};
  return entry;
}

evidence::FileFacts read_file_facts(fs::FileSystem& files, const FileRef& file,
                                    const std::string& path) {
  evidence::FileFacts facts;
  facts.run = file.run;
  facts.number = file.seq;
  facts.start = {file.start_us};
  facts.end = facts.start;
  const auto opened = files.open_read(path);
  if (!opened) return facts;
  const auto size = (*opened)->size();
  if (!size) return facts;
  facts.bytes = *size;
  evidence::FileFacts whole = facts;
  if (read_ends(FileSource(**opened, *size), whole)) facts = whole;
  return facts;
}

}  // namespace vedette::store
