// SPDX-License-Identifier: Apache-2.0
// One RTP packet (RFC 3550 §5.1). Pure; views the caller's bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"

namespace vedette::rtp {

/// When the read that brought a packet returned, on both clocks.
struct Arrival {
  MonoTime mono;
  WallTime wall;
};

inline constexpr size_t kRtpHeaderSize = 12;

struct RtpPacket {
  bool marker = false;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  ByteSpan payload;  ///< without CSRCs, header extension and padding; may be empty
};

/// nullopt when it is not version 2 or its extension or padding does not fit.
[[nodiscard]] std::optional<RtpPacket> parse_rtp(ByteSpan packet);

}  // namespace vedette::rtp
