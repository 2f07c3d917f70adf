// SPDX-License-Identifier: Apache-2.0
#include "rtp/packet.h"

namespace vedette::rtp {

std::optional<RtpPacket> parse_rtp(ByteSpan bytes) {
  ByteReader reader(bytes);
  const uint8_t first = reader.u8();
  const uint8_t second = reader.u8();
  RtpPacket packet;
  packet.sequence = reader.u16();
  packet.timestamp = reader.u32();
  packet.ssrc = reader.u32();
  if (first >> 6 != 2) return std::nullopt;
  packet.marker = (second & 0x80) != 0;
  packet.payload_type = second & 0x7F;
  reader.skip(size_t{4} * (first & 0x0F));
  if ((first & 0x10) != 0) {  // §5.3.1
    reader.skip(2);
    reader.skip(size_t{4} * reader.u16());
  }
  if (!reader.ok()) return std::nullopt;
  packet.payload = reader.rest();
  if ((first & 0x20) != 0) {
    // The last byte counts itself; 0 is not allowed, but senders that set the bit and add nothing
    // exist, and then the byte belongs to the payload only by chance: refuse what cannot be right.
    const size_t padding = packet.payload.empty() ? 0 : packet.payload.back();
    if (padding == 0 || padding > packet.payload.size()) return std::nullopt;
    packet.payload = packet.payload.first(packet.payload.size() - padding);
  }
  return packet;
}

}  // namespace vedette::rtp
