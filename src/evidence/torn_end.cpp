// SPDX-License-Identifier: Apache-2.0
#include "evidence/torn_end.h"

#include <algorithm>

#include "evidence/box_fields.h"
#include "evidence/box_walk.h"
#include "evidence/checkpoint.h"
#include "evidence/ledger_entry.h"

namespace vedette::evidence {
namespace {

constexpr size_t kLengthsEnd = 32;  // of the ids, and the cause before them
constexpr size_t kDetailLengthEnd = 90;
// The first two bytes of a box are zeros anyway, and say nothing about their sector.
constexpr size_t kLeastFirstPiece = 3;

/// Where the texts of a box of this kind begin; nullopt: no such box in files of this family.
std::optional<size_t> fixed_bytes(uint8_t kind, BoxFamily family) {
  if (kind == kKindCheckpoint) return kCheckpointFixedBytes;
  if (family == BoxFamily::kRecording) {
    if (kind != kKindFragment) return std::nullopt;
    return kRecordFixedBytes;
  }
  return entry_fixed_bytes(kind);
}

/// Bytes 4 to 26 are the same in all our boxes but for the kind; as many of them as are there.
bool all_zero(ByteSpan bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t b) { return b == 0; });
}

bool has_our_head(ByteSpan rest) {
  ByteWriter head;
  head.u32(kUuidType);
  head.bytes(kRecordUserType);
  head.u8(kRecordVersion);
  head.u8(0);
  head.u8(static_cast<uint8_t>(HashAlgorithm::kSha256));
  for (size_t i = 4; i < rest.size() && i - 4 < head.size(); ++i)
    if (i != kKindOffset && rest[i] != head.view()[i - 4]) return false;
  return true;
}

/// Whether its lengths add up to the size that it says, as far as they are there.
bool is_size_of(ByteSpan rest, uint32_t size, BoxFamily family) {
  if (rest.size() <= kKindOffset) return true;
  const uint8_t kind = rest[kKindOffset];
  const auto fixed = fixed_bytes(kind, family);
  if (!fixed) return false;
  if (rest.size() < kLengthsEnd) return size >= *fixed;
  const bool entry = kind != kKindCheckpoint && family == BoxFamily::kLedger;
  const size_t least = *fixed + rest[30] + rest[31] + (entry ? rest[29] : 0);
  if (!entry) return size == least;
  if (rest.size() < kDetailLengthEnd) return size >= least && size <= least + kMaxDetailBytes;
  return size == least + (size_t{rest[88]} << 8 | rest[89]);
}

}  // namespace

bool is_cut_box(ByteSpan rest, BoxFamily family) {
  if (rest.empty()) return false;
  const size_t most = family == BoxFamily::kLedger ? kMaxEntryBytes
                                                   : std::max(kMaxCheckpointBytes, kMaxRecordBytes);
  if (rest[0] != 0 || (rest.size() > 1 && rest[1] != 0)) return false;
  if (rest.size() < 4) return rest.size() < 3 || rest[2] <= most >> 8;
  const uint32_t size = ByteReader(rest).u32();
  return size > rest.size() && size <= most && has_our_head(rest) && is_size_of(rest, size, family);
}

bool has_lost_sector(ByteSpan part, uint64_t offset) {
  for (size_t at = 0; at < part.size();) {
    const auto left = static_cast<size_t>(kSectorBytes - (offset + at) % kSectorBytes);
    const ByteSpan piece = part.subspan(at, std::min(left, part.size() - at));
    const bool counts = at > 0 || piece.size() >= kLeastFirstPiece;
    if (counts && all_zero(piece)) return true;
    at += piece.size();
  }
  return false;
}

std::optional<size_t> next_ledger_box(ByteSpan bytes, size_t from) {
  for (auto at = find_box(bytes, from); at; at = find_box(bytes, *at + 1)) {
    const auto box = box_at(bytes, *at);
    if (box && (decode_entry(*box) || decode_checkpoint(*box))) return at;
  }
  return std::nullopt;
}

bool is_torn_ledger_end(ByteSpan bytes, size_t at) {
  const ByteSpan rest = bytes.subspan(at);
  if (all_zero(rest)) return true;
  if (rest.size() > kMaxTornLedgerBytes) return false;
  auto next = next_ledger_box(bytes, at + 1);
  if (!next) return is_cut_box(rest, BoxFamily::kLedger) || has_lost_sector(rest, at);
  if (!has_lost_sector(bytes.subspan(at, *next - at), at)) return false;
  for (; next; next = next_ledger_box(bytes, *next + 1)) {
    const ByteSpan box = *box_at(bytes, *next);
    if (kind_of(box) == kKindCheckpoint && signature_is_right(box)) return false;
  }
  return true;
}

}  // namespace vedette::evidence
