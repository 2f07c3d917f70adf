// SPDX-License-Identifier: Apache-2.0
#include "evidence/ledger_entry.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/utf8.h"
#include "evidence/box_fields.h"

namespace vedette::evidence {
namespace {

constexpr size_t kBodyOffset = 92;
constexpr uint8_t kKindOfIndex[] = {3, 4, 5, 6, 7, 9};  // by place in LedgerEntry::what
constexpr size_t kBodyBytes[] = {32, 76, 24, 76, 32, 16};
constexpr const char* kCauseCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_-";

/// Neither control characters nor broken UTF-8: it is shown to people.
bool is_plain(std::string_view text) {
  const auto control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; };
  while (!text.empty()) {
    const size_t size = utf8_size(text);
    if (size == 0 || control(text[0])) return false;
    text.remove_prefix(size);
  }
  return true;
}

uint8_t event_of(const LedgerEntry& entry) {
  if (const auto* gap = std::get_if<GapEntry>(&entry.what)) return static_cast<uint8_t>(gap->event);
  if (const auto* hold = std::get_if<HoldEntry>(&entry.what))
    return static_cast<uint8_t>(hold->event);
  if (const auto* file = std::get_if<FileEntry>(&entry.what))
    return static_cast<uint8_t>(file->event);
  if (const auto* service = std::get_if<ServiceEntry>(&entry.what))
    return static_cast<uint8_t>(service->event);
  return 1;
}

const FileFacts* file_of(const LedgerEntry& entry) {
  if (const auto* file = std::get_if<FileEntry>(&entry.what)) return &file->file;
  if (const auto* deletion = std::get_if<DeletionEntry>(&entry.what)) return &deletion->file;
  return nullptr;
}

Result<void> check(const LedgerEntry& entry) {
  const auto bad = [](const char* what) { return make_error(ErrorCode::kInvalidArgument, what); };
  VEDETTE_TRY(check_ids(entry.site, entry.camera));
  if (!is_run_id(entry.volume)) return bad("a volume id is 16 lower-case hex digits");
  const bool service = std::holds_alternative<ServiceEntry>(entry.what);
  const bool hold = std::holds_alternative<HoldEntry>(entry.what);
  if (entry.camera.empty() ? !service && !hold : service)
    return bad("an entry names the camera it is about, and no other");
  if ((service || hold) && entry.stream != StreamKind::kMain)
    return bad("an entry that is not about a stream names none");
  if (const FileFacts* file = file_of(entry); file != nullptr && !is_run_id(file->run))
    return bad("a run id is 16 lower-case hex digits");
  if (entry.cause.size() > kMaxCauseBytes ||
      entry.cause.find_first_not_of(kCauseCharacters) != std::string::npos)
    return bad("a cause is a word of at most 64 letters of [a-z0-9_-]");
  if (entry.detail.size() > kMaxDetailBytes || !is_plain(entry.detail))
    return bad("a detail is one line of at most 1024 bytes of UTF-8");
  if (entry.sequence == 0 && entry.previous != Hash{})
    return bad("the first entry has none before it");
  return ok();
}

void write_facts(ByteWriter& out, const FileFacts& file) {
  write_run(out, file.run);
  out.u32(file.number);
  out.u32(file.first_sequence);
  out.u32(file.count);
  out.u64(file.bytes);
  write_time(out, file.start);
  write_time(out, file.end);
  out.bytes(file.head);
}

FileFacts read_facts(ByteReader& in) {
  FileFacts file;
  file.run = read_run(in);
  file.number = in.u32();
  file.first_sequence = in.u32();
  file.count = in.u32();
  file.bytes = in.u64();
  file.start = read_time(in);
  file.end = read_time(in);
  file.head = read_hash(in);
  return file;
}

void write_body(ByteWriter& out, const LedgerEntry& entry) {
  if (const auto* gap = std::get_if<GapEntry>(&entry.what)) {
    out.u64(gap->id);
    write_time(out, gap->start);
    write_time(out, gap->end);
    write_time(out, gap->first_seen);
  } else if (const auto* hold = std::get_if<HoldEntry>(&entry.what)) {
    out.u64(hold->id);
    write_time(out, hold->from);
    write_time(out, hold->to);
  } else if (const auto* service = std::get_if<ServiceEntry>(&entry.what)) {
    out.bytes(service->key);
  } else if (const auto* made = std::get_if<ExportEntry>(&entry.what)) {
    write_time(out, made->from);
    write_time(out, made->to);
  } else {
    write_facts(out, *file_of(entry));
  }
}

/// `event` is in the range of every kind that has that many.
Result<void> read_body(ByteReader& in, size_t index, uint8_t event, LedgerEntry& entry) {
  constexpr uint8_t kEvents[] = {2, 1, 2, 5, 2, 1};
  if (event == 0 || event > kEvents[index]) return malformed(27, "what happened");
  if (index == 0) {
    GapEntry gap{static_cast<GapEntry::Event>(event), in.u64(), {}, {}, {}};
    gap.start = read_time(in);
    gap.end = read_time(in);
    gap.first_seen = read_time(in);
    entry.what = gap;
  } else if (index == 1) {
    entry.what = DeletionEntry{read_facts(in)};
  } else if (index == 2) {
    HoldEntry hold{static_cast<HoldEntry::Event>(event), in.u64(), {}, {}};
    hold.from = read_time(in);
    hold.to = read_time(in);
    entry.what = hold;
  } else if (index == 3) {
    entry.what = FileEntry{static_cast<FileEntry::Event>(event), read_facts(in)};
  } else if (index == 4) {
    entry.what = ServiceEntry{static_cast<ServiceEntry::Event>(event), read_hash(in)};
  } else {
    const WallTime from = read_time(in);
    entry.what = ExportEntry{from, read_time(in)};
  }
  return ok();
}

}  // namespace

