// SPDX-License-Identifier: Apache-2.0
// The record that stands before every fragment on disk: who recorded it, when, what its bytes hash
// to and which record came before. docs/design/format.md §"The record" is its grammar.
// Pure functions, callable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/hash.h"
#include "media/access_unit.h"

namespace vedette::evidence {

/// User type of the uuid box: d6ba0aec-f7de-4c24-be93-b7ee460fc0e1. Never changes; layouts differ
/// by the version byte.
inline constexpr std::array<uint8_t, 16> kRecordUserType = {
    0xd6, 0xba, 0x0a, 0xec, 0xf7, 0xde, 0x4c, 0x24, 0xbe, 0x93, 0xb7, 0xee, 0x46, 0x0f, 0xc0, 0xe1};
inline constexpr uint8_t kRecordVersion = 1;
inline constexpr uint8_t kKindFragment = 1;
inline constexpr size_t kMaxSiteBytes = 48;
inline constexpr size_t kMaxCameraBytes = 64;
inline constexpr size_t kRunIdBytes = 8;          ///< 16 lower-case hex digits: random_id(8)
inline constexpr size_t kRecordFixedBytes = 140;  ///< the whole box without the two ids
inline constexpr size_t kMaxRecordBytes = kRecordFixedBytes + kMaxSiteBytes + kMaxCameraBytes;
static_assert(kMaxRecordBytes <= 256);

using media::StreamKind;
enum class HashAlgorithm : uint8_t { kSha256 = 1 };

struct FragmentRecord {
  std::string site;    ///< check_id(), at most kMaxSiteBytes
  std::string camera;  ///< check_id(), at most kMaxCameraBytes
  StreamKind stream = StreamKind::kMain;
  std::string run;        ///< 16 lower-case hex digits
  uint32_t sequence = 0;  ///< counts the fragments of the run from 0, over file boundaries

  WallTime start;  ///< UTC of the presentation of the first sample of track 1
  uint32_t start_error_us = 0;
  media::UtcSource start_source = media::UtcSource::kArrival;
  int64_t media_time = 0;      ///< decode time of the first sample of track 1, as in its tfdt
  uint32_t timescale = 90000;  ///< of media_time and duration; not 0
  uint32_t duration = 0;       ///< of the samples of track 1, in ticks

  bool random_access = true;  ///< decoding may start with the first sample
  bool damaged = false;       ///< a sample of it was lost or is incomplete

  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  uint32_t fragment_size = 0;  ///< bytes of moof and mdat
  Hash fragment_hash{};        ///< of moof and mdat as they are on disk
  Hash previous{};             ///< record_hash() of the record before; zeros for sequence 0

  [[nodiscard]] int64_t duration_us() const { return ticks_to_us(duration, timescale); }
  friend bool operator==(const FragmentRecord&, const FragmentRecord&) = default;
};

/// The whole uuid box, at most kMaxRecordBytes. invalid_argument for ids that do not fit.
[[nodiscard]] Result<Bytes> encode(const FragmentRecord& record);

/// `box`: exactly the uuid box. Accepts only what encode() writes, so that encode(decode(box)) is
/// box: unsupported for another version or algorithm, data_loss for anything else.
[[nodiscard]] Result<FragmentRecord> decode(ByteSpan box);

/// SHA-256 of the encoded box: what the next record's `previous` holds.
/// REQUIRES: encode(record) succeeds.
[[nodiscard]] Hash record_hash(const FragmentRecord& record);
[[nodiscard]] Hash record_hash(ByteSpan encoded);

}  // namespace vedette::evidence
