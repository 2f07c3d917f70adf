// SPDX-License-Identifier: Apache-2.0
// Identifiers. Random ones are globally unique, so that records of many sites can be merged.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette {

/// `bytes` random bytes of the operating system as lower-case hex. Thread-safe.
[[nodiscard]] std::string random_id(size_t bytes = 8);

/// A camera, site or volume id: 1 to 64 of [a-z0-9_-], first one not a dash. It stands in paths and
/// URLs, so nothing else is ever accepted.
[[nodiscard]] Result<void> check_id(std::string_view id);

}  // namespace vedette
