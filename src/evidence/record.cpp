// SPDX-License-Identifier: Apache-2.0
#include "evidence/record.h"

#include "base/assert.h"
#include "evidence/box_fields.h"

namespace vedette::evidence {
namespace {

constexpr uint8_t kFlagRandomAccess = 1;
constexpr uint8_t kFlagDamaged = 2;

Result<void> check(const FragmentRecord& record) {
  VEDETTE_TRY(check_id(record.camera));
  VEDETTE_TRY(check_ids(record.site, record.camera));
  if (!is_run_id(record.run))
    return make_error(ErrorCode::kInvalidArgument, "a run id is 16 lower-case hex digits");
  if (record.timescale == 0 || record.media_time < 0)
    return make_error(ErrorCode::kInvalidArgument,
                      "media time needs a timescale and is not negative");
  return ok();
}

void write_head(ByteWriter& out, const FragmentRecord& record) {
  write_frame(out, kRecordFixedBytes + record.site.size() + record.camera.size());
  out.u8(kKindFragment);
  out.u8(static_cast<uint8_t>(record.algorithm));
  out.u8(static_cast<uint8_t>(record.stream));
  out.u8((record.random_access ? kFlagRandomAccess : 0U) | (record.damaged ? kFlagDamaged : 0U));
  out.u8(static_cast<uint8_t>(record.start_source));
  out.u8(record.site.size());
  out.u8(record.camera.size());
}

/// Bytes 0 to 31: everything that says whether the rest can be read, and the two id lengths.
struct Head {
  size_t site_bytes = 0;
  size_t camera_bytes = 0;
};

Result<Head> read_head(ByteReader& in, size_t box_bytes, FragmentRecord& record) {
  VEDETTE_TRY(read_frame(in, box_bytes));
  if (in.u8() != kKindFragment)
    return make_error(ErrorCode::kUnsupported, "not the record of a fragment");
  const uint8_t algorithm = in.u8();
  const uint8_t stream = in.u8();
  const uint8_t flags = in.u8();
  const uint8_t source = in.u8();
  const Head head{in.u8(), in.u8()};
  if (!in.ok() || box_bytes != kRecordFixedBytes + head.site_bytes + head.camera_bytes)
    return malformed(0, "size does not fit its ids");
  VEDETTE_TRY(check_hash_algorithm(algorithm));
  if (stream > static_cast<uint8_t>(StreamKind::kSub)) return malformed(27, "stream");
  if ((flags & ~(kFlagRandomAccess | kFlagDamaged)) != 0) return malformed(28, "flags");
  if (source > static_cast<uint8_t>(media::UtcSource::kRtcp)) return malformed(29, "time source");
  record.stream = static_cast<StreamKind>(stream);
  record.random_access = (flags & kFlagRandomAccess) != 0;
  record.damaged = (flags & kFlagDamaged) != 0;
  record.start_source = static_cast<media::UtcSource>(source);
  return head;
}

}  // namespace

Result<Bytes> encode(const FragmentRecord& record) {
  VEDETTE_TRY(check(record));
  ByteWriter out;
  write_head(out, record);
  write_run(out, record.run);
  out.u32(record.sequence);
  out.u32(record.start_error_us);
  out.u64(static_cast<uint64_t>(record.start.us));
  out.u64(static_cast<uint64_t>(record.media_time));
  out.u32(record.timescale);
  out.u32(record.duration);
  out.u32(record.fragment_size);
  out.bytes(record.fragment_hash);
  out.bytes(record.previous);
  out.text(record.site);
  out.text(record.camera);
  return out.take();
}

Result<FragmentRecord> decode(ByteSpan box) {
  ByteReader in(box);
  FragmentRecord record;
  VEDETTE_ASSIGN(const Head head, read_head(in, box.size(), record));
  record.run = read_run(in);
  record.sequence = in.u32();
  record.start_error_us = in.u32();
  record.start.us = static_cast<int64_t>(in.u64());
  record.media_time = static_cast<int64_t>(in.u64());
  record.timescale = in.u32();
  record.duration = in.u32();
  record.fragment_size = in.u32();
  record.fragment_hash = read_hash(in);
  record.previous = read_hash(in);
  record.site = as_text(in.bytes(head.site_bytes));
  record.camera = as_text(in.bytes(head.camera_bytes));
  if (!in.ok()) return malformed(in.offset(), "cut off");
  if (const auto valid = check(record); !valid) return malformed(32, valid.error().message());
  return record;
}

Hash record_hash(const FragmentRecord& record) {
  const auto encoded = encode(record);
  VEDETTE_ASSERT(encoded.has_value());
  return sha256(*encoded);
}

Hash record_hash(ByteSpan encoded) { return sha256(encoded); }

}  // namespace vedette::evidence
