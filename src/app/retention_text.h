// SPDX-License-Identifier: Apache-2.0
// How long to keep, as a person writes it. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace vedette::app {

/// "14d", "36h", "500GB", "1.5TB" or both with a comma, as the API's `retention` object.
[[nodiscard]] Result<boost::json::object> parse_retention(std::string_view text);

/// "10GB", "1.5TB", "500MB" or a bare number of bytes; powers of ten.
[[nodiscard]] Result<int64_t> parse_size(std::string_view text);

}  // namespace vedette::app
