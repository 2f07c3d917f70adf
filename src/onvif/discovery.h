// SPDX-License-Identifier: Apache-2.0
// WS-Discovery 2005/04 as ONVIF uses it (ONVIF Core §7): a Probe goes out by UDP, every device
// answers with a ProbeMatch. Both sides. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "onvif/http_url.h"

namespace vedette::onvif {

inline constexpr const char* kDiscoveryGroup = "239.255.255.250";
inline constexpr uint16_t kDiscoveryPort = 3702;
/// Matches that are read out of one datagram.
inline constexpr size_t kMaxMatches = 64;

/// A device as it presents itself. All text is the device's own word.
struct ProbeMatch {
  std::string endpoint;                ///< "urn:uuid:…", its identity; "" when it names none
  std::vector<std::string> addresses;  ///< XAddrs, as written
  std::string name;                    ///< of the scope onvif://www.onvif.org/name/…, decoded
  std::string hardware;                ///< likewise
  std::string location;
};

/// `message_id`: a fresh UUID in digits and dashes. Asks for network video transmitters, which is
/// the one type that every camera answers to.
[[nodiscard]] std::string build_probe(std::string_view message_id);
/// Devices in one datagram that answers `message_id`; another's answers are not_found.
[[nodiscard]] Result<std::vector<ProbeMatch>> parse_probe_matches(std::string_view datagram,
                                                                  std::string_view message_id);

/// The service address to talk to, out of those a device named, when its datagram came from
/// `sender`: the one on `sender` itself; else the first http one, moved to `sender`. not_found when
/// it named none.
[[nodiscard]] Result<HttpUrl> choose_service(const ProbeMatch& match, std::string_view sender);

// The device's side.

/// The MessageID of a Probe that a video device has to answer; unsupported for other types.
[[nodiscard]] Result<std::string> parse_probe(std::string_view datagram);
[[nodiscard]] std::string build_probe_match(const ProbeMatch& match, std::string_view relates_to,
                                            std::string_view message_id);

}  // namespace vedette::onvif
