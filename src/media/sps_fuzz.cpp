// SPDX-License-Identifier: Apache-2.0
// Parameter sets and slice headers. Byte 0 picks the codec; then length-prefixed (1 byte) NAL
// units: VPS (H.265), SPS, PPS, slice. What parses must survive its configuration record unchanged.
#include <cstdlib>

#include "base/bytes.h"
#include "media/aac.h"
#include "media/h264.h"
#include "media/h265.h"
#include "media/nal.h"
#include "media/track_info.h"

namespace {

using vedette::ByteReader;
using vedette::ByteSpan;
using namespace vedette::media;

void check(bool holds) {
  if (!holds) std::abort();
}

void round_trip(Codec codec, ByteSpan vps, ByteSpan sps, ByteSpan pps) {
  const auto track = make_video_track_info(codec, vps, sps, pps);
  if (!track) return;
  check(track->width > 0 && track->height > 0 && track->reorder_depth <= 16);
  const auto sets = parameter_sets_of(*track);
  check(sets.has_value());
  const auto again = make_video_track_info(codec, *sets);
  check(again.has_value() && *again == *track);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader({data, size});
  const bool h264 = reader.u8() % 2 == 0;
  const ByteSpan vps = h264 ? ByteSpan() : reader.bytes(reader.u8());
  const ByteSpan sps = reader.bytes(reader.u8());
  const ByteSpan pps = reader.bytes(reader.u8());
  const ByteSpan slice = reader.rest();
  round_trip(h264 ? Codec::kH264 : Codec::kH265, vps, sps, pps);
  if (h264) {
    const auto parsed_sps = parse_h264_sps(sps);
    const auto parsed_pps = parse_h264_pps(pps);
    if (parsed_sps && parsed_pps) {
      const auto header = parse_h264_slice(slice, *parsed_sps, *parsed_pps);
      check(!header || (header->qp >= -1 && header->qp <= 51));
    }
    static_cast<void>(h264_recovery_point(slice));
  } else {
    static_cast<void>(parse_h265_vps(vps));
    const auto parsed_sps = parse_h265_sps(sps);
    const auto parsed_pps = parse_h265_pps(pps);
    if (parsed_sps && parsed_pps) {
      const auto header = parse_h265_slice(slice, *parsed_sps, *parsed_pps);
      check(!header || (header->qp >= -1 && header->qp <= 51));
    }
  }
  for (const ByteSpan nal : split_annex_b(slice)) check(!nal.empty() && nal.back() != 0);
  if (const auto config = parse_audio_specific_config(slice)) check(config->sample_rate > 0);
  return 0;
}
