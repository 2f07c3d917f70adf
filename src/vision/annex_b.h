// SPDX-License-Identifier: Apache-2.0
// Encoders speak in start codes (ITU-T H.264 Annex B), we in lengths. Pure functions.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "media/track.h"

namespace vedette::vision {

/// The NAL units between start codes, without those and without trailing zero bytes.
[[nodiscard]] std::vector<ByteSpan> split_annex_b(ByteSpan stream);
/// VPS, SPS and PPS: what belongs into decoder_config and not into access units.
[[nodiscard]] bool is_parameter_set(media::Codec codec, ByteSpan nal);
/// As AccessUnit::data wants it: 4-byte lengths, no parameter sets, no access unit delimiters.
[[nodiscard]] Bytes to_length_prefixed(media::Codec codec, ByteSpan annex_b);

}  // namespace vedette::vision
