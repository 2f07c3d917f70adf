// SPDX-License-Identifier: Apache-2.0
#include "media/h264.h"

#include <algorithm>
#include <array>
#include <string>

#include "media/bit_reader.h"
#include "media/nal.h"

namespace vedette::media {
namespace {

constexpr uint32_t kMaxDimension = 16384;

Error malformed(std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, "H.264 " + std::string(what));
}

bool has_chroma_info(uint8_t profile_idc) {
  constexpr std::array<uint8_t, 13> kProfiles = {100, 110, 122, 244, 44,  83, 86,
                                                 118, 128, 138, 139, 134, 135};
  return std::find(kProfiles.begin(), kProfiles.end(), profile_idc) != kProfiles.end();
}

// §7.3.2.1.1.1. delta_scale is between -128 and 127 (§7.4.2.1.1.1).
bool skip_scaling_list(BitReader& reader, int size) {
  int last = 8;
  int next = 8;
  for (int i = 0; i < size && reader.ok() && next != 0; ++i) {
    const int delta = reader.se();
    if (delta < -128 || delta > 127) return false;
    next = (last + delta + 256) % 256;
    if (next != 0) last = next;
  }
  return true;
}

bool read_chroma_info(BitReader& reader, H264Sps& sps) {
  sps.chroma_format_idc = static_cast<uint8_t>(std::min(reader.ue(), 4U));
  if (sps.chroma_format_idc == 3) sps.separate_colour_plane = reader.flag();
  sps.bit_depth_luma = static_cast<uint8_t>(8 + std::min(reader.ue(), 9U));
  sps.bit_depth_chroma = static_cast<uint8_t>(8 + std::min(reader.ue(), 9U));
  reader.skip(1);                   // qpprime_y_zero_transform_bypass_flag
  if (!reader.flag()) return true;  // seq_scaling_matrix_present_flag
  const int lists = sps.chroma_format_idc == 3 ? 12 : 8;
  for (int i = 0; i < lists && reader.ok(); ++i) {
    if (reader.flag() && !skip_scaling_list(reader, i < 6 ? 16 : 64)) return false;
  }
  return true;
}

bool read_picture_order(BitReader& reader, H264Sps& sps) {
  sps.log2_max_frame_num = static_cast<uint8_t>(4 + std::min(reader.ue(), 13U));
  sps.poc_type = static_cast<uint8_t>(std::min(reader.ue(), 3U));
  if (sps.poc_type == 0) {
    sps.log2_max_poc_lsb = static_cast<uint8_t>(4 + std::min(reader.ue(), 13U));
  } else if (sps.poc_type == 1) {
    sps.delta_pic_order_always_zero = reader.flag();
    reader.se();
    reader.se();
    const uint32_t cycle = reader.ue();
    if (cycle > 255) return false;
    for (uint32_t i = 0; i < cycle && reader.ok(); ++i) reader.se();
  }
  return sps.log2_max_frame_num <= 16 && sps.poc_type <= 2 && sps.log2_max_poc_lsb <= 16;
}

// §7.4.2.1.1, equations 7-13 to 7-22.
bool read_size(BitReader& reader, H264Sps& sps) {
  const uint32_t width_mbs = reader.ue();
  const uint32_t height_units = reader.ue();
  sps.frame_mbs_only = reader.flag();
  if (!sps.frame_mbs_only) reader.skip(1);  // mb_adaptive_frame_field_flag
  reader.skip(1);                           // direct_8x8_inference_flag
  const uint32_t field = sps.frame_mbs_only ? 1 : 2;
  if (width_mbs >= kMaxDimension / 16 || height_units >= kMaxDimension / 16) return false;
  const uint32_t width = (width_mbs + 1) * 16;
  const uint32_t height = (height_units + 1) * 16 * field;
  uint64_t crop_x = 0;
  uint64_t crop_y = 0;
  if (reader.flag()) {
    const uint8_t chroma = sps.chroma_array_type();
    const uint64_t left = reader.ue();
    const uint64_t right = reader.ue();
    const uint64_t top = reader.ue();
    const uint64_t bottom = reader.ue();
    crop_x = (left + right) * (chroma == 1 || chroma == 2 ? 2 : 1);
    crop_y = (top + bottom) * (chroma == 1 ? 2 : 1) * field;
  }
  if (crop_x >= width || crop_y >= height || height > kMaxDimension) return false;
  sps.width = static_cast<uint16_t>(width - crop_x);
  sps.height = static_cast<uint16_t>(height - crop_y);
  return true;
}

// §E.1.2
void skip_hrd(BitReader& reader) {
  const uint32_t last = std::min(reader.ue(), 31U);
  reader.skip(8);
  for (uint32_t i = 0; i <= last && reader.ok(); ++i) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(20);
}

double frame_rate(uint32_t units_in_tick, uint32_t time_scale) {
  if (units_in_tick == 0 || time_scale == 0) return 0;
  const double fps = static_cast<double>(time_scale) / (2.0 * units_in_tick);
  return fps >= 0.01 && fps <= 1000 ? fps : 0;
}

// §E.1.1. What it finds counts only when it can be read to the end.
void read_vui(BitReader& reader, H264Sps& sps) {
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
  if (reader.flag()) {  // timing
    const uint32_t units_in_tick = reader.bits(32);
    const uint32_t time_scale = reader.bits(32);
    reader.skip(1);
    if (reader.ok()) sps.fps = frame_rate(units_in_tick, time_scale);
  }
  const bool nal_hrd = reader.flag();
  if (nal_hrd) skip_hrd(reader);
  const bool vcl_hrd = reader.flag();
  if (vcl_hrd) skip_hrd(reader);
  if (nal_hrd || vcl_hrd) reader.skip(1);
  reader.skip(1);              // pic_struct_present_flag
  if (!reader.flag()) return;  // bitstream_restriction_flag
  reader.skip(1);
  for (int i = 0; i < 4; ++i) reader.ue();
  const uint32_t reorder = reader.ue();
  if (reader.ok() && reorder <= 16) sps.max_num_reorder_frames = static_cast<uint8_t>(reorder);
}

}  // namespace

