// SPDX-License-Identifier: Apache-2.0
// Access units into RTP packets, for the simulator and for tests: RFC 6184 non-interleaved mode,
// RFC 7798 without decoding order numbers, RFC 3640 AAC-hbr. The inverse of the depacketizers.
// Pure; confined to its caller.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/access_unit.h"

namespace vedette::rtp {

class Packetizer {
 public:
  /// REQUIRES: mtu >= 64; it bounds the whole RTP packet. Errors: kUnsupported for other codecs
  /// than H.264, H.265 and AAC, kInvalidArgument for a decoder_config that cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Packetizer>> create(const media::TrackInfo& track,
                                                                  uint8_t payload_type,
                                                                  size_t mtu = 1400);

  /// Appends whole RTP packets: a 12-byte header with sequence, timestamp and SSRC 0 for the caller
  /// to patch (patch_rtp_header), the marker on the last. With `with_parameter_sets` those of the
  /// track come before a random access unit. An AAC frame beyond 8191 bytes yields nothing.
  void packetize(const media::AccessUnit& au, bool with_parameter_sets, std::vector<Bytes>& out);

  /// "m=video 0 RTP/AVP 96\r\na=rtpmap:…\r\na=fmtp:…\r\n", without a=control.
  [[nodiscard]] std::string sdp_media() const;

 private:
  Packetizer(const media::TrackInfo& track, uint8_t payload_type, size_t mtu);

  void add_nal(ByteSpan nal, std::vector<Bytes>& out);
  void add_fragments(ByteSpan nal, std::vector<Bytes>& out);
  void add_aac(ByteSpan frame, std::vector<Bytes>& out);
  Bytes& start_packet(std::vector<Bytes>& out) const;

  media::TrackInfo track_;
  uint8_t payload_type_;
  size_t max_payload_;
  std::vector<Bytes> parameter_sets_;  ///< in sending order
};

/// Overwrites sequence, timestamp and SSRC of a packet. REQUIRES: at least 12 bytes.
void patch_rtp_header(std::span<uint8_t> packet, uint16_t sequence, uint32_t timestamp,
                      uint32_t ssrc);

}  // namespace vedette::rtp
