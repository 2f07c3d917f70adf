// SPDX-License-Identifier: Apache-2.0
// H.265 parameter sets and slice headers (ITU-T H.265), as far as recording and the activity gate
// need them. Pure functions over one NAL unit including its 2-byte header, without start code.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/h264.h"

namespace vedette::media {

/// profile_tier_level() of §7.3.3, the general part, as it stands in hvcC and in RFC 6381 strings.
struct H265Profile {
  uint8_t space = 0;
  bool high_tier = false;
  uint8_t idc = 0;
  uint32_t compatibility = 0;            ///< general_profile_compatibility_flag[0] is the top bit
  std::array<uint8_t, 6> constraints{};  ///< from progressive_source_flag on
  uint8_t level_idc = 0;
};

/// st_ref_pic_set() of §7.3.7 after the derivation of §7.4.8: S0 then S1.
struct H265RefSet {
  static constexpr size_t kMaxPictures = 16;
  uint8_t negative = 0;
  uint8_t positive = 0;
  std::array<int32_t, kMaxPictures> delta{};
  std::array<bool, kMaxPictures> used{};
};

struct H265Vps {
  uint8_t id = 0;
  double fps = 0;
};

struct H265Sps {
  uint8_t id = 0;
  uint8_t vps_id = 0;
  uint8_t max_sub_layers = 1;
  bool temporal_id_nesting = false;
  H265Profile profile;
  uint8_t chroma_format_idc = 1;
  bool separate_colour_plane = false;
  uint8_t bit_depth_luma = 8;
  uint8_t bit_depth_chroma = 8;
  uint8_t log2_max_poc_lsb = 4;
  uint8_t reorder_depth = 0;  ///< sps_max_num_reorder_pics of the highest sub-layer
  uint32_t picture_ctbs = 1;  ///< PicSizeInCtbsY
  bool sample_adaptive_offset = false;
  std::vector<H265RefSet> ref_sets;
  bool long_term_refs = false;
  std::vector<bool> long_term_used;  ///< used_by_curr_pic_lt_sps_flag
  bool temporal_mvp = false;
  uint16_t width = 0;  ///< after the conformance window
  uint16_t height = 0;
  double fps = 0;  ///< from VUI timing, 0 when absent or absurd

  /// ChromaArrayType of §7.4.3.2.1.
  [[nodiscard]] uint8_t chroma_array_type() const {
    return separate_colour_plane ? 0 : chroma_format_idc;
  }
};

struct H265Pps {
  uint8_t id = 0;
  uint8_t sps_id = 0;
  bool dependent_slices = false;
  bool output_flag_present = false;
  uint8_t extra_slice_header_bits = 0;
  bool cabac_init_present = false;
  uint8_t num_ref_idx_l0_default = 1;
  uint8_t num_ref_idx_l1_default = 1;
  int8_t init_qp = 26;
  bool weighted_pred = false;
  bool weighted_bipred = false;
  bool lists_modification_present = false;
};

[[nodiscard]] Result<H265Vps> parse_h265_vps(ByteSpan nal);  ///< §7.3.2.1
/// §7.3.2.2. A broken VUI is ignored: it does not change how a picture is decoded.
[[nodiscard]] Result<H265Sps> parse_h265_sps(ByteSpan nal);
[[nodiscard]] Result<H265Pps> parse_h265_pps(ByteSpan nal);  ///< §7.3.2.3, without extensions
/// first_slice_segment_in_pic_flag and the PPS id only; needs no parameter sets.
[[nodiscard]] std::optional<SliceHeader> peek_h265_slice(ByteSpan nal);
/// §7.3.6.1 up to slice_qp_delta. nullopt for a dependent slice segment: it carries none.
/// REQUIRES: the sets that peek_h265_slice().pps_id selects.
[[nodiscard]] std::optional<SliceHeader> parse_h265_slice(ByteSpan nal, const H265Sps& sps,
                                                          const H265Pps& pps);

}  // namespace vedette::media
