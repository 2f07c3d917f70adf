// SPDX-License-Identifier: Apache-2.0
// ITU-T G.711 (PCMU, PCMA) into Opus, which every browser plays. The only place that knows
// libopus. Confined to its caller.
#pragma once

#include <array>
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
  struct Input {
    Codec codec = Codec::kPcmu;  ///< or kPcma
    uint8_t channels = 1;        ///< or 2
    uint32_t rate = 8000;        ///< samples per second and channel
  };
  /// G.711 has 8 kHz; Dahua and others have the same octets at 16 kHz as well, and rates between
  /// those of Opus (RFC 6716 §2) nobody has.
  static constexpr std::array<uint32_t, 5> kRates = {8000, 12000, 16000, 24000, 48000};
  /// 20 ms per Opus frame and channel.
  [[nodiscard]] static constexpr size_t frame_samples(uint32_t rate) { return rate / 50; }

  /// Errors: kUnsupported for another rate or more channels. REQUIRES: codec is kPcmu or kPcma.
  [[nodiscard]] static Result<std::unique_ptr<G711ToOpus>> create(const Input& input);
  ~G711ToOpus();
  G711ToOpus(const G711ToOpus&) = delete;
  G711ToOpus& operator=(const G711ToOpus&) = delete;

  /// The Opus track this makes, at a timescale of 48000.
  [[nodiscard]] const TrackInfo& track() const { return track_; }
  /// Encodes exactly one frame. REQUIRES: samples.size() == frame_samples(rate) * channels. The
  /// result is valid until the next call.
  [[nodiscard]] Result<ByteSpan> encode(ByteSpan samples);
  /// Forgets the past: the next frame does not follow the last one.
  void reset();

 private:
  struct Encoder;
  explicit G711ToOpus(const Input& input);

  Input input_;
  TrackInfo track_;
  std::unique_ptr<Encoder> encoder_;
};

}  // namespace vedette::media
