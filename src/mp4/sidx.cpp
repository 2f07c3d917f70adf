// SPDX-License-Identifier: Apache-2.0
#include "mp4/sidx.h"

#include <algorithm>

#include "base/assert.h"
#include "mp4/box_walk.h"
#include "mp4/fragment_boxes.h"
#include "mp4/limits.h"

namespace vedette::mp4 {
namespace {

constexpr size_t kSidxFixedBytes = sidx_reserve_bytes(0) - kBoxHeaderBytes;
constexpr uint32_t kSizeMask = 0x7FFFFFFF;

/// How many references fit, leaving nothing or a whole free box behind.
size_t capacity(size_t reserve_bytes) {
  if (reserve_bytes < kSidxFixedBytes + SidxReference::kBytes) return 0;
  size_t count = (reserve_bytes - kSidxFixedBytes) / SidxReference::kBytes;
  const size_t left = reserve_bytes - kSidxFixedBytes - count * SidxReference::kBytes;
  if (left > 0 && left < kBoxHeaderBytes) --count;
  return std::min(count, kMaxSidxEntries);
}

SidxReference to_reference(const SidxEntry& entry) {
  return {entry.size & kSizeMask, entry.duration,
          entry.starts_with_sap ? SidxReference::kStartsWithSap : 0};
}

/// At most `count` entries that cover the same bytes; empty when a sum does not fit its field.
std::vector<SidxReference> merged(const std::vector<SidxEntry>& entries, size_t count) {
  const size_t per_group = (entries.size() + count - 1) / count;
  std::vector<SidxReference> references;
  for (size_t begin = 0; begin < entries.size(); begin += per_group) {
    uint64_t size = 0;
    uint64_t duration = 0;
    const size_t end = std::min(begin + per_group, entries.size());
    for (size_t i = begin; i < end; ++i) {
      size += entries[i].size;
      duration += entries[i].duration;
    }
    if (size > kSizeMask || duration > 0xFFFFFFFF) return {};
    references.push_back(to_reference({static_cast<uint32_t>(size), static_cast<uint32_t>(duration),
                                       entries[begin].starts_with_sap}));
  }
  return references;
}

}  // namespace

Bytes make_sidx(const Sidx& sidx, size_t reserve_bytes) {
  VEDETTE_ASSERT(reserve_bytes >= kBoxHeaderBytes);
  BoxBuilder out;
  SidxBox box;
  const size_t count = capacity(reserve_bytes);
  if (count > 0 && !sidx.entries.empty()) box.references = merged(sidx.entries, count);
  if (!box.references.empty()) {
    box.reference_id = sidx.track_id;
    box.timescale = sidx.timescale;
    box.earliest_pts = static_cast<uint64_t>(sidx.earliest_pts);
    // What is left behind the index is skipped as its first offset.
    box.first_offset =
        reserve_bytes - kSidxFixedBytes - box.references.size() * SidxReference::kBytes;
    // An odd rest cannot be a box; with fewer entries than fit there is always room for one.
    out.box(std::move(box));
  }
  const size_t left = reserve_bytes - out.size();
  VEDETTE_ASSERT(left == 0 || left >= kBoxHeaderBytes);
  if (left > 0) {
    const size_t rest = out.begin(fourcc("free"));
    out.zeros(left - kBoxHeaderBytes);
    out.end(rest);
  }
  return out.take();
}

Result<Sidx> parse_sidx(ByteSpan bytes, uint64_t box_offset) {
  VEDETTE_ASSIGN(const BoxHeader box, read_box_header(bytes, 0));
  if (box.type != SidxBox::kType) return bad_box(box, "expected 'sidx'");
  SidxBox fields;
  VEDETTE_TRY(read_fields(bytes, box, fields));
  constexpr uint64_t kMax = uint64_t{1} << 62;
  if (fields.timescale == 0 || fields.earliest_pts > kMax || fields.first_offset > kMax)
    return bad_box(box, "fields are out of bounds");
  Sidx sidx;
  sidx.track_id = fields.reference_id;
  sidx.timescale = fields.timescale;
  sidx.earliest_pts = static_cast<int64_t>(fields.earliest_pts);
  sidx.first_entry = box_offset + box.end() + fields.first_offset;
  sidx.entries.reserve(fields.references.size());
  for (const SidxReference& reference : fields.references) {
    if ((reference.type_and_size & SidxReference::kIndexBit) != 0)
      return make_error(ErrorCode::kUnsupported, "sidx refers to another sidx");
    sidx.entries.push_back({reference.type_and_size & kSizeMask, reference.duration,
                            (reference.sap & 0x80000000) != 0});
  }
  return sidx;
}

}  // namespace vedette::mp4
