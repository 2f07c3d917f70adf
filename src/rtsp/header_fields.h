// SPDX-License-Identifier: Apache-2.0
// The structured header fields of RTSP: Transport, Session, RTP-Info, Public. Reading is tolerant;
// writing is by the book. Values, used by client and server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vedette::rtsp {

/// Two neighbouring ports or channels: RTP, RTCP.
using NumberPair = std::pair<uint16_t, uint16_t>;

/// RFC 2326 §12.39: the first transport of the field.
struct Transport {
  bool tcp = false;  ///< RTP/AVP/TCP
  bool multicast = false;
  std::optional<NumberPair> interleaved;
  std::optional<NumberPair> client_port;
  std::optional<NumberPair> server_port;
  std::optional<uint32_t> ssrc;
  std::string source;
  std::string mode;  ///< "PLAY", without quotes
};
/// invalid_argument when the field names no RTP transport at all.
[[nodiscard]] Result<Transport> parse_transport(std::string_view value);
[[nodiscard]] std::string to_string(const Transport& transport);

/// RFC 2326 §12.37: "12345;timeout=60".
struct SessionField {
  std::string id;
  std::optional<uint32_t> timeout_s;
};
[[nodiscard]] SessionField parse_session(std::string_view value);

/// One entry of RTP-Info (RFC 2326 §12.33). Numbers that are none are left out.
struct RtpInfo {
  std::string url;
  std::optional<uint16_t> seq;
  std::optional<uint32_t> rtptime;
};
/// At most 32 entries.
[[nodiscard]] std::vector<RtpInfo> parse_rtp_info(std::string_view value);

/// True when the comma-separated list (Public, Allow) names `method`.
[[nodiscard]] bool lists_method(std::string_view list, std::string_view method);

}  // namespace vedette::rtsp