uint8_t H264Sps::reorder_depth() const {
  if (max_num_reorder_frames) return *max_num_reorder_frames;
  return 0;
}

Result<H264Sps> parse_h264_sps(ByteSpan nal) {
  if (nal.size() < 4 || h264_nal_type(nal[0]) != h264::kSps) return malformed("SPS: not one");
  BitReader reader(nal.subspan(1));
  H264Sps sps;
  sps.profile_idc = static_cast<uint8_t>(reader.bits(8));
  sps.constraint_flags = static_cast<uint8_t>(reader.bits(8));
  sps.level_idc = static_cast<uint8_t>(reader.bits(8));
  const uint32_t id = reader.ue();
  if (id > 31) return malformed("SPS: seq_parameter_set_id above 31");
  sps.id = static_cast<uint8_t>(id);
  if (has_chroma_info(sps.profile_idc) && !read_chroma_info(reader, sps))
    return malformed("SPS: scaling list out of range");
  if (sps.chroma_format_idc > 3 || sps.bit_depth_luma > 14 || sps.bit_depth_chroma > 14)
    return malformed("SPS: chroma format or bit depth out of range");
  if (!read_picture_order(reader, sps)) return malformed("SPS: picture order count out of range");
  if (reader.ue() > 16) return malformed("SPS: max_num_ref_frames above 16");
  reader.skip(1);  // gaps_in_frame_num_value_allowed_flag
  if (!read_size(reader, sps)) return malformed("SPS: picture size or cropping out of range");
  const bool has_vui = reader.flag();
  if (!reader.ok()) return malformed("SPS: ends early");
  if (has_vui) read_vui(reader, sps);
  return sps;
}

