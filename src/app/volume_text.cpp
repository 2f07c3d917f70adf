// SPDX-License-Identifier: Apache-2.0
#include "app/volume_text.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "app/retention_text.h"
#include "base/time.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

/// Letters and digits of ASCII alone, whatever the locale says.
bool unreserved(char c) {
  const auto between = [c](char first, char last) { return c >= first && c <= last; };
  return between('a', 'z') || between('A', 'Z') || between('0', '9') ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

}  // namespace

std::string volume_line(const json::object& volume) {
  const json::value& quota = volume.at("quota_bytes");
  const json::value& reserve = volume.at("reserve_bytes");
  return fmt::format("{}  {}, {}", std::string(volume.at("path").as_string()),
                     quota.is_null() ? "no quota" : "quota " + size_text(quota.as_int64()),
                     reserve.is_null() ? "reserve 5 % but at most 1 GiB"
                                       : "reserve " + size_text(reserve.as_int64()));
}

Result<void> apply_limits(const LimitWords& words, json::object& volume) {
  if (words.quota == "none") {
    volume["quota_bytes"] = nullptr;
  } else if (!words.quota.empty()) {
    VEDETTE_ASSIGN(const int64_t bytes, parse_size(words.quota));
    volume["quota_bytes"] = bytes;
  }
  if (words.reserve == "default") {
    volume["reserve_bytes"] = nullptr;
  } else if (!words.reserve.empty()) {
    VEDETTE_ASSIGN(const int64_t bytes, parse_reserve(words.reserve));
    volume["reserve_bytes"] = bytes;
  }
  return ok();
}

std::string plan_query(const json::object& volume) {
  std::string query = "volume=" + percent_encoded(std::string(volume.at("path").as_string()));
  for (const char* limit : {"quota_bytes", "reserve_bytes"}) {
    const json::value& bytes = volume.at(limit);
    if (!bytes.is_null()) query += fmt::format("&{}={}", limit, bytes.as_int64());
  }
  return query;
}

std::string plan_sentence(const json::object& plan) {
  const json::array& cameras = plan.at("cameras").as_array();
  if (cameras.empty()) return "this deletes nothing now";
  const bool below = std::any_of(cameras.begin(), cameras.end(), [](const json::value& camera) {
    return camera.at("below_minimum").as_bool();
  });
  return fmt::format("this deletes {}{:.1f} GB now: the oldest of {} camera{}, up to {}{}",
                     plan.at("complete").as_bool() ? "" : "more than ",
                     plan.at("bytes").to_number<double>() / 1e9, cameras.size(),
                     cameras.size() == 1 ? "" : "s",
                     to_rfc3339({plan.at("newest_us").to_number<int64_t>()}).substr(0, 19) + "Z",
                     below ? "; some would keep less than asked" : "");
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (unreserved(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace vedette::app
