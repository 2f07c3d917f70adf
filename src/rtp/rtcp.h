// SPDX-License-Identifier: Apache-2.0
// RTCP compounds (RFC 3550 §6): what a receiver reads and writes, and the sender report that the
// simulator needs. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"

namespace vedette::rtp {

/// The NTP timestamp format of RFC 3550 §4: seconds since 1900 in 32.32 bits. nullopt for 0, which
/// says "no clock". Values without the top bit are taken to be after 2036 (era 1).
[[nodiscard]] std::optional<WallTime> ntp_to_wall(uint64_t ntp);
[[nodiscard]] uint64_t wall_to_ntp(WallTime time);

struct SenderReport {  // §6.4.1
  uint32_t ssrc = 0;
  uint64_t ntp = 0;
  uint32_t rtp_timestamp = 0;
  uint32_t packets = 0;
  uint32_t octets = 0;
};

struct RtcpCompound {
  std::optional<SenderReport> sender_report;  ///< the last one
  bool bye = false;
};

/// nullopt when not even the first packet is readable; what follows a broken one is ignored.
[[nodiscard]] std::optional<RtcpCompound> parse_rtcp(ByteSpan compound);

struct ReportBlock {  // §6.4.1
  uint32_t ssrc = 0;
  uint8_t fraction_lost = 0;
  int32_t cumulative_lost = 0;  ///< clamped to 24 bits
  uint32_t highest_sequence = 0;
  uint32_t jitter = 0;  ///< in timestamp units
  uint32_t last_sr = 0;
  uint32_t delay_since_last_sr = 0;  ///< in 1/65536 s
};

/// RR with one block and SDES with a CNAME.
[[nodiscard]] Bytes build_receiver_report(uint32_t own_ssrc, const ReportBlock& block,
                                          std::string_view cname);
/// SR without blocks and SDES with a CNAME.
[[nodiscard]] Bytes build_sender_report(const SenderReport& report, std::string_view cname);

}  // namespace vedette::rtp
