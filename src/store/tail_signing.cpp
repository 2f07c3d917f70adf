// SPDX-License-Identifier: Apache-2.0
#include "store/tail_signing.h"

#include <optional>

#include "mp4/reader.h"

namespace vedette::store {
namespace {

uint64_t record_offset(const FragmentEntry& entry) { return entry.offset - entry.record_size; }
uint64_t end_of(const FragmentEntry& entry) { return entry.offset + entry.size; }

Result<Bytes> read_box(const mp4::ByteSource& source, uint64_t offset, uint64_t end) {
  if (end <= offset || end - offset > evidence::kMaxCheckpointBytes)
    return make_error(ErrorCode::kDataLoss, "not a record or checkpoint");
  return mp4::read_exactly(source, offset, static_cast<size_t>(end - offset));
}

/// The newest checkpoint of the file; empty when there is none.
Result<Bytes> last_checkpoint(const mp4::ByteSource& source, const FoundFile& file) {
  const uint64_t end = end_of(file.fragments.back());
  if (file.end > end) return read_box(source, end, file.end);
  for (size_t i = file.fragments.size() - 1; i > 0; --i) {
    const uint64_t before = end_of(file.fragments[i - 1]);
    const uint64_t record = record_offset(file.fragments[i]);
    if (record > before) return read_box(source, before, record);
  }
  return Bytes();
}

}  // namespace

Result<UnsignedTail> unsigned_tail_of(const mp4::ByteSource& source, const FoundFile& file) {
  const FragmentEntry& front = file.fragments.front();
  VEDETTE_ASSIGN(const Bytes first_box, read_box(source, record_offset(front), front.offset));
  VEDETTE_ASSIGN(const evidence::FragmentRecord first, evidence::decode(first_box));
  VEDETTE_ASSIGN(const Bytes init, mp4::read_exactly(source, 0, file.ref.init_size));
  evidence::Checkpoint about;
  about.site = first.site;
  about.camera = first.camera;
  about.stream = first.stream;
  about.run = first.run;
  about.first_sequence = first.sequence;
  about.init = evidence::sha256(init);
  UnsignedTail tail;
  VEDETTE_ASSIGN(const Bytes box, last_checkpoint(source, file));
  if (!box.empty()) {
    VEDETTE_ASSIGN(const evidence::Checkpoint last, evidence::decode_checkpoint(box));
    about.first_sequence = last.end_sequence();
    about.number = last.number + 1;
    about.previous = evidence::record_hash(box);
    tail.closed = last.closing;
  }
  tail.checkpointer = evidence::Checkpointer(about);
  std::optional<evidence::Hash> before;
  for (const FragmentEntry& entry : file.fragments) {
    if (entry.sequence < about.first_sequence) continue;
    VEDETTE_ASSIGN(const Bytes record, read_box(source, record_offset(entry), entry.offset));
    VEDETTE_ASSIGN(const evidence::FragmentRecord decoded, evidence::decode(record));
    if (before && decoded.previous != *before)
      return make_error(ErrorCode::kDataLoss, "the records do not follow each other");
    before = evidence::record_hash(record);
    tail.checkpointer.add(*before);
  }
  return tail;
}

Result<evidence::FileFacts> facts_of(const mp4::ByteSource& source, const FoundFile& file) {
  const FragmentEntry& back = file.fragments.back();
  VEDETTE_ASSIGN(const Bytes record, read_box(source, record_offset(back), back.offset));
  evidence::FileFacts facts;
  facts.run = file.ref.run;
  facts.number = file.ref.seq;
  facts.first_sequence = file.fragments.front().sequence;
  facts.count = static_cast<uint32_t>(file.fragments.size());
  facts.bytes = file.end;
  facts.start = {file.ref.start_us};
  facts.end = {back.start_us + ticks_to_us(back.duration, file.ref.timescale)};
  facts.head = evidence::record_hash(record);
  return facts;
}

}  // namespace vedette::store
