// SPDX-License-Identifier: Apache-2.0
// Short-term reference picture sets of H.265, which stand in the SPS and in slice headers. Pure;
// for the parsers of those only.
#pragma once

#include <vector>

#include "media/bit_reader.h"
#include "media/h265.h"

namespace vedette::media {

/// st_ref_pic_set() of §7.3.7 into `set`, which is empty. `sets` are those before it; a slice
/// header's own set has index sets.size(). False when it is out of range or ends early.
[[nodiscard]] bool read_h265_ref_set(BitReader& reader, const std::vector<H265RefSet>& sets,
                                     bool in_slice, H265RefSet& set);

}  // namespace vedette::media
