// SPDX-License-Identifier: Apache-2.0
// The slice header of h265.h, as far as the QP of the slice.
#include <algorithm>
#include <bit>

#include "media/bit_reader.h"
#include "media/h265.h"
#include "media/h265_ref_set.h"
#include "media/nal.h"

namespace vedette::media {
namespace {

constexpr size_t kHeader = 2;

bool is_irap(uint8_t type) { return type >= h265::kBlaWLp && type <= h265::kLastIrap; }

int bits_for(uint32_t values) {  // Ceil(Log2(values))
  return values <= 1 ? 0 : static_cast<int>(std::bit_width(values - 1));
}

// Everything between the slice address and the SAO flags, kept for NumPicTotalCurr.
struct SliceRefs {
  uint32_t current = 0;  ///< NumPicTotalCurr
  bool temporal_mvp = false;
};

bool read_long_term(BitReader& reader, const H265Sps& sps, SliceRefs& refs) {
  const auto in_sps = static_cast<uint32_t>(sps.long_term_used.size());
  const uint32_t from_sps = in_sps > 0 ? reader.ue() : 0;
  const uint32_t own = reader.ue();
  if (from_sps > 32 || own > 32) return false;
  for (uint32_t i = 0; i < from_sps + own && reader.ok(); ++i) {
    if (i < from_sps) {
      const uint32_t index = reader.bits(bits_for(in_sps));
      if (index >= in_sps) return false;
      refs.current += sps.long_term_used[index] ? 1 : 0;
    } else {
      reader.skip(sps.log2_max_poc_lsb);
      refs.current += reader.bits(1);
    }
    if (reader.flag()) reader.ue();  // delta_poc_msb_cycle_lt
  }
  return reader.ok();
}

bool read_slice_refs(BitReader& reader, const H265Sps& sps, SliceRefs& refs) {
  reader.skip(sps.log2_max_poc_lsb);
  H265RefSet own;
  const H265RefSet* set = &own;
  if (!reader.flag()) {
    if (!read_h265_ref_set(reader, sps.ref_sets, true, own)) return false;
  } else {
    const uint32_t index = reader.bits(bits_for(static_cast<uint32_t>(sps.ref_sets.size())));
    if (index >= sps.ref_sets.size()) return false;
    set = &sps.ref_sets[index];
  }
  for (size_t i = 0; i < size_t{set->negative} + set->positive; ++i)
    refs.current += set->used[i] ? 1 : 0;
  if (sps.long_term_refs && !read_long_term(reader, sps, refs)) return false;
  if (sps.temporal_mvp) refs.temporal_mvp = reader.flag();
  return reader.ok();
}

struct RefCounts {
  uint32_t l0 = 1;
  uint32_t l1 = 0;
};

// §7.3.6.3, the flags and then the values of one list.
void skip_weights(BitReader& reader, uint32_t count, bool chroma) {
  uint32_t luma_flags = 0;
  uint32_t chroma_flags = 0;
  for (uint32_t i = 0; i < count; ++i) luma_flags |= reader.bits(1) << i;
  for (uint32_t i = 0; chroma && i < count; ++i) chroma_flags |= reader.bits(1) << i;
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const int values = (luma_flags >> i & 1 ? 2 : 0) + (chroma_flags >> i & 1 ? 4 : 0);
    for (int j = 0; j < values; ++j) reader.se();
  }
}

void skip_list_modification(BitReader& reader, const RefCounts& counts, uint32_t current) {
  for (const uint32_t count : {counts.l0, counts.l1}) {
    if (count == 0 || !reader.flag()) continue;
    for (uint32_t i = 0; i < count; ++i) reader.skip(bits_for(current));
  }
}

// From num_ref_idx_active_override_flag to five_minus_max_num_merge_cand, P and B only.
void skip_prediction(BitReader& reader, const H265Sps& sps, const H265Pps& pps, bool b,
                     const SliceRefs& refs) {
  RefCounts counts{pps.num_ref_idx_l0_default, b ? uint32_t{pps.num_ref_idx_l1_default} : 0};
  if (reader.flag()) {
    counts.l0 = std::min(reader.ue(), 15U) + 1;
    if (b) counts.l1 = std::min(reader.ue(), 15U) + 1;
  }
  if (pps.lists_modification_present && refs.current > 1)
    skip_list_modification(reader, counts, refs.current);
  if (b) reader.skip(1);  // mvd_l1_zero_flag
  if (pps.cabac_init_present) reader.skip(1);
  if (refs.temporal_mvp) {
    const bool from_l0 = !b || reader.flag();
    if ((from_l0 ? counts.l0 : counts.l1) > 1) reader.ue();
  }
  if (b ? pps.weighted_bipred : pps.weighted_pred) {
    const bool chroma = sps.chroma_array_type() != 0;
    reader.ue();
    if (chroma) reader.se();
    skip_weights(reader, counts.l0, chroma);
    skip_weights(reader, counts.l1, chroma);
  }
  reader.ue();
}

bool read_slice_start(BitReader& reader, uint8_t nal_type, SliceHeader& slice) {
  slice.first_in_picture = reader.flag();
  if (is_irap(nal_type)) reader.skip(1);  // no_output_of_prior_pics_flag
  const uint32_t pps_id = reader.ue();
  slice.pps_id = static_cast<uint8_t>(pps_id);
  return reader.ok() && pps_id <= 63;
}

}  // namespace

std::optional<SliceHeader> peek_h265_slice(ByteSpan nal) {
  if (nal.size() <= kHeader) return std::nullopt;
  BitReader reader(nal.subspan(kHeader));
  SliceHeader slice;
  if (!read_slice_start(reader, h265_nal_type(nal[0]), slice)) return std::nullopt;
  return slice;
}

std::optional<SliceHeader> parse_h265_slice(ByteSpan nal, const H265Sps& sps, const H265Pps& pps) {
  if (nal.size() <= kHeader) return std::nullopt;
  const uint8_t nal_type = h265_nal_type(nal[0]);
  const bool idr = nal_type == h265::kIdrWRadl || nal_type == h265::kIdrNLp;
  BitReader reader(nal.subspan(kHeader));
  SliceHeader slice;
  if (!read_slice_start(reader, nal_type, slice)) return std::nullopt;
  if (!slice.first_in_picture) {
    if (pps.dependent_slices && reader.flag()) return std::nullopt;
    reader.skip(bits_for(sps.picture_ctbs));
  }
  reader.skip(pps.extra_slice_header_bits);
  const uint32_t type = reader.ue();  // 0 B, 1 P, 2 I
  if (!reader.ok() || type > 2) return std::nullopt;
  slice.type = type == 0 ? SliceType::kB : type == 1 ? SliceType::kP : SliceType::kI;
  if (pps.output_flag_present) reader.skip(1);
  if (sps.separate_colour_plane) reader.skip(2);
  SliceRefs refs;
  if (!idr && !read_slice_refs(reader, sps, refs)) return slice;
  if (sps.sample_adaptive_offset) reader.skip(sps.chroma_array_type() != 0 ? 2 : 1);
  if (type != 2) skip_prediction(reader, sps, pps, type == 0, refs);
  const int32_t qp = pps.init_qp + std::clamp(reader.se(), -200, 200);
  if (reader.ok() && qp >= 0 && qp <= 51) slice.qp = static_cast<int8_t>(qp);
  return slice;
}

}  // namespace vedette::media
