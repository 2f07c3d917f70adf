// SPDX-License-Identifier: Apache-2.0
// AudioSpecificConfig of ISO/IEC 14496-3 §1.6.2.1. Pure functions.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::media {

struct AudioSpecificConfig {
  uint8_t object_type = 2;       ///< 2 is AAC-LC, 5 SBR, 29 parametric stereo
  uint32_t sample_rate = 0;      ///< of the core coder
  uint8_t channels = 0;          ///< 0 when a program_config_element says it
  uint16_t frame_length = 1024;  ///< samples of the core coder per frame
};

[[nodiscard]] Result<AudioSpecificConfig> parse_audio_specific_config(ByteSpan bytes);
/// REQUIRES: object_type < 31, channels 1 to 8 without 7 channels (they have no code).
[[nodiscard]] Bytes build_audio_specific_config(const AudioSpecificConfig& config);

}  // namespace vedette::media
