// SPDX-License-Identifier: Apache-2.0
#include "media/g711_to_opus.h"

#include <array>
#include <string>

#include <opus/opus.h>

#include "base/assert.h"
#include "media/track_info.h"

namespace vedette::media {

int16_t decode_pcmu(uint8_t octet) {
  const int code = ~octet & 0xFF;
  const int magnitude = (((code & 0x0F) << 3) + 0x84) << (code >> 4 & 7);
  return static_cast<int16_t>((code & 0x80) != 0 ? 0x84 - magnitude : magnitude - 0x84);
}

int16_t decode_pcma(uint8_t octet) {
  const int code = octet ^ 0x55;
  const int segment = code >> 4 & 7;
  int magnitude = ((code & 0x0F) << 4) + 8;
  if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
  return static_cast<int16_t>((code & 0x80) != 0 ? magnitude : -magnitude);
}

namespace {
constexpr int kMaxFrame = 1275;  // the largest Opus frame, RFC 6716 §3.2
}  // namespace

struct G711ToOpus::Encoder {
  struct Destroy {
    void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
  };
  std::unique_ptr<OpusEncoder, Destroy> opus;
  std::array<int16_t, 256> pcm_of{};
  std::array<opus_int16, kFrameSamples * 2> pcm{};
  std::array<uint8_t, kMaxFrame> packet{};
};

G711ToOpus::G711ToOpus(uint8_t channels)
    : channels_(channels), encoder_(std::make_unique<Encoder>()) {}

G711ToOpus::~G711ToOpus() = default;

Result<std::unique_ptr<G711ToOpus>> G711ToOpus::create(Codec codec, uint8_t channels) {
  VEDETTE_ASSERT(codec == Codec::kPcmu || codec == Codec::kPcma);
  VEDETTE_ASSERT(channels == 1 || channels == 2);
  std::unique_ptr<G711ToOpus> self(new G711ToOpus(channels));
  Encoder& encoder = *self->encoder_;
  for (size_t i = 0; i < encoder.pcm_of.size(); ++i) {
    const auto octet = static_cast<uint8_t>(i);
    encoder.pcm_of[i] = codec == Codec::kPcmu ? decode_pcmu(octet) : decode_pcma(octet);
  }
  int status = OPUS_OK;
  encoder.opus.reset(
      opus_encoder_create(kInputRate, channels, OPUS_APPLICATION_RESTRICTED_LOWDELAY, &status));
  if (status != OPUS_OK) {
    return make_error(ErrorCode::kInternal,
                      std::string("cannot create an Opus encoder: ") + opus_strerror(status));
  }
  // 8 kHz telephone sound: complexity 0 is a third of the CPU of the default and sounds the same.
  opus_encoder_ctl(encoder.opus.get(), OPUS_SET_COMPLEXITY(0));
  opus_encoder_ctl(encoder.opus.get(), OPUS_SET_BITRATE(24000 * channels));
  opus_int32 lookahead = 0;
  opus_encoder_ctl(encoder.opus.get(), OPUS_GET_LOOKAHEAD(&lookahead));
  const auto pre_skip = static_cast<uint16_t>(lookahead * static_cast<int>(48000 / kInputRate));
  self->track_ = make_opus_track_info({channels, pre_skip, kInputRate});
  return self;
}

Result<ByteSpan> G711ToOpus::encode(ByteSpan samples) {
  VEDETTE_ASSERT(samples.size() == kFrameSamples * channels_);
  for (size_t i = 0; i < samples.size(); ++i) encoder_->pcm[i] = encoder_->pcm_of[samples[i]];
  const opus_int32 size = opus_encode(encoder_->opus.get(), encoder_->pcm.data(), kFrameSamples,
                                      encoder_->packet.data(), kMaxFrame);
  if (size < 0) {
    return make_error(ErrorCode::kInternal,
                      std::string("Opus cannot encode a frame: ") + opus_strerror(size));
  }
  return ByteSpan(encoder_->packet.data(), static_cast<size_t>(size));
}

void G711ToOpus::reset() { opus_encoder_ctl(encoder_->opus.get(), OPUS_RESET_STATE); }

}  // namespace vedette::media
