// SPDX-License-Identifier: Apache-2.0
// Volumes and their limits as lines of a terminal. Pure.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace vedette::app {

/// "video  quota 1TB, reserve 20GB" of an entry of GET /api/v1/volumes.
[[nodiscard]] std::string volume_line(const boost::json::object& volume);

/// As a person gives them; empty is left as it was.
struct LimitWords {
  std::string quota;    ///< a size, or none
  std::string reserve;  ///< a size, 0, or default
};
/// Puts them into the body of PUT /api/v1/volumes. kInvalidArgument.
[[nodiscard]] Result<void> apply_limits(const LimitWords& words, boost::json::object& volume);

/// What /api/v1/storage/plan is asked about a volume with these limits.
[[nodiscard]] std::string plan_query(const boost::json::object& volume);
/// "this deletes 12.0 GB now: the oldest of 3 cameras, up to 2026-11-04T10:00:00Z" of its answer.
[[nodiscard]] std::string plan_sentence(const boost::json::object& plan);

/// Every byte that is not a letter, a digit or one of -._~ as %XX (RFC 3986 §2.1).
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace vedette::app
