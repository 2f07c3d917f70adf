// SPDX-License-Identifier: Apache-2.0
#include "media/track_info.h"

#include <fmt/core.h>

#include "base/assert.h"
#include "media/h264.h"
#include "media/h265.h"

namespace vedette::media {
namespace {

// ISO/IEC 14496-15 Annex E.3: profile, compatibility with its bits reversed, tier and level, then
// the constraint bytes without trailing zeros.
std::string h265_rfc6381(const H265Profile& profile) {
  uint32_t reversed = 0;
  for (int i = 0; i < 32; ++i) reversed |= (profile.compatibility >> i & 1) << (31 - i);
  std::string text = "hvc1.";
  if (profile.space > 0) text += static_cast<char>('A' + profile.space - 1);
  text += fmt::format("{}.{:X}.{}{}", profile.idc, reversed, profile.high_tier ? 'H' : 'L',
                      profile.level_idc);
  size_t used = profile.constraints.size();
  while (used > 0 && profile.constraints[used - 1] == 0) --used;
  for (size_t i = 0; i < used; ++i) text += fmt::format(".{:X}", profile.constraints[i]);
  return text;
}

Result<TrackInfo> h264_track(const ParameterSets& sets) {
  TrackInfo track;
  VEDETTE_ASSIGN(track.decoder_config, build_avcc(sets));
  VEDETTE_ASSIGN(const H264Sps sps, parse_h264_sps(sets.sps.front()));
  VEDETTE_TRY(parse_h264_pps(sets.pps.front()));
  track.codec = Codec::kH264;
  track.rfc6381 =
      fmt::format("avc1.{:02x}{:02x}{:02x}", sps.profile_idc, sps.constraint_flags, sps.level_idc);
  track.width = sps.width;
  track.height = sps.height;
  track.fps = sps.fps;
  track.reorder_depth = sps.reorder_depth();
  return track;
}

Result<TrackInfo> h265_track(const ParameterSets& sets) {
  TrackInfo track;
  VEDETTE_ASSIGN(track.decoder_config, build_hvcc(sets));
  VEDETTE_ASSIGN(const H265Sps sps, parse_h265_sps(sets.sps.front()));
  VEDETTE_TRY(parse_h265_pps(sets.pps.front()));
  track.codec = Codec::kH265;
  track.rfc6381 = h265_rfc6381(sps.profile);
  track.width = sps.width;
  track.height = sps.height;
  track.fps = sps.fps;
  if (track.fps == 0) {
    if (const auto vps = parse_h265_vps(sets.vps.front())) track.fps = vps->fps;
  }
  track.reorder_depth = sps.reorder_depth;
  return track;
}

}  // namespace

Result<TrackInfo> make_video_track_info(Codec codec, const ParameterSets& sets) {
  VEDETTE_ASSERT(is_video(codec));
  return codec == Codec::kH264 ? h264_track(sets) : h265_track(sets);
}

Result<TrackInfo> make_video_track_info(Codec codec, ByteSpan vps, ByteSpan sps, ByteSpan pps) {
  ParameterSets sets{{}, {sps}, {pps}};
  if (codec == Codec::kH265) sets.vps.push_back(vps);
  return make_video_track_info(codec, sets);
}

Result<TrackInfo> make_aac_track_info(ByteSpan asc, uint32_t timescale) {
  VEDETTE_ASSIGN(const AudioSpecificConfig config, parse_audio_specific_config(asc));
  TrackInfo track;
  track.codec = Codec::kAac;
  track.timescale = timescale;
  track.decoder_config.assign(asc.begin(), asc.end());
  track.rfc6381 = fmt::format("mp4a.40.{}", config.object_type);
  track.sample_rate = config.sample_rate;
  track.channels = config.channels;
  return track;
}

Bytes build_dops(uint8_t channels, uint16_t pre_skip, uint32_t input_sample_rate) {
  ByteWriter writer;
  writer.u8(0);  // version
  writer.u8(channels);
  writer.u16(pre_skip);
  writer.u32(input_sample_rate);
  writer.u16(0);  // output gain
  writer.u8(0);   // channel mapping family 0: mono or stereo
  return writer.take();
}

Result<OpusConfig> parse_dops(ByteSpan body) {
  ByteReader reader(body);
  const uint8_t version = reader.u8();
  OpusConfig config;
  config.channels = reader.u8();
  config.pre_skip = reader.u16();
  config.input_sample_rate = reader.u32();
  reader.skip(2);
  const uint8_t family = reader.u8();
  if (!reader.ok()) return make_error(ErrorCode::kInvalidArgument, "dOps ends early");
  if (version != 0 || family != 0 || config.channels == 0 || config.channels > 2)
    return make_error(ErrorCode::kUnsupported, "dOps of a version or channel layout not known");
  return config;
}

TrackInfo make_opus_track_info(const OpusConfig& config) {
  TrackInfo track;
  track.codec = Codec::kOpus;
  track.timescale = 48000;
  track.decoder_config = build_dops(config.channels, config.pre_skip, config.input_sample_rate);
  track.rfc6381 = "opus";
  track.sample_rate = 48000;
  track.channels = config.channels;
  return track;
}

}  // namespace vedette::media
