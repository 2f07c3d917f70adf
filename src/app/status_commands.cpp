// SPDX-License-Identifier: Apache-2.0
// vedette status: how the running server and its cameras are doing.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "app/control.h"
#include "base/time.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string("-");
}

void print_human(const json::value& server, const json::array& cameras) {
  for (const json::value& volume : server.at("volumes").as_array()) {
    std::printf("%s: %.1f GB of recordings, %.1f GB free of %.1f GB\n",
                text_of(volume.at("path")).c_str(),
                volume.at("used_bytes").to_number<double>() / 1e9,
                volume.at("free_bytes").to_number<double>() / 1e9,
                volume.at("total_bytes").to_number<double>() / 1e9);
  }
  for (const json::value& camera : cameras) {
    const json::value& last = camera.at("last_fragment_us");
    const json::value& message = camera.at("message");
    std::printf("%-16s %-13s since %s  last recorded %s%s%s\n", text_of(camera.at("id")).c_str(),
                text_of(camera.at("state")).c_str(),
                to_rfc3339({camera.at("since_us").to_number<int64_t>()}).c_str(),
                last.is_null() ? "never" : to_rfc3339({last.to_number<int64_t>()}).c_str(),
                message.is_null() ? "" : "  ", message.is_null() ? "" : text_of(message).c_str());
  }
}

int status(const std::string& data, bool as_json) {
  Control control(data);
  const auto server = control.ask("GET", "/api/v1/status", "");
  if (!server) return report(server.error());
  const auto cameras = control.ask("GET", "/api/v1/cameras", "");
  if (!cameras) return report(cameras.error());
  const json::value server_json = json::parse(*server);
  const json::value cameras_json = json::parse(*cameras);
  if (as_json) {
    const json::object both{{"server", server_json}, {"cameras", cameras_json}};
    std::printf("%s\n", json::serialize(both).c_str());
  } else {
    print_human(server_json, cameras_json.as_array());
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
