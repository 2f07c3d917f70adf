// SPDX-License-Identifier: Apache-2.0
#include "media/decoder_config.h"

#include <string>
#include <utility>

#include "media/h264.h"
#include "media/h265.h"
#include "media/nal.h"

namespace vedette::media {
namespace {

constexpr size_t kMaxSetSize = 0xFFFF;

Error bad_sets(std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, std::string(what));
}

Result<void> check_sets(const std::vector<ByteSpan>& sets, size_t most, std::string_view name) {
  if (sets.empty() || sets.size() > most)
    return bad_sets("a decoder configuration needs 1 to " + std::to_string(most) + " " +
                    std::string(name));
  for (const ByteSpan set : sets) {
    if (set.size() < 2 || set.size() > kMaxSetSize)
      return bad_sets(std::string(name) + " of a size that no configuration record can hold");
  }
  return ok();
}

void write_sets(ByteWriter& writer, const std::vector<ByteSpan>& sets) {
  for (const ByteSpan set : sets) {
    writer.u16(set.size());
    writer.bytes(set);
  }
}

bool read_sets(ByteReader& reader, size_t count, std::vector<ByteSpan>& sets) {
  for (size_t i = 0; i < count && reader.ok(); ++i) {
    const ByteSpan set = reader.bytes(reader.u16());
    if (!set.empty()) sets.push_back(set);
  }
  return reader.ok();
}

bool has_chroma_fields(uint8_t profile_idc) {
  return profile_idc == 100 || profile_idc == 110 || profile_idc == 122 || profile_idc == 144;
}

}  // namespace

Result<Bytes> build_avcc(const ParameterSets& sets) {
  VEDETTE_TRY(check_sets(sets.sps, 31, "SPS"));
  VEDETTE_TRY(check_sets(sets.pps, 255, "PPS"));
  VEDETTE_ASSIGN(const H264Sps sps, parse_h264_sps(sets.sps.front()));
  ByteWriter writer;
  writer.u8(1);
  writer.u8(sps.profile_idc);
  writer.u8(sps.constraint_flags);
  writer.u8(sps.level_idc);
  writer.u8(0xFC | (kNalLengthSize - 1));
  writer.u8(0xE0 | sets.sps.size());
  write_sets(writer, sets.sps);
  writer.u8(sets.pps.size());
  write_sets(writer, sets.pps);
  if (has_chroma_fields(sps.profile_idc)) {
    writer.u8(0xFC | sps.chroma_format_idc);
    writer.u8(0xF8 | (sps.bit_depth_luma - 8U));
    writer.u8(0xF8 | (sps.bit_depth_chroma - 8U));
    writer.u8(0);  // no SPS extensions
  }
  return writer.take();
}

Result<Bytes> build_hvcc(const ParameterSets& sets) {
  VEDETTE_TRY(check_sets(sets.vps, 16, "VPS"));
  VEDETTE_TRY(check_sets(sets.sps, 16, "SPS"));
  VEDETTE_TRY(check_sets(sets.pps, 64, "PPS"));
  VEDETTE_ASSIGN(const H265Sps sps, parse_h265_sps(sets.sps.front()));
  ByteWriter writer;
  writer.u8(1);
  writer.u8(uint32_t{sps.profile.space} << 6 | (sps.profile.high_tier ? 0x20U : 0U) |
            sps.profile.idc);
  writer.u32(sps.profile.compatibility);
  writer.bytes(sps.profile.constraints);
  writer.u8(sps.profile.level_idc);
  writer.u16(0xF000);  // min_spatial_segmentation_idc 0: not known
  writer.u8(0xFC);     // parallelismType 0: not known
  writer.u8(0xFC | sps.chroma_format_idc);
  writer.u8(0xF8 | (sps.bit_depth_luma - 8U));
  writer.u8(0xF8 | (sps.bit_depth_chroma - 8U));
  writer.u16(0);  // avgFrameRate 0: not stated
  writer.u8(uint32_t{sps.max_sub_layers} << 3 | (sps.temporal_id_nesting ? 4U : 0U) |
            (kNalLengthSize - 1));
  writer.u8(3);
  const std::pair<uint8_t, const std::vector<ByteSpan>*> arrays[] = {
      {h265::kVps, &sets.vps}, {h265::kSps, &sets.sps}, {h265::kPps, &sets.pps}};
  for (const auto& [type, nals] : arrays) {
    writer.u8(0x80 | type);  // array_completeness
    writer.u16(nals->size());
    write_sets(writer, *nals);
  }
  return writer.take();
}

Result<ParameterSets> parse_avcc(ByteSpan record) {
  ByteReader reader(record);
  if (reader.u8() != 1) return bad_sets("avcC: configurationVersion is not 1");
  reader.skip(3);
  if ((reader.u8() & 3) != kNalLengthSize - 1) return bad_sets("avcC: NAL lengths are not 4 bytes");
  ParameterSets sets;
  if (!read_sets(reader, reader.u8() & 0x1F, sets.sps) || !read_sets(reader, reader.u8(), sets.pps))
    return bad_sets("avcC: ends early at byte " + std::to_string(reader.offset()));
  return sets;
}

Result<ParameterSets> parse_hvcc(ByteSpan record) {
  ByteReader reader(record);
  if (reader.u8() != 1) return bad_sets("hvcC: configurationVersion is not 1");
  reader.skip(20);
  if ((reader.u8() & 3) != kNalLengthSize - 1) return bad_sets("hvcC: NAL lengths are not 4 bytes");
  ParameterSets sets;
  const size_t arrays = reader.u8();
  for (size_t i = 0; i < arrays && reader.ok(); ++i) {
    const uint8_t type = reader.u8() & 0x3F;
    std::vector<ByteSpan> other;
    auto& into = type == h265::kVps   ? sets.vps
                 : type == h265::kSps ? sets.sps
                 : type == h265::kPps ? sets.pps
                                      : other;
    read_sets(reader, reader.u16(), into);
  }
  if (!reader.ok()) return bad_sets("hvcC: ends early at byte " + std::to_string(reader.offset()));
  return sets;
}

Result<ParameterSets> parameter_sets_of(const TrackInfo& track) {
  return track.codec == Codec::kH264 ? parse_avcc(track.decoder_config)
                                     : parse_hvcc(track.decoder_config);
}

}  // namespace vedette::media
