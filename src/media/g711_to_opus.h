// SPDX-License-Identifier: Apache-2.0
// ITU-T G.711 (PCMU, PCMA at 8 kHz) into Opus, which every browser plays. The only place that knows
// libopus. Confined to its caller.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace vedette::media {

/// One G.711 octet as 16-bit PCM (ITU-T G.711 Tables 1a to 2b).
[[nodiscard]] int16_t decode_pcmu(uint8_t octet);
[[nodiscard]] int16_t decode_pcma(uint8_t octet);

class G711ToOpus {
 public:
  static constexpr uint32_t kInputRate = 8000;
  /// 20 ms per Opus frame and channel.
  static constexpr size_t kFrameSamples = kInputRate / 50;

  /// REQUIRES: codec is kPcmu or kPcma, channels 1 or 2.
  [[nodiscard]] static Result<std::unique_ptr<G711ToOpus>> create(Codec codec, uint8_t channels);
  ~G711ToOpus();
  G711ToOpus(const G711ToOpus&) = delete;
  G711ToOpus& operator=(const G711ToOpus&) = delete;

  /// The Opus track this makes, at a timescale of 48000.
  [[nodiscard]] const TrackInfo& track() const { return track_; }
  /// Encodes exactly one frame. REQUIRES: samples.size() == kFrameSamples * channels. The result
  /// is valid until the next call.
  [[nodiscard]] Result<ByteSpan> encode(ByteSpan samples);
  /// Forgets the past: the next frame does not follow the last one.
  void reset();

 private:
  struct Encoder;
  explicit G711ToOpus(uint8_t channels);

  uint8_t channels_;
  TrackInfo track_;
  std::unique_ptr<Encoder> encoder_;
};

}  // namespace vedette::media
