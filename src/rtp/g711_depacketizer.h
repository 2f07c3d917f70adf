// SPDX-License-Identifier: Apache-2.0
// G.711 over RTP (RFC 3551 §4.5.14), cut into 20 ms and made Opus. Timestamps stay on the clock
// of the camera; the receiver scales them to Opus's 48 kHz. Pure; confined to its receiver.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "media/g711_to_opus.h"
#include "rtp/track_receiver.h"
#include "rtp/unit.h"

namespace vedette::rtp {

class G711Depacketizer {
 public:
  /// Errors: kUnsupported for a clock rate that Opus does not have or more than two channels.
  [[nodiscard]] static Result<G711Depacketizer> create(const TrackSetup& setup, UnitSink& sink);
  [[nodiscard]] Result<void> push(const RtpPacket& packet, Loss loss, const Arrival& arrival);
  void flush() {}

 private:
  G711Depacketizer(std::unique_ptr<media::G711ToOpus> encoder,
                   const media::G711ToOpus::Input& input, UnitSink& sink);
  Result<void> emit(ByteSpan samples, const Arrival& arrival);

  UnitSink* sink_;
  std::unique_ptr<media::G711ToOpus> encoder_;
  media::TrackInfoPtr track_;
  media::G711ToOpus::Input input_;
  Bytes rest_;                   ///< less than a frame
  uint32_t next_timestamp_ = 0;  ///< of the first sample of rest_
  bool damaged_ = false;
};

}  // namespace vedette::rtp
