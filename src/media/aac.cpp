// SPDX-License-Identifier: Apache-2.0
#include "media/aac.h"

#include <array>

#include "base/assert.h"
#include "media/bit_reader.h"

namespace vedette::media {
namespace {

// Table 1.18; 15 escapes to an explicit 24-bit rate.
constexpr std::array<uint32_t, 13> kRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                             22050, 16000, 12000, 11025, 8000,  7350};

uint32_t read_rate(BitReader& reader) {
  const uint32_t index = reader.bits(4);
  if (index == 15) return reader.bits(24);
  return index < kRates.size() ? kRates[index] : 0;
}

uint8_t read_object_type(BitReader& reader) {
  const uint32_t type = reader.bits(5);
  return static_cast<uint8_t>(type == 31 ? 32 + reader.bits(6) : type);
}

}  // namespace

Result<AudioSpecificConfig> parse_audio_specific_config(ByteSpan bytes) {
  BitReader reader(bytes, Escaping::kNone);
  AudioSpecificConfig config;
  config.object_type = read_object_type(reader);
  config.sample_rate = read_rate(reader);
  const uint32_t channels = reader.bits(4);
  if (config.object_type == 5 || config.object_type == 29) {  // explicit SBR
    read_rate(reader);
    read_object_type(reader);
  }
  const bool short_frame = reader.flag();  // frameLengthFlag of GASpecificConfig, §4.4.1
  if (!reader.ok())
    return make_error(ErrorCode::kInvalidArgument, "AudioSpecificConfig ends early");
  if (config.sample_rate == 0 || config.object_type == 0 || channels > 7)
    return make_error(ErrorCode::kInvalidArgument,
                      "AudioSpecificConfig has a reserved object type, rate or channel layout");
  config.channels = static_cast<uint8_t>(channels == 7 ? 8 : channels);
  config.frame_length = short_frame ? 960 : 1024;
  return config;
}

Bytes build_audio_specific_config(const AudioSpecificConfig& config) {
  VEDETTE_ASSERT(config.object_type > 0 && config.object_type < 31);
  VEDETTE_ASSERT(config.channels > 0 && config.channels <= 8 && config.channels != 7);
  const uint32_t channels = config.channels == 8 ? 7 : config.channels;
  uint32_t index = 15;
  for (uint32_t i = 0; i < kRates.size(); ++i) {
    if (kRates[i] == config.sample_rate) index = i;
  }
  const uint32_t tail = channels << 3 | (config.frame_length == 960 ? 4U : 0U);
  const uint32_t head = uint32_t{config.object_type} << 4 | index;  // 9 bits
  ByteWriter writer;
  if (index != 15) {
    writer.u16(head << 7 | tail);
  } else {
    const uint64_t bits = (uint64_t{head} << 24 | (config.sample_rate & 0xFFFFFF)) << 7 | tail;
    for (int shift = 32; shift >= 0; shift -= 8) writer.u8(bits >> shift);
  }
  return writer.take();
}

}  // namespace vedette::media
