// SPDX-License-Identifier: Apache-2.0
#include "rtp/other_codec.h"

#include "media/h264.h"
#include "media/h265.h"
#include "media/nal.h"

namespace vedette::rtp {
namespace {

constexpr uint8_t kStapA = 24;        // RFC 6184 §5.7.1
constexpr uint8_t kAggregation = 48;  // RFC 7798 §4.4.2
constexpr size_t kH265HeaderSize = 2;

bool is_h264_sps(ByteSpan nal) {
  // As H.265 the same byte says a layer that no camera sends.
  return nal.size() > 3 && (nal[0] & 0x80) == 0 &&
         media::h264_nal_type(nal[0]) == media::h264::kSps && media::parse_h264_sps(nal);
}

bool is_h265_sps(ByteSpan nal) {
  // As H.264 it is data partition A, of a profile that no camera has.
  return nal.size() > 3 && nal[0] == media::h265::kSps << 1 && nal[1] == 1 &&
         media::parse_h265_sps(nal);
}

template <typename IsSps>
bool any_of_aggregate(ByteSpan body, IsSps is_sps) {
  ByteReader reader(body);
  while (reader.remaining() >= 2) {
    const ByteSpan nal = reader.bytes(reader.u16());
    if (!reader.ok()) return false;
    if (is_sps(nal)) return true;
  }
  return false;
}

}  // namespace

bool holds_other_codec(media::Codec described, ByteSpan payload) {
  if (payload.size() <= kH265HeaderSize) return false;
  if (described == media::Codec::kH264) {
    if (payload[0] == kAggregation << 1 && payload[1] == 1)
      return any_of_aggregate(payload.subspan(kH265HeaderSize), is_h265_sps);
    return is_h265_sps(payload);
  }
  if (described != media::Codec::kH265) return false;
  if ((payload[0] & 0x9F) == kStapA) return any_of_aggregate(payload.subspan(1), is_h264_sps);
  return is_h264_sps(payload);
}

}  // namespace vedette::rtp