namespace {

// Slice groups (FMO) exist in Baseline and Extended only; §7.3.2.2.
bool skip_slice_groups(BitReader& reader) {
  const uint32_t groups = reader.ue();
  if (groups == 0) return true;
  if (groups > 7) return false;
  const uint32_t map_type = reader.ue();
  if (map_type == 0) {
    for (uint32_t i = 0; i <= groups; ++i) reader.ue();
  } else if (map_type == 2) {
    for (uint32_t i = 0; i < 2 * groups; ++i) reader.ue();
  } else if (map_type >= 3 && map_type <= 5) {
    reader.skip(1);
    reader.ue();
  } else if (map_type == 6) {
    const uint32_t units = reader.ue();
    const int bits = groups > 3 ? 3 : groups > 1 ? 2 : 1;
    if (units > kMaxDimension * kMaxDimension / 256) return false;
    for (uint32_t i = 0; i <= units && reader.ok(); ++i) reader.skip(bits);
  }
  return map_type <= 6;
}

}  // namespace

Result<H264Pps> parse_h264_pps(ByteSpan nal) {
  if (nal.size() < 2 || h264_nal_type(nal[0]) != h264::kPps) return malformed("PPS: not one");
  BitReader reader(nal.subspan(1));
  H264Pps pps;
  const uint32_t id = reader.ue();
  const uint32_t sps_id = reader.ue();
  if (id > 255 || sps_id > 31) return malformed("PPS: id out of range");
  pps.id = static_cast<uint8_t>(id);
  pps.sps_id = static_cast<uint8_t>(sps_id);
  pps.entropy_coding_mode = reader.flag();
  pps.bottom_field_pic_order_present = reader.flag();
  if (!skip_slice_groups(reader)) return malformed("PPS: slice groups out of range");
  const uint32_t l0 = reader.ue();
  const uint32_t l1 = reader.ue();
  if (l0 > 31 || l1 > 31) return malformed("PPS: num_ref_idx out of range");
  pps.num_ref_idx_l0_default = static_cast<uint8_t>(l0 + 1);
  pps.num_ref_idx_l1_default = static_cast<uint8_t>(l1 + 1);
  pps.weighted_pred = reader.flag();
  pps.weighted_bipred_idc = static_cast<uint8_t>(reader.bits(2));
  const int32_t qp = 26 + std::clamp(reader.se(), -100, 100);
  if (qp < -36 || qp > 51) return malformed("PPS: pic_init_qp out of range");
  pps.pic_init_qp = static_cast<int8_t>(qp);
  reader.se();     // pic_init_qs_minus26
  reader.se();     // chroma_qp_index_offset
  reader.skip(2);  // deblocking_filter_control_present_flag, constrained_intra_pred_flag
  pps.redundant_pic_cnt_present = reader.flag();
  if (!reader.ok()) return malformed("PPS: ends early");
  return pps;
}

namespace {

bool read_slice_start(BitReader& reader, SliceHeader& slice) {
  slice.first_in_picture = reader.ue() == 0;
  const uint32_t type = reader.ue();
  const uint32_t pps_id = reader.ue();
  if (!reader.ok() || type > 9 || pps_id > 255) return false;
  // 0 P, 1 B, 2 I, 3 SP, 4 SI; plus 5 when all slices of the picture are of that type.
  constexpr SliceType kTypes[] = {SliceType::kP, SliceType::kB, SliceType::kI, SliceType::kP,
                                  SliceType::kI};
  slice.type = kTypes[type % 5];
  slice.pps_id = static_cast<uint8_t>(pps_id);
  return true;
}

struct RefCounts {
  uint32_t l0 = 0;
  uint32_t l1 = 0;
};

void skip_list_modification(BitReader& reader) {  // §7.3.3.1, one list
  if (!reader.flag()) return;
  for (int i = 0; i < 66 && reader.ok(); ++i) {
    if (reader.ue() == 3) return;
    reader.ue();
  }
}

void skip_weights(BitReader& reader, uint32_t count, bool chroma) {  // §7.3.3.2, one list
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    if (reader.flag()) {
      for (int j = 0; j < 2; ++j) reader.se();
    }
    if (chroma && reader.flag()) {
      for (int j = 0; j < 4; ++j) reader.se();
    }
  }
}

