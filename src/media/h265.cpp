// SPDX-License-Identifier: Apache-2.0
#include "media/h265.h"

#include <algorithm>

#include "media/bit_reader.h"
#include "media/h265_ref_set.h"
#include "media/nal.h"

namespace vedette::media {
namespace {

constexpr uint32_t kMaxDimension = 16384;
constexpr size_t kHeader = 2;

Error malformed(std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, "H.265 " + std::string(what));
}

bool is_type(ByteSpan nal, uint8_t type) {
  return nal.size() > kHeader && h265_nal_type(nal[0]) == type;
}

// §7.3.3
H265Profile read_profile(BitReader& reader, uint32_t max_sub_layers) {
  H265Profile profile;
  profile.space = static_cast<uint8_t>(reader.bits(2));
  profile.high_tier = reader.flag();
  profile.idc = static_cast<uint8_t>(reader.bits(5));
  profile.compatibility = reader.bits(32);
  for (uint8_t& byte : profile.constraints) byte = static_cast<uint8_t>(reader.bits(8));
  profile.level_idc = static_cast<uint8_t>(reader.bits(8));
  if (max_sub_layers < 2) return profile;
  uint32_t present = 0;
  for (uint32_t i = 0; i < 8; ++i) present = present << 2 | reader.bits(2);
  for (uint32_t i = 0; i + 1 < max_sub_layers; ++i) {
    if (present >> (15 - 2 * i) & 1) reader.skip(88);
    if (present >> (14 - 2 * i) & 1) reader.skip(8);
  }
  return profile;
}

double frame_rate(uint32_t units_in_tick, uint32_t time_scale) {
  if (units_in_tick == 0 || time_scale == 0) return 0;
  const double fps = static_cast<double>(time_scale) / units_in_tick;
  return fps >= 0.01 && fps <= 1000 ? fps : 0;
}

// sub_layer_ordering_info of the VPS and the SPS; the reorder depth of the highest sub-layer.
uint32_t read_ordering(BitReader& reader, uint32_t max_sub_layers) {
  uint32_t reorder = 0;
  for (uint32_t i = reader.flag() ? 0 : max_sub_layers - 1; i < max_sub_layers; ++i) {
    reader.ue();
    reorder = reader.ue();
    reader.ue();
  }
  return reorder;
}

// §7.3.4
void skip_scaling_lists(BitReader& reader) {
  for (int size_id = 0; size_id < 4; ++size_id) {
    for (int matrix = 0; matrix < 6; matrix += size_id == 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue();
        continue;
      }
      if (size_id > 1) reader.se();
      const int coefficients = std::min(64, 1 << (4 + 2 * size_id));
      for (int i = 0; i < coefficients && reader.ok(); ++i) reader.se();
    }
  }
}

