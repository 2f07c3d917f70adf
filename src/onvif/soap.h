// SPDX-License-Identifier: Apache-2.0
// SOAP 1.2 envelopes with the WS-Security UsernameToken that ONVIF devices ask for (ONVIF Core
// §5.9.4, WSS UsernameToken Profile 1.0 §3.1). The password itself is never sent. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace vedette::onvif {

struct UsernameToken {
  std::string user;
  std::string digest;   ///< base64 of SHA-1(nonce + created + password)
  std::string nonce;    ///< base64
  std::string created;  ///< "2026-11-22T14:03:27.000Z"
};

struct TokenInput {
  std::string user;
  std::string password;
  Bytes nonce;       ///< at least 16 random bytes of the caller's, since this folder has none
  WallTime created;  ///< by the device's clock: most refuse what differs from it by minutes
};
[[nodiscard]] UsernameToken make_token(const TokenInput& input);

/// Whether `token` was made with that password. What a device compares.
[[nodiscard]] bool token_matches(const UsernameToken& token, std::string_view password);

/// `body`: the one element of the Body, in the prefixes tds, trt and tt.
[[nodiscard]] std::string build_envelope(std::string_view body,
                                         const std::optional<UsernameToken>& token = std::nullopt);

/// A Fault as an Error: unauthenticated (ter:NotAuthorized and what firmware says instead),
/// unsupported (ter:ActionNotSupported), else failed_precondition; the device's own words in it.
/// nullopt when `envelope` is none, which includes that it is no XML.
[[nodiscard]] std::optional<Error> find_fault(std::string_view envelope);

/// For the device's side.
[[nodiscard]] std::string build_fault(std::string_view subcode, std::string_view reason);

}  // namespace vedette::onvif
