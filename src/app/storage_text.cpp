// SPDX-License-Identifier: Apache-2.0
#include "app/storage_text.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace vedette::app {
namespace {

namespace json = boost::json;

constexpr int64_t kMinuteUs = 60'000'000;
constexpr int64_t kHourUs = 60 * kMinuteUs;
constexpr int64_t kDayUs = 24 * kHourUs;

double gigabytes(const json::value& bytes) { return bytes.to_number<double>() / 1e9; }

std::string forecast_text(const json::object& volume) {
  if (volume.at("removed").as_bool()) return "nothing new is recorded here";
  const std::string_view outlook = volume.at("outlook").as_string();
  if (outlook == "full") return "full: the oldest recordings make room";
  if (outlook == "fills")
    return "full in " + length_text(volume.at("full_in_us").to_number<int64_t>());
  if (outlook == "never") return "not full at this rate";
  return outlook == "idle" ? "nothing is written here now"
                           : "when it is full is not known yet: recording has just begun";
}

std::string volume_line(const json::object& volume) {
  const json::value& quota = volume.at("quota_bytes");
  const std::string of = quota.is_null()
                             ? fmt::format("{:.1f} GB free", gigabytes(volume.at("free_bytes")))
                             : fmt::format("of {:.1f} GB", gigabytes(quota));
  return fmt::format("{}: {:.1f} GB of recordings, {}; {}",
                     std::string(volume.at("path").as_string()), gigabytes(volume.at("used_bytes")),
                     of, forecast_text(volume));
}

std::string camera_line(const json::object& camera) {
  std::string line =
      fmt::format("{:<16} {:.1f} GB, {:.1f} GB a day", std::string(camera.at("camera").as_string()),
                  gigabytes(camera.at("bytes")), gigabytes(camera.at("bytes_per_day")));
  const json::value& asked = camera.at("asked_us");
  const json::value& keeps = camera.at("keeps_us");
  if (!keeps.is_null() && !asked.is_null() &&
      keeps.to_number<int64_t>() < asked.to_number<int64_t>() / 100 * 99) {
    line += fmt::format("; keeps {} of {} asked", length_text(keeps.to_number<int64_t>()),
                        length_text(asked.to_number<int64_t>()));
  } else if (!keeps.is_null()) {
    line += "; keeps " + length_text(keeps.to_number<int64_t>());
  }
  return line;
}

}  // namespace

std::string length_text(int64_t us) {
  const auto count = [us](int64_t unit, const char* name) {
    const int64_t whole = std::max<int64_t>(1, us / unit);
    return fmt::format("{} {}{}", whole, name, whole == 1 ? "" : "s");
  };
  if (us >= 2 * kDayUs) return count(kDayUs, "day");
  if (us >= 2 * kHourUs) return count(kHourUs, "hour");
  return count(kMinuteUs, "minute");
}

std::vector<std::string> storage_lines(const json::object& storage) {
  std::vector<std::string> lines;
  for (const json::value& volume : storage.at("volumes").as_array()) {
    const json::object& entry = volume.as_object();
    lines.push_back(volume_line(entry));
    for (const char* trouble : {"problem", "cleaning_off", "ledger_problem"})
      if (const json::value& text = entry.at(trouble); text.is_string())
        lines.push_back("  " + std::string(text.as_string()));
    if (!entry.at("below_minimum_us").is_null())
      lines.emplace_back("  Cameras keep less than asked, else recording had stopped.");
  }
  for (const json::value& camera : storage.at("cameras").as_array())
    lines.push_back(camera_line(camera.as_object()));
  if (const size_t holds = storage.at("holds").as_array().size(); holds > 0)
    lines.push_back(fmt::format("{} held; list with: vedette hold list", holds));
  return lines;
}

}  // namespace vedette::app
