// SPDX-License-Identifier: Apache-2.0
// The parameters of an SDP a=fmtp line (RFC 4566 §6) as cameras write them: spaces, empty values,
// trailing semicolons and keys of any case. Pure; a view of the caller's text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace vedette::rtp {

class Fmtp {
 public:
  /// REQUIRES: `text` outlives this.
  explicit Fmtp(std::string_view text) : text_(text) {}

  /// The value of the first parameter of that name, trimmed; nullopt when absent. Names compare
  /// without case. Everything after the first '=' is value: base64 ends in some.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// As a decimal number of at most 6 digits.
  [[nodiscard]] std::optional<uint32_t> number(std::string_view name) const;

 private:
  std::string_view text_;
};

/// nullopt unless an even number of hexadecimal digits.
[[nodiscard]] std::optional<Bytes> decode_hex(std::string_view text);

}  // namespace vedette::rtp
