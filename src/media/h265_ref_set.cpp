// SPDX-License-Identifier: Apache-2.0
#include "media/h265_ref_set.h"

#include <array>

namespace vedette::media {
namespace {

// Adds a picture; false when the set is full.
bool add(H265RefSet& set, int32_t delta, bool used, bool before) {
  const size_t at = size_t{set.negative} + set.positive;
  if (at >= H265RefSet::kMaxPictures) return false;
  set.delta[at] = delta;
  set.used[at] = used;
  ++(before ? set.negative : set.positive);
  return true;
}

// Equations 7-61 and 7-62: a set predicted from `ref` by adding delta_rps.
bool predict_ref_set(BitReader& reader, const H265RefSet& ref, int32_t delta_rps, H265RefSet& set) {
  const size_t count = size_t{ref.negative} + ref.positive;
  std::array<bool, H265RefSet::kMaxPictures + 1> used{};
  std::array<bool, H265RefSet::kMaxPictures + 1> use_delta{};
  for (size_t j = 0; j <= count; ++j) {
    used[j] = reader.flag();
    use_delta[j] = used[j] || reader.flag();
  }
  const auto take = [&](size_t j, bool before) {
    const int32_t delta = (j < count ? ref.delta[j] : 0) + delta_rps;
    if (!use_delta[j] || (before ? delta >= 0 : delta <= 0)) return true;
    return add(set, delta, used[j], before);
  };
  bool fits = true;
  for (size_t j = count; j-- > ref.negative;) fits = fits && take(j, true);
  fits = fits && take(count, true);
  for (size_t j = 0; j < ref.negative; ++j) fits = fits && take(j, true);
  for (size_t j = ref.negative; j-- > 0;) fits = fits && take(j, false);
  fits = fits && take(count, false);
  for (size_t j = ref.negative; j < count; ++j) fits = fits && take(j, false);
  return fits;
}

}  // namespace

bool read_h265_ref_set(BitReader& reader, const std::vector<H265RefSet>& sets, bool in_slice,
                       H265RefSet& set) {
  if (!sets.empty() && reader.flag()) {
    const uint32_t back = in_slice ? reader.ue() : 0;
    if (back >= sets.size()) return false;
    const bool negative = reader.flag();
    const uint32_t magnitude = reader.ue();
    if (magnitude > 0x7FFF) return false;
    const int32_t delta_rps = static_cast<int32_t>(magnitude + 1) * (negative ? -1 : 1);
    return predict_ref_set(reader, sets[sets.size() - 1 - back], delta_rps, set) && reader.ok();
  }
  const uint32_t negative = reader.ue();
  const uint32_t positive = reader.ue();
  if (negative > H265RefSet::kMaxPictures || positive > H265RefSet::kMaxPictures) return false;
  for (const bool before : {true, false}) {
    int32_t delta = 0;
    for (uint32_t i = 0; i < (before ? negative : positive); ++i) {
      const uint32_t step = reader.ue();
      if (step > 0x7FFF) return false;
      delta += static_cast<int32_t>(step + 1) * (before ? -1 : 1);
      if (!add(set, delta, reader.flag(), before)) return false;
    }
  }
  return reader.ok();
}

}  // namespace vedette::media
