// SPDX-License-Identifier: Apache-2.0
#include "store/fragment_index.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace vedette::store {
namespace {

// As many flags as the version says, from 4 on less two. 1 knew no checkpoints between fragments; 3
// is for a file that was found damaged, with fragments missing in its middle. 4 and 5 are 2 and 3
// with a byte of activity per fragment.
constexpr uint8_t kVersion = 2;
constexpr uint8_t kVersionWithHoles = 3;
constexpr uint8_t kWithActivity = 2;
constexpr uint8_t kNewestVersion = kVersionWithHoles + kWithActivity;
constexpr uint64_t kContinuesGop = 1;
constexpr uint64_t kBehindCheckpoint = 2;  // or behind other bytes that are no fragment
constexpr uint64_t kBehindHole = 4;

void put_varint(Bytes& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<uint8_t>(value));
}

uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}
void put_signed(Bytes& out, int64_t value) { put_varint(out, zigzag(value)); }

uint64_t take_varint(ByteReader& in) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = in.u8();
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  in.skip(std::numeric_limits<size_t>::max());  // too long: the reader goes bad
  return 0;
}
int64_t take_signed(ByteReader& in) { return unzigzag(take_varint(in)); }

// Input may hold any times; their sums wrap instead of being undefined.
int64_t add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
int64_t subtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

constexpr uint64_t kMaxOffset = uint64_t{1} << 62;  // so that no place behind a fragment wraps

// What the next fragment is expected to be: the deltas are against this.
FragmentEntry successor(const FragmentEntry& entry, uint32_t timescale) {
  FragmentEntry next = entry;
  next.offset = entry.offset + entry.size + entry.record_size;
  next.sequence = entry.sequence + 1;
  next.start_us = add(entry.start_us, ticks_to_us(entry.duration, timescale));
  next.media_time = add(entry.media_time, entry.duration);
  return next;
}

bool has_holes(std::span<const FragmentEntry> fragments) {
  for (size_t i = 1; i < fragments.size(); ++i)
    if (fragments[i].sequence != fragments[i - 1].sequence + 1) return true;
  return false;
}

bool has_activity(std::span<const FragmentEntry> fragments) {
  return std::any_of(fragments.begin(), fragments.end(),
                     [](const FragmentEntry& entry) { return entry.activity > 0; });
}

constexpr uint64_t kMaxU32 = std::numeric_limits<uint32_t>::max();
bool fits_u32(int64_t value) { return value >= 0 && static_cast<uint64_t>(value) <= kMaxU32; }

/// How an index is written.
struct Form {
  uint8_t version = kVersion;  // less kWithActivity
  bool activity = false;
};

/// What was left out in front of a fragment: bytes, and fragments of a damaged file.
struct Left {
  uint64_t bytes = 0;
  uint64_t fragments = 0;
};

Left take_left(ByteReader& in, uint64_t flags, uint8_t version) {
  Left left;
  if (version >= kVersion && (flags & kBehindCheckpoint) != 0) left.bytes = take_varint(in);
  if (version >= kVersionWithHoles && (flags & kBehindHole) != 0) left.fragments = take_varint(in);
  return left;
}

/// Reads the fragment at or behind `expected`; `more` follow, which must have numbers too. Nothing
/// when it cannot be.
std::optional<FragmentEntry> take_fragment(ByteReader& in, const FragmentEntry& expected, Form form,
                                           uint64_t more) {
  FragmentEntry entry = expected;
  const uint64_t size_and_flags = take_varint(in);
  const int64_t size = add(entry.size, unzigzag(size_and_flags >> form.version));
  const Left left = take_left(in, size_and_flags, form.version);
  const int64_t moof_size = add(entry.moof_size, take_signed(in));
  const int64_t duration = add(entry.duration, take_signed(in));
  if (!in.ok() || !fits_u32(size) || !fits_u32(moof_size) || !fits_u32(duration)) return {};
  if (left.bytes > kMaxOffset || expected.offset > kMaxOffset - left.bytes) return {};
  if (left.fragments > kMaxU32 - more - expected.sequence) return {};
  entry.offset += left.bytes;
  entry.sequence += static_cast<uint32_t>(left.fragments);
  entry.random_access = (size_and_flags & kContinuesGop) == 0;
  entry.size = static_cast<uint32_t>(size);
  entry.moof_size = static_cast<uint32_t>(moof_size);
  entry.duration = static_cast<uint32_t>(duration);
  entry.start_us = add(entry.start_us, take_signed(in));
  entry.media_time = add(entry.media_time, take_signed(in));
  entry.activity = form.activity ? in.u8() : uint8_t{0};
  return entry;
}

}  // namespace

