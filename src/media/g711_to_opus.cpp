// SPDX-License-Identifier: Apache-2.0
#include "media/g711_to_opus.h"

#include <algorithm>
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
constexpr uint32_t kOpusRate = 48000;
}  // namespace

struct G711ToOpus::Encoder {
  struct Destroy {
    void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
  };
  std::unique_ptr<OpusEncoder, Destroy> opus;
  std::array<int16_t, 256> pcm_of{};
  std::array<opus_int16, frame_samples(kRates.back()) * 2> pcm{};
  std::array<uint8_t, kMaxFrame> packet{};
};

G711ToOpus::G711ToOpus(const Input& input) : input_(input), encoder_(std::make_unique<Encoder>()) {}

G711ToOpus::~G711ToOpus() = default;

Result<std::unique_ptr<G711ToOpus>> G711ToOpus::create(const Input& input) {
  VEDETTE_ASSERT(input.codec == Codec::kPcmu || input.codec == Codec::kPcma);
  const bool rate_known = std::find(kRates.begin(), kRates.end(), input.rate) != kRates.end();
  if (!rate_known || input.channels < 1 || input.channels > 2) {
    return make_error(ErrorCode::kUnsupported,
                      "G.711 at " + std::to_string(input.rate) + " Hz with " +
                          std::to_string(input.channels) +
                          " channels; set the camera's sound to 8 or 16 kHz, or to AAC");
  }
  std::unique_ptr<G711ToOpus> self(new G711ToOpus(input));
  Encoder& encoder = *self->encoder_;
  for (size_t i = 0; i < encoder.pcm_of.size(); ++i) {
    const auto octet = static_cast<uint8_t>(i);
    encoder.pcm_of[i] = input.codec == Codec::kPcmu ? decode_pcmu(octet) : decode_pcma(octet);
  }
  int status = OPUS_OK;
  encoder.opus.reset(opus_encoder_create(static_cast<opus_int32>(input.rate), input.channels,
                                         OPUS_APPLICATION_RESTRICTED_LOWDELAY, &status));
  if (status != OPUS_OK) {
    return make_error(ErrorCode::kInternal,
                      std::string("cannot create an Opus encoder: ") + opus_strerror(status));
  }
  // Telephone sound: complexity 0 is a third of the CPU of the default and sounds the same.
  opus_encoder_ctl(encoder.opus.get(), OPUS_SET_COMPLEXITY(0));
  opus_encoder_ctl(encoder.opus.get(), OPUS_SET_BITRATE(24000 * input.channels));
  opus_int32 lookahead = 0;
  opus_encoder_ctl(encoder.opus.get(), OPUS_GET_LOOKAHEAD(&lookahead));
  const auto pre_skip = static_cast<uint16_t>(lookahead * static_cast<int>(kOpusRate / input.rate));
  self->track_ = make_opus_track_info({input.channels, pre_skip, input.rate});
  return self;
}

Result<ByteSpan> G711ToOpus::encode(ByteSpan samples) {
  const size_t frame = frame_samples(input_.rate);
  VEDETTE_ASSERT(samples.size() == frame * input_.channels);
  for (size_t i = 0; i < samples.size(); ++i) encoder_->pcm[i] = encoder_->pcm_of[samples[i]];
  const opus_int32 size = opus_encode(encoder_->opus.get(), encoder_->pcm.data(),
                                      static_cast<int>(frame), encoder_->packet.data(), kMaxFrame);
  if (size < 0) {
    return make_error(ErrorCode::kInternal,
                      std::string("Opus cannot encode a frame: ") + opus_strerror(size));
  }
  return ByteSpan(encoder_->packet.data(), static_cast<size_t>(size));
}

void G711ToOpus::reset() { opus_encoder_ctl(encoder_->opus.get(), OPUS_RESET_STATE); }

}  // namespace vedette::media