// §E.2.1 up to the timing.
void read_vui(BitReader& reader, H265Sps& sps) {
  if (reader.flag() && reader.bits(8) == 255) reader.skip(32);  // aspect ratio
  if (reader.flag()) reader.skip(1);                            // overscan
  if (reader.flag()) {                                          // video signal type
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {  // chroma location
    reader.ue();
    reader.ue();
  }
  reader.skip(3);       // neutral_chroma_indication, field_seq, frame_field_info_present
  if (reader.flag()) {  // default display window
    for (int i = 0; i < 4; ++i) reader.ue();
  }
  if (!reader.flag()) return;  // vui_timing_info_present_flag
  const uint32_t units_in_tick = reader.bits(32);
  const uint32_t time_scale = reader.bits(32);
  if (reader.ok()) sps.fps = frame_rate(units_in_tick, time_scale);
}

struct CodedSize {
  uint32_t width = 0;
  uint32_t height = 0;
};

bool read_size(BitReader& reader, H265Sps& sps, CodedSize& coded) {
  const uint32_t width = reader.ue();
  const uint32_t height = reader.ue();
  if (width == 0 || height == 0 || width > kMaxDimension || height > kMaxDimension) return false;
  uint64_t crop_x = 0;
  uint64_t crop_y = 0;
  if (reader.flag()) {  // conformance_window_flag
    const uint8_t chroma = sps.chroma_array_type();
    const uint64_t left = reader.ue();
    const uint64_t right = reader.ue();
    const uint64_t top = reader.ue();
    const uint64_t bottom = reader.ue();
    crop_x = (left + right) * (chroma == 1 || chroma == 2 ? 2 : 1);
    crop_y = (top + bottom) * (chroma == 1 ? 2 : 1);
  }
  if (crop_x >= width || crop_y >= height) return false;
  coded = {width, height};
  sps.width = static_cast<uint16_t>(width - crop_x);
  sps.height = static_cast<uint16_t>(height - crop_y);
  return true;
}

// From log2_min_luma_coding_block_size_minus3 to the PCM fields.
bool read_block_sizes(BitReader& reader, const CodedSize& coded, H265Sps& sps) {
  const uint32_t min_log2 = reader.ue();
  const uint32_t diff_log2 = reader.ue();
  if (min_log2 > 3 || diff_log2 > 3) return false;
  const uint32_t ctb = 1U << (min_log2 + 3 + diff_log2);
  sps.picture_ctbs = ((coded.width + ctb - 1) / ctb) * ((coded.height + ctb - 1) / ctb);
  for (int i = 0; i < 4; ++i) reader.ue();  // transform block sizes and hierarchy depths
  if (reader.flag() && reader.flag()) skip_scaling_lists(reader);
  reader.skip(1);  // amp_enabled_flag
  sps.sample_adaptive_offset = reader.flag();
  if (reader.flag()) {  // pcm_enabled_flag
    reader.skip(8);
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  return reader.ok();
}

bool read_references(BitReader& reader, H265Sps& sps) {
  const uint32_t sets = reader.ue();
  if (sets > 64) return false;
  for (uint32_t i = 0; i < sets; ++i) {
    H265RefSet set;
    if (!read_h265_ref_set(reader, sps.ref_sets, false, set)) return false;
    sps.ref_sets.push_back(set);
  }
  sps.long_term_refs = reader.flag();
  if (sps.long_term_refs) {
    const uint32_t count = reader.ue();
    if (count > 32) return false;
    for (uint32_t i = 0; i < count; ++i) {
      reader.skip(sps.log2_max_poc_lsb);
      sps.long_term_used.push_back(reader.flag());
    }
  }
  sps.temporal_mvp = reader.flag();
  reader.skip(1);  // strong_intra_smoothing_enabled_flag
  return reader.ok();
}

}  // namespace

Result<H265Vps> parse_h265_vps(ByteSpan nal) {
  if (!is_type(nal, h265::kVps)) return malformed("VPS: not one");
  BitReader reader(nal.subspan(kHeader));
  H265Vps vps;
  vps.id = static_cast<uint8_t>(reader.bits(4));
  reader.skip(2 + 6);
  const uint32_t max_sub_layers = reader.bits(3) + 1;
  reader.skip(1 + 16);
  read_profile(reader, max_sub_layers);
  read_ordering(reader, max_sub_layers);
  const uint32_t max_layer_id = reader.bits(6);
  const uint32_t layer_sets = reader.ue();
  if (!reader.ok() || layer_sets > 1023) return malformed("VPS: ends early or out of range");
  for (uint32_t i = 0; i < layer_sets && reader.ok(); ++i)
    reader.skip(static_cast<int>(max_layer_id) + 1);
  if (!reader.flag()) return vps;
  const uint32_t units_in_tick = reader.bits(32);
  const uint32_t time_scale = reader.bits(32);
  if (reader.ok()) vps.fps = frame_rate(units_in_tick, time_scale);
  return vps;
}

Result<H265Sps> parse_h265_sps(ByteSpan nal) {
  if (!is_type(nal, h265::kSps)) return malformed("SPS: not one");
  BitReader reader(nal.subspan(kHeader));
  H265Sps sps;
  sps.vps_id = static_cast<uint8_t>(reader.bits(4));
  sps.max_sub_layers = static_cast<uint8_t>(reader.bits(3) + 1);
  sps.temporal_id_nesting = reader.flag();
  sps.profile = read_profile(reader, sps.max_sub_layers);
  const uint32_t id = reader.ue();
  const uint32_t chroma = reader.ue();
  if (id > 15 || chroma > 3) return malformed("SPS: id or chroma format out of range");
  sps.id = static_cast<uint8_t>(id);
  sps.chroma_format_idc = static_cast<uint8_t>(chroma);
  if (chroma == 3) sps.separate_colour_plane = reader.flag();
  CodedSize coded;
  if (!read_size(reader, sps, coded)) return malformed("SPS: picture size out of range");
  const uint32_t luma = reader.ue();
  const uint32_t chroma_depth = reader.ue();
  const uint32_t poc = reader.ue();
  if (luma > 8 || chroma_depth > 8 || poc > 12) return malformed("SPS: bit depth out of range");
  sps.bit_depth_luma = static_cast<uint8_t>(luma + 8);
  sps.bit_depth_chroma = static_cast<uint8_t>(chroma_depth + 8);
  sps.log2_max_poc_lsb = static_cast<uint8_t>(poc + 4);
  const uint32_t reorder = read_ordering(reader, sps.max_sub_layers);
  if (reorder > 15) return malformed("SPS: reorder depth out of range");
  sps.reorder_depth = static_cast<uint8_t>(reorder);
  if (!read_block_sizes(reader, coded, sps)) return malformed("SPS: block sizes out of range");
  if (!read_references(reader, sps)) return malformed("SPS: reference sets out of range");
  const bool has_vui = reader.flag();
  if (!reader.ok()) return malformed("SPS: ends early");
  if (has_vui) read_vui(reader, sps);
  return sps;
}

namespace {

// tiles_enabled_flag's fields of §7.3.2.3.1
bool skip_tiles(BitReader& reader) {
  const uint32_t columns = reader.ue();
  const uint32_t rows = reader.ue();
  if (columns > 64 || rows > 64) return false;
  if (!reader.flag()) {
    for (uint32_t i = 0; i < columns + rows; ++i) reader.ue();
  }
  reader.skip(1);
  return reader.ok();
}

void skip_deblocking(BitReader& reader) {
  reader.skip(1);
  if (reader.flag()) return;
  reader.se();
  reader.se();
}

}  // namespace

Result<H265Pps> parse_h265_pps(ByteSpan nal) {
  if (!is_type(nal, h265::kPps)) return malformed("PPS: not one");
  BitReader reader(nal.subspan(kHeader));
  H265Pps pps;
  const uint32_t id = reader.ue();
  const uint32_t sps_id = reader.ue();
  if (id > 63 || sps_id > 15) return malformed("PPS: id out of range");
  pps.id = static_cast<uint8_t>(id);
  pps.sps_id = static_cast<uint8_t>(sps_id);
  pps.dependent_slices = reader.flag();
  pps.output_flag_present = reader.flag();
  pps.extra_slice_header_bits = static_cast<uint8_t>(reader.bits(3));
  reader.skip(1);  // sign_data_hiding_enabled_flag
  pps.cabac_init_present = reader.flag();
  const uint32_t l0 = reader.ue();
  const uint32_t l1 = reader.ue();
  if (l0 > 14 || l1 > 14) return malformed("PPS: num_ref_idx out of range");
  pps.num_ref_idx_l0_default = static_cast<uint8_t>(l0 + 1);
  pps.num_ref_idx_l1_default = static_cast<uint8_t>(l1 + 1);
  const int32_t qp = 26 + std::clamp(reader.se(), -100, 100);
  if (qp < -48 || qp > 51) return malformed("PPS: init_qp out of range");
  pps.init_qp = static_cast<int8_t>(qp);
  reader.skip(2);                  // constrained_intra_pred_flag, transform_skip_enabled_flag
  if (reader.flag()) reader.ue();  // diff_cu_qp_delta_depth
  reader.se();
  reader.se();
  reader.skip(1);  // pps_slice_chroma_qp_offsets_present_flag
  pps.weighted_pred = reader.flag();
  pps.weighted_bipred = reader.flag();
  reader.skip(1);  // transquant_bypass_enabled_flag
  const bool tiles = reader.flag();
  reader.skip(1);  // entropy_coding_sync_enabled_flag
  if (tiles && !skip_tiles(reader)) return malformed("PPS: tiles out of range");
  reader.skip(1);  // pps_loop_filter_across_slices_enabled_flag
  if (reader.flag()) skip_deblocking(reader);
  if (reader.flag()) skip_scaling_lists(reader);
  pps.lists_modification_present = reader.flag();
  if (!reader.ok()) return malformed("PPS: ends early");
  return pps;
}

}  // namespace vedette::media
