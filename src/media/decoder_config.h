// SPDX-License-Identifier: Apache-2.0
// The configuration records of ISO/IEC 14496-15: avcC (§5.3.3.1) and hvcC (§8.3.3.1). One build and
// one parse each. Pure; parsed records view the caller's bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace vedette::media {

/// Parameter sets of one coded video sequence, each a NAL unit with its header. `vps` is empty for
/// H.264. Views: the owner outlives this.
struct ParameterSets {
  std::vector<ByteSpan> vps;
  std::vector<ByteSpan> sps;
  std::vector<ByteSpan> pps;
};

/// avcC with 4-byte lengths. REQUIRES: at least one SPS and PPS, of at most 65535 bytes each, at
/// most 31 SPS and 255 PPS, and an SPS that parse_h264_sps() takes; else an error.
[[nodiscard]] Result<Bytes> build_avcc(const ParameterSets& sets);
/// hvcC with 4-byte lengths and complete arrays ("hvc1": no parameter sets in the samples).
[[nodiscard]] Result<Bytes> build_hvcc(const ParameterSets& sets);

[[nodiscard]] Result<ParameterSets> parse_avcc(ByteSpan record);
[[nodiscard]] Result<ParameterSets> parse_hvcc(ByteSpan record);
/// parse_avcc or parse_hvcc. REQUIRES: is_video(track.codec).
[[nodiscard]] Result<ParameterSets> parameter_sets_of(const TrackInfo& track);

}  // namespace vedette::media
