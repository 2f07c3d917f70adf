// SPDX-License-Identifier: Apache-2.0
// What the boxes of all kinds of record have in common (docs/design/format.md): the frame with the
// user type, run and volume ids as 8 bytes, hashes, ids. Internal to evidence.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "evidence/hash.h"
#include "evidence/record.h"

namespace vedette::evidence {

inline constexpr uint32_t kUuidType = 0x75756964;  // 'uuid'
inline constexpr size_t kKindOffset = 25;

inline Error malformed(size_t offset, std::string_view what) {
  return make_error(ErrorCode::kDataLoss, fmt::format("record, byte {}: {}", offset, what));
}

/// 16 lower-case hex digits: a run, or the id of a volume.
inline bool is_run_id(std::string_view run) {
  return run.size() == 2 * kRunIdBytes &&
         run.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

inline void write_run(ByteWriter& out, std::string_view run) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (size_t i = 0; i < run.size(); i += 2)
    out.u8(static_cast<uint64_t>(digit(run[i]) << 4 | digit(run[i + 1])));
}

inline std::string read_run(ByteReader& in) {
  std::string run;
  for (const uint8_t byte : in.bytes(kRunIdBytes)) run += fmt::format("{:02x}", byte);
  return run;
}

inline Hash read_hash(ByteReader& in) {
  Hash hash{};
  const ByteSpan bytes = in.bytes(hash.size());
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

inline void write_time(ByteWriter& out, WallTime time) { out.u64(static_cast<uint64_t>(time.us)); }
inline WallTime read_time(ByteReader& in) { return {static_cast<int64_t>(in.u64())}; }

/// Bytes 0 to 24.
inline void write_frame(ByteWriter& out, size_t size) {
  out.u32(static_cast<uint32_t>(size));
  out.u32(kUuidType);
  out.bytes(kRecordUserType);
  out.u8(kRecordVersion);
}

/// Bytes 0 to 24 of exactly one box; the size is what it says.
[[nodiscard]] inline Result<void> read_frame(ByteReader& in, size_t box_bytes) {
  const uint32_t size = in.u32();
  if (in.u32() != kUuidType) return malformed(4, "not a uuid box");
  const ByteSpan user_type = in.bytes(kRecordUserType.size());
  if (!std::equal(user_type.begin(), user_type.end(), kRecordUserType.begin(),
                  kRecordUserType.end()))
    return malformed(8, "another user type");
  const uint8_t version = in.u8();
  if (!in.ok()) return malformed(24, "cut off");
  if (version != kRecordVersion) {
    return make_error(ErrorCode::kUnsupported,
                      fmt::format("record version {} is newer than this program", version));
  }
  if (size != box_bytes) return malformed(0, "size of the box");
  return ok();
}

[[nodiscard]] inline Result<void> check_hash_algorithm(uint8_t algorithm) {
  if (algorithm == static_cast<uint8_t>(HashAlgorithm::kSha256)) return ok();
  return make_error(ErrorCode::kUnsupported,
                    fmt::format("hash algorithm {} is not known", algorithm));
}

/// An empty camera is for the caller to judge.
[[nodiscard]] inline Result<void> check_ids(const std::string& site, const std::string& camera) {
  VEDETTE_TRY(check_id(site));
  if (!camera.empty()) VEDETTE_TRY(check_id(camera));
  if (site.size() <= kMaxSiteBytes && camera.size() <= kMaxCameraBytes) return ok();
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("site or camera id is longer than {} or {} characters",
                                kMaxSiteBytes, kMaxCameraBytes));
}

}  // namespace vedette::evidence
