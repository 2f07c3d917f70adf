// SPDX-License-Identifier: Apache-2.0
// Builds the TrackInfo of each codec from its parameter sets. Pure functions.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/aac.h"
#include "media/decoder_config.h"
#include "media/track.h"

namespace vedette::media {

/// REQUIRES: is_video(codec). Size, frame rate and reorder depth come from the first SPS; H.265
/// falls back to the frame rate of the VPS. The timescale is 90000.
[[nodiscard]] Result<TrackInfo> make_video_track_info(Codec codec, const ParameterSets& sets);
/// One of each; `vps` is ignored for H.264.
[[nodiscard]] Result<TrackInfo> make_video_track_info(Codec codec, ByteSpan vps, ByteSpan sps,
                                                      ByteSpan pps);
/// `asc` is the AudioSpecificConfig; `timescale` the RTP clock rate.
[[nodiscard]] Result<TrackInfo> make_aac_track_info(ByteSpan asc, uint32_t timescale);

/// The body of dOps (Opus in ISOBMFF §4.3.2). `pre_skip` in samples at 48 kHz.
[[nodiscard]] Bytes build_dops(uint8_t channels, uint16_t pre_skip, uint32_t input_sample_rate);
struct OpusConfig {
  uint8_t channels = 0;
  uint16_t pre_skip = 0;
  uint32_t input_sample_rate = 0;
};
[[nodiscard]] Result<OpusConfig> parse_dops(ByteSpan body);
[[nodiscard]] TrackInfo make_opus_track_info(const OpusConfig& config);

}  // namespace vedette::media
