// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/storage in words. Pure.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace vedette::app {

/// "9 days", "3 hours", "20 minutes"; whole units, rounded down, never 0.
[[nodiscard]] std::string length_text(int64_t us);

/// A line per volume, per camera, and per thing that somebody must see to.
[[nodiscard]] std::vector<std::string> storage_lines(const boost::json::object& storage);

}  // namespace vedette::app