Bytes encode_index(std::span<const FragmentEntry> fragments, uint32_t timescale) {
  const uint8_t version = has_holes(fragments) ? kVersionWithHoles : kVersion;
  const bool activity = has_activity(fragments);
  Bytes out = {static_cast<uint8_t>(version + (activity ? kWithActivity : 0))};
  put_varint(out, fragments.size());
  if (fragments.empty()) return out;
  out.reserve(32 + fragments.size() * 10);
  FragmentEntry expected;
  expected.offset = fragments.front().offset;
  expected.record_size = fragments.front().record_size;
  expected.sequence = fragments.front().sequence;
  put_varint(out, expected.offset);
  put_varint(out, expected.record_size);
  put_varint(out, expected.sequence);
  for (const FragmentEntry& entry : fragments) {
    VEDETTE_ASSERT(entry.offset >= expected.offset && entry.sequence >= expected.sequence);
    const int64_t size = int64_t{entry.size} - int64_t{expected.size};
    const uint64_t skipped = entry.offset - expected.offset;
    const uint32_t missing = entry.sequence - expected.sequence;
    put_varint(out, zigzag(size) << version | (missing > 0 ? kBehindHole : 0) |
                        (skipped > 0 ? kBehindCheckpoint : 0) |
                        (entry.random_access ? 0 : kContinuesGop));
    if (skipped > 0) put_varint(out, skipped);
    if (missing > 0) put_varint(out, missing);
    put_signed(out, int64_t{entry.moof_size} - int64_t{expected.moof_size});
    put_signed(out, int64_t{entry.duration} - int64_t{expected.duration});
    put_signed(out, subtract(entry.start_us, expected.start_us));
    put_signed(out, subtract(entry.media_time, expected.media_time));
    if (activity) out.push_back(entry.activity);
    expected = successor(entry, timescale);
  }
  return out;
}

Result<std::vector<FragmentEntry>> decode_index(ByteSpan blob, uint32_t timescale) {
  ByteReader in(blob);
  const auto damaged = [&](const char* what) {
    return make_error(ErrorCode::kDataLoss, std::string("fragment index: ") + what + " at byte " +
                                                std::to_string(in.offset()));
  };
  const uint8_t stored = in.u8();
  if (stored == 0 || stored > kNewestVersion) return damaged("unknown version");
  Form form;
  form.activity = stored > kVersionWithHoles;
  form.version = static_cast<uint8_t>(stored - (form.activity ? kWithActivity : 0));
  const uint64_t count = take_varint(in);
  if (!in.ok() || count > kMaxFragmentsPerFile || count * 5 > in.remaining())
    return damaged("too many fragments");
  std::vector<FragmentEntry> fragments;
  if (count == 0) return fragments;
  fragments.reserve(static_cast<size_t>(count));
  FragmentEntry expected;
  expected.offset = take_varint(in);
  const uint64_t record_size = take_varint(in);
  const uint64_t sequence = take_varint(in);
  if (record_size > kMaxU32 || sequence > kMaxU32 - (count - 1))
    return damaged("bad first fragment");
  expected.record_size = static_cast<uint32_t>(record_size);
  expected.sequence = static_cast<uint32_t>(sequence);
  for (uint64_t i = 0; i < count; ++i) {
    const std::optional<FragmentEntry> entry = take_fragment(in, expected, form, count - 1 - i);
    if (!entry) return damaged("bad fragment");
    fragments.push_back(*entry);
    expected = successor(*entry, timescale);
  }
  if (!in.ok()) return damaged("truncated");
  return fragments;
}

}  // namespace vedette::store
