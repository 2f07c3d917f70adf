// SPDX-License-Identifier: Apache-2.0
// H.264 parameter sets and slice headers (ITU-T H.264), as far as recording and the activity gate
// need them. Pure functions over one NAL unit including its header byte, without start code.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::media {

struct H264Sps {
  uint8_t id = 0;
  uint8_t profile_idc = 0;
  uint8_t constraint_flags = 0;  ///< the byte between profile_idc and level_idc
  uint8_t level_idc = 0;
  uint8_t chroma_format_idc = 1;
  bool separate_colour_plane = false;
  uint8_t bit_depth_luma = 8;
  uint8_t bit_depth_chroma = 8;
  uint8_t log2_max_frame_num = 4;
  uint8_t poc_type = 0;
  uint8_t log2_max_poc_lsb = 4;
  bool delta_pic_order_always_zero = false;
  bool frame_mbs_only = true;
  uint16_t width = 0;  ///< after cropping
  uint16_t height = 0;
  double fps = 0;                                 ///< from VUI timing, 0 when absent or absurd
  std::optional<uint8_t> max_num_reorder_frames;  ///< VUI bitstream_restriction

  /// Frames that may precede one in decoding and follow it in output. Where the SPS does not say,
  /// 0: cameras rarely send B-frames, and a wrong guess is corrected when the first one is seen.
  [[nodiscard]] uint8_t reorder_depth() const;
  /// ChromaArrayType of §7.4.2.1.1.
  [[nodiscard]] uint8_t chroma_array_type() const {
    return separate_colour_plane ? 0 : chroma_format_idc;
  }
};

struct H264Pps {
  uint8_t id = 0;
  uint8_t sps_id = 0;
  bool bottom_field_pic_order_present = false;
  uint8_t num_ref_idx_l0_default = 1;
  uint8_t num_ref_idx_l1_default = 1;
  bool weighted_pred = false;
  uint8_t weighted_bipred_idc = 0;
  bool entropy_coding_mode = false;
  bool redundant_pic_cnt_present = false;
  int8_t pic_init_qp = 26;
};

enum class SliceType : uint8_t { kP, kB, kI };

struct SliceHeader {
  bool first_in_picture = false;  ///< H.264: first_mb_in_slice is 0
  SliceType type = SliceType::kP;
  uint8_t pps_id = 0;
  bool field_pic = false;  ///< H.264 only
  int8_t qp = -1;          ///< SliceQpY, -1 when it could not be read
};

/// §7.3.2.1.1. Bytes after the syntax are tolerated and a broken VUI is ignored: several Reolink
/// models append garbage, and neither changes how a picture is decoded.
[[nodiscard]] Result<H264Sps> parse_h264_sps(ByteSpan nal);
/// §7.3.2.2, without the tail that depends on the SPS.
[[nodiscard]] Result<H264Pps> parse_h264_pps(ByteSpan nal);
/// first_mb_in_slice and slice type only; needs no parameter sets.
[[nodiscard]] std::optional<SliceHeader> peek_h264_slice(ByteSpan nal);
/// §7.3.3 up to slice_qp_delta. REQUIRES: the sets that peek_h264_slice().pps_id selects.
[[nodiscard]] std::optional<SliceHeader> parse_h264_slice(ByteSpan nal, const H264Sps& sps,
                                                          const H264Pps& pps);
/// recovery_frame_cnt of a recovery point SEI message (§D.1.8) in this SEI NAL unit, if any.
[[nodiscard]] std::optional<uint32_t> h264_recovery_point(ByteSpan nal);

}  // namespace vedette::media
