// SPDX-License-Identifier: Apache-2.0
// vedette status: how the running server and its cameras are doing.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "app/control.h"
#include "app/storage_text.h"
#include "base/time.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string("-");
}

void print_human(const json::value& storage, const json::array& cameras) {
  for (const std::string& line : storage_lines(storage.as_object()))
    std::printf("%s\n", line.c_str());
  for (const json::value& camera : cameras) {
    const json::value& last = camera.at("last_fragment_us");
    const json::value& message = camera.at("message");
    if (camera.at("alarm").as_bool())
      std::printf("ALARM: %s has not been recorded since %s\n", text_of(camera.at("id")).c_str(),
                  to_rfc3339({camera.at("silent_since_us").to_number<int64_t>()}).c_str());
    const json::value& other = camera.at("other_device");
    if (!other.is_null())
      std::printf("QUESTION: %s: %s (vedette camera confirm --id %s)\n",
                  text_of(camera.at("id")).c_str(), text_of(other.at("message")).c_str(),
                  text_of(camera.at("id")).c_str());
    std::printf("%-16s %-13s since %s  last recorded %s%s%s\n", text_of(camera.at("id")).c_str(),
                text_of(camera.at("state")).c_str(),
                to_rfc3339({camera.at("since_us").to_number<int64_t>()}).c_str(),
                last.is_null() ? "never" : to_rfc3339({last.to_number<int64_t>()}).c_str(),
                message.is_null() ? "" : "  ", message.is_null() ? "" : text_of(message).c_str());
  }
}

// What the storage report knows of each camera belongs to the camera.
void add_gaps(const json::value& storage, json::array& cameras) {
  for (json::value& camera : cameras) {
    for (const json::value& entry : storage.at("cameras").as_array()) {
      if (entry.at("camera") != camera.at("id")) continue;
      for (const char* name : {"gaps_today", "gap_us_today", "asked_us", "keeps_us", "oldest_us"})
        camera.as_object()[name] = entry.at(name);
    }
  }
}

int status(const std::string& data, bool as_json) {
  Control control(data);
  const auto server = control.ask("GET", "/api/v1/status", "");
  if (!server) return report(server.error());
  const auto cameras = control.ask("GET", "/api/v1/cameras", "");
  if (!cameras) return report(cameras.error());
  const auto storage = control.ask("GET", "/api/v1/storage", "");
  if (!storage) return report(storage.error());
  json::value cameras_json = json::parse(*cameras);
  const json::value storage_json = json::parse(*storage);
  add_gaps(storage_json, cameras_json.as_array());
  if (as_json) {
    const json::object all{
        {"server", json::parse(*server)}, {"cameras", cameras_json}, {"storage", storage_json}};
    std::printf("%s\n", json::serialize(all).c_str());
  } else {
    print_human(storage_json, cameras_json.as_array());
  }
  return kDone;
}

std::function<int()> setup_status(CLI::App& parser) {
  auto data = std::make_shared<std::string>();
  auto as_json = std::make_shared<bool>(false);
  parser.add_option("--data", *data, "Data folder of the site")->required();
  parser.add_flag("--json", *as_json, "The API's JSON");
  return [data, as_json] { return status(*data, *as_json); };
}

}  // namespace

std::vector<Command> status_commands() {
  return {{auth::Policy(auth::Operation::kReadStatus, auth::ObjectKind::kServer,
                        auth::PictureUse::kNone),
           "status", "How the server and its cameras are doing", setup_status}};
}

}  // namespace vedette::app
