// SPDX-License-Identifier: Apache-2.0
// AAC over RTP, RFC 3640: AAC-hbr and AAC-lbr, several frames per packet or one frame over several
// packets, not interleaved. Pure; confined to its receiver.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "rtp/track_receiver.h"
#include "rtp/unit.h"

namespace vedette::rtp {

class AacDepacketizer {
 public:
  /// Without a readable config= the rate and channels of rtpmap are taken, as AAC-LC. Errors:
  /// kUnsupported for other modes.
  [[nodiscard]] static Result<AacDepacketizer> create(const TrackSetup& setup, UnitSink& sink);
  [[nodiscard]] Result<void> push(const RtpPacket& packet, Loss loss, const Arrival& arrival);
  void flush() {}

 private:
  struct Layout {  // bits, RFC 3640 §3.2.1
    uint32_t size = 13;
    uint32_t index = 3;
    uint32_t index_delta = 3;
  };
  AacDepacketizer(media::TrackInfoPtr track, const Layout& layout, UnitSink& sink);
  static Result<Layout> read_layout(const TrackSetup& setup);

  void push_frames(const RtpPacket& packet);
  void push_fragment(uint32_t frame_size, ByteSpan data, const RtpPacket& packet);
  void emit(ByteSpan frame, uint32_t timestamp, int64_t offset);
  void drop_fragments();

  UnitSink* sink_;
  media::TrackInfoPtr track_;
  Layout layout_;
  int64_t frame_ticks_ = 1024;
  Bytes fragments_;  ///< of one frame, keeps its capacity
  uint32_t fragments_timestamp_ = 0;
  bool damaged_ = false;
  Arrival arrival_;
};

}  // namespace vedette::rtp