void skip_prediction(BitReader& reader, const H264Sps& sps, const H264Pps& pps,
                     const SliceHeader& slice) {
  const bool b = slice.type == SliceType::kB;
  if (b) reader.skip(1);  // direct_spatial_mv_pred_flag
  if (slice.type == SliceType::kI) return;
  RefCounts refs{pps.num_ref_idx_l0_default, pps.num_ref_idx_l1_default};
  if (reader.flag()) {  // num_ref_idx_active_override_flag
    refs.l0 = std::min(reader.ue(), 31U) + 1;
    if (b) refs.l1 = std::min(reader.ue(), 31U) + 1;
  }
  skip_list_modification(reader);
  if (b) skip_list_modification(reader);
  if (!(pps.weighted_pred && !b) && !(pps.weighted_bipred_idc == 1 && b)) return;
  const bool chroma = sps.chroma_array_type() != 0;
  reader.ue();
  if (chroma) reader.ue();
  skip_weights(reader, refs.l0, chroma);
  if (b) skip_weights(reader, refs.l1, chroma);
}

void skip_reference_marking(BitReader& reader, bool idr) {  // §7.3.3.3
  if (idr) return reader.skip(2);
  if (!reader.flag()) return;
  for (int i = 0; i < 66 && reader.ok(); ++i) {
    const uint32_t operation = reader.ue();
    if (operation == 0) return;
    if (operation == 1 || operation == 2 || operation == 4 || operation == 6) reader.ue();
    if (operation == 3) {
      for (int j = 0; j < 2; ++j) reader.ue();
    }
  }
}

void skip_order(BitReader& reader, const H264Sps& sps, const H264Pps& pps, bool field_pic) {
  if (sps.poc_type == 0) {
    reader.skip(sps.log2_max_poc_lsb);
    if (pps.bottom_field_pic_order_present && !field_pic) reader.se();
  }
  if (sps.poc_type == 1 && !sps.delta_pic_order_always_zero) {
    reader.se();
    if (pps.bottom_field_pic_order_present && !field_pic) reader.se();
  }
  if (pps.redundant_pic_cnt_present) reader.ue();
}

}  // namespace

std::optional<SliceHeader> peek_h264_slice(ByteSpan nal) {
  if (nal.size() < 2) return std::nullopt;
  BitReader reader(nal.subspan(1));
  SliceHeader slice;
  if (!read_slice_start(reader, slice)) return std::nullopt;
  return slice;
}

std::optional<SliceHeader> parse_h264_slice(ByteSpan nal, const H264Sps& sps, const H264Pps& pps) {
  if (nal.size() < 2) return std::nullopt;
  const bool idr = h264_nal_type(nal[0]) == h264::kIdr;
  const bool reference = (nal[0] & 0x60) != 0;
  BitReader reader(nal.subspan(1));
  SliceHeader slice;
  if (!read_slice_start(reader, slice)) return std::nullopt;
  if (sps.separate_colour_plane) reader.skip(2);
  reader.skip(sps.log2_max_frame_num);
  if (!sps.frame_mbs_only) {
    slice.field_pic = reader.flag();
    if (slice.field_pic) reader.skip(1);
  }
  if (idr) reader.ue();
  skip_order(reader, sps, pps, slice.field_pic);
  skip_prediction(reader, sps, pps, slice);
  if (reference) skip_reference_marking(reader, idr);
  if (pps.entropy_coding_mode && slice.type != SliceType::kI) reader.ue();
  const int32_t qp = pps.pic_init_qp + std::clamp(reader.se(), -200, 200);
  if (reader.ok() && qp >= 0 && qp <= 51) slice.qp = static_cast<int8_t>(qp);
  return slice;
}

std::optional<uint32_t> h264_recovery_point(ByteSpan nal) {
  constexpr uint32_t kRecoveryPoint = 6;
  BitReader reader(nal.subspan(nal.empty() ? 0 : 1));
  while (reader.more_rbsp_data()) {
    uint32_t fields[2] = {0, 0};  // payloadType, payloadSize
    for (uint32_t& field : fields) {
      uint32_t byte = 0;
      do field += byte = reader.bits(8);
      while (byte == 255 && reader.ok());
    }
    if (!reader.ok()) return std::nullopt;
    if (fields[0] == kRecoveryPoint) {
      const uint32_t count = reader.ue();
      return reader.ok() ? std::optional(count) : std::nullopt;
    }
    for (uint32_t i = 0; i < fields[1] && reader.ok(); ++i) reader.skip(8);
  }
  return std::nullopt;
}

}  // namespace vedette::media
