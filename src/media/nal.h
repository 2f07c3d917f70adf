// SPDX-License-Identifier: Apache-2.0
// NAL units inside larger byte strings: length-prefixed (ISO/IEC 14496-15 §5.3.3, as in
// AccessUnit::data) and with start codes (ITU-T H.264 Annex B). Pure; views into the caller's
// bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "media/track.h"

namespace vedette::media {

inline constexpr size_t kNalLengthSize = 4;

/// nal_unit_type of ITU-T H.264 Table 7-1.
namespace h264 {
inline constexpr uint8_t kSlice = 1;
inline constexpr uint8_t kIdr = 5;
inline constexpr uint8_t kSei = 6;
inline constexpr uint8_t kSps = 7;
inline constexpr uint8_t kPps = 8;
inline constexpr uint8_t kAud = 9;
inline constexpr uint8_t kEndOfSequence = 10;
inline constexpr uint8_t kEndOfStream = 11;
inline constexpr uint8_t kFiller = 12;
inline constexpr uint8_t kSpsExtension = 13;
}  // namespace h264

/// nal_unit_type of ITU-T H.265 Table 7-1.
namespace h265 {
inline constexpr uint8_t kBlaWLp = 16;
inline constexpr uint8_t kIdrWRadl = 19;
inline constexpr uint8_t kIdrNLp = 20;
inline constexpr uint8_t kCra = 21;
inline constexpr uint8_t kLastIrap = 23;
inline constexpr uint8_t kLastVcl = 31;
inline constexpr uint8_t kVps = 32;
inline constexpr uint8_t kSps = 33;
inline constexpr uint8_t kPps = 34;
inline constexpr uint8_t kAud = 35;
inline constexpr uint8_t kEndOfSequence = 36;
inline constexpr uint8_t kEndOfBitstream = 37;
inline constexpr uint8_t kFiller = 38;
inline constexpr uint8_t kSeiPrefix = 39;
inline constexpr uint8_t kSeiSuffix = 40;
}  // namespace h265

/// Bytes of the NAL unit header: 1 for H.264, 2 for H.265. REQUIRES: is_video(codec).
[[nodiscard]] size_t nal_header_size(Codec codec);
[[nodiscard]] constexpr uint8_t h264_nal_type(uint8_t first_byte) { return first_byte & 0x1F; }
[[nodiscard]] constexpr uint8_t h265_nal_type(uint8_t first_byte) { return first_byte >> 1 & 0x3F; }

/// Walks the NAL units of AccessUnit::data.
class NalReader {
 public:
  explicit NalReader(ByteSpan data) : rest_(data) {}
  /// The next NAL unit without its length; nullopt at the end or where a length runs past the end,
  /// which ok() tells apart.
  std::optional<ByteSpan> next();
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  ByteSpan rest_;
  bool ok_ = true;
};

/// True when `data` is a sequence of non-empty length-prefixed NAL units and nothing else.
[[nodiscard]] bool is_length_prefixed(ByteSpan data);

/// The non-empty NAL units of a byte stream with start codes of 3 or 4 bytes, without trailing
/// zeros. Bytes before the first start code count as a NAL unit when there are any.
[[nodiscard]] std::vector<ByteSpan> split_annex_b(ByteSpan data);

/// Offset of the first 00 00 01 at or after `from`; data.size() when there is none.
[[nodiscard]] size_t find_start_code(ByteSpan data, size_t from);

/// Appends `nal` after its length.
void append_nal(Bytes& out, ByteSpan nal);

}  // namespace vedette::media
