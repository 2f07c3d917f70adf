// SPDX-License-Identifier: Apache-2.0
// How long to keep, as a person writes it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace vedette::app {

/// "14d", "36h", "500GB", "1.5TB" or both with a comma, as part of the API's `retention` object:
/// max_age_us and max_bytes for `prefix` "max", min_age_us and min_bytes for "min".
[[nodiscard]] Result<boost::json::object> parse_retention(std::string_view text,
                                                          std::string_view prefix = "max");

/// "14d", "36h", "10m", "30s", "5us" in microseconds.
[[nodiscard]] Result<int64_t> parse_duration(std::string_view text);

/// "/srv/video", "/srv/video,quota=1TB,reserve=20GB": a folder to record to.
struct VolumeText {
  std::string path;
  std::optional<int64_t> quota_bytes;
  std::optional<int64_t> reserve_bytes;
};
[[nodiscard]] Result<VolumeText> parse_volume(std::string_view text);

/// "10GB", "1.5TB", "500MB" or a bare number of bytes; powers of ten.
[[nodiscard]] Result<int64_t> parse_size(std::string_view text);
/// The same, or 0: nothing is kept free.
[[nodiscard]] Result<int64_t> parse_reserve(std::string_view text);

/// The shortest exact form, which parse_duration() and parse_reserve() read as the same number.
[[nodiscard]] std::string duration_text(int64_t us);
[[nodiscard]] std::string size_text(int64_t bytes);

}  // namespace vedette::app