std::optional<size_t> entry_fixed_bytes(uint8_t kind) {
  for (size_t i = 0; i < std::size(kKindOfIndex); ++i)
    if (kKindOfIndex[i] == kind) return kBodyOffset + kBodyBytes[i];
  return std::nullopt;
}

Result<Bytes> encode(const LedgerEntry& entry) {
  VEDETTE_TRY(check(entry));
  const size_t index = entry.what.index();
  ByteWriter out;
  write_frame(out, kBodyOffset + kBodyBytes[index] + entry.site.size() + entry.camera.size() +
                       entry.cause.size() + entry.detail.size());
  out.u8(kKindOfIndex[index]);
  out.u8(static_cast<uint8_t>(entry.algorithm));
  out.u8(event_of(entry));
  out.u8(static_cast<uint8_t>(entry.stream));
  out.u8(entry.cause.size());
  out.u8(entry.site.size());
  out.u8(entry.camera.size());
  write_run(out, entry.volume);
  out.u64(entry.sequence);
  write_time(out, entry.written);
  out.bytes(entry.previous);
  out.u16(entry.detail.size());
  out.u16(0);
  write_body(out, entry);
  out.text(entry.site);
  out.text(entry.camera);
  out.text(entry.cause);
  out.text(entry.detail);
  return out.take();
}

Result<LedgerEntry> decode_entry(ByteSpan box) {
  ByteReader in(box);
  LedgerEntry entry;
  VEDETTE_TRY(read_frame(in, box.size()));
  const uint8_t kind = in.u8();
  const auto* const known = std::find(std::begin(kKindOfIndex), std::end(kKindOfIndex), kind);
  if (known == std::end(kKindOfIndex))
    return make_error(ErrorCode::kUnsupported, "not an entry of a ledger");
  const auto index = static_cast<size_t>(known - std::begin(kKindOfIndex));
  VEDETTE_TRY(check_hash_algorithm(in.u8()));
  const uint8_t event = in.u8();
  const uint8_t stream = in.u8();
  if (stream > static_cast<uint8_t>(StreamKind::kSub)) return malformed(28, "stream");
  entry.stream = static_cast<StreamKind>(stream);
  const size_t cause_bytes = in.u8();
  const size_t site_bytes = in.u8();
  const size_t camera_bytes = in.u8();
  entry.volume = read_run(in);
  entry.sequence = in.u64();
  entry.written = read_time(in);
  entry.previous = read_hash(in);
  const size_t detail_bytes = in.u16();
  if (in.u16() != 0) return malformed(90, "not 0");
  if (!in.ok() || box.size() != kBodyOffset + kBodyBytes[index] + cause_bytes + site_bytes +
                                    camera_bytes + detail_bytes)
    return malformed(0, "size does not fit its texts");
  VEDETTE_TRY(read_body(in, index, event, entry));
  entry.site = as_text(in.bytes(site_bytes));
  entry.camera = as_text(in.bytes(camera_bytes));
  entry.cause = as_text(in.bytes(cause_bytes));
  entry.detail = as_text(in.bytes(detail_bytes));
  if (!in.ok()) return malformed(in.offset(), "cut off");
  if (const auto valid = check(entry); !valid) return malformed(29, valid.error().message());
  return entry;
}

std::string as_cause(std::string_view text) {
  std::string cause(text.substr(0, kMaxCauseBytes));
  for (char& c : cause)
    if (std::string_view(kCauseCharacters).find(c) == std::string_view::npos) c = '_';
  return cause;
}

std::string as_detail(std::string_view text) {
  std::string detail(text.substr(0, kMaxDetailBytes));
  for (char& c : detail)
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) c = ' ';
  // The cut may have gone through a character.
  for (size_t cut = 0; cut < std::min<size_t>(4, detail.size()); ++cut) {
    const std::string_view whole(detail.data(), detail.size() - cut);
    if (is_plain(whole)) return std::string(whole);
  }
  for (char& c : detail)
    if (static_cast<uint8_t>(c) >= 0x80) c = '?';
  return detail;
}

}  // namespace vedette::evidence
