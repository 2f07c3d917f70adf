// SPDX-License-Identifier: Apache-2.0
// vedette camera add|list|remove: through the running server's control socket, else in the
// configuration itself.
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "app/control.h"
#include "app/retention_text.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

struct AddOptions {
  std::string data, id, name, url, sub_url, transport = "tcp", retention, least;
};

std::function<int()> setup_add(CLI::App& parser) {
  auto options = std::make_shared<AddOptions>();
  parser.add_option("--data", options->data, "Data folder of the site")->required();
  parser.add_option("--id", options->id, "Short id: a-z, 0-9, _ and -")->required();
  parser.add_option("--name", options->name, "What people call it")->required();
  parser.add_option("--url", options->url, "rtsp://[user:password@]host[:port]/path")->required();
  parser.add_option("--sub-url", options->sub_url, "The camera's smaller second stream");
  parser.add_option("--transport", options->transport, "tcp or udp");
  parser.add_option("--retention", options->retention, "Keep at most: 14d, 36h, 500GB, 14d,500GB");
  parser.add_option("--keep-at-least", options->least,
                    "Make room elsewhere before less than this is kept: 7d, 100GB");
  return [options] {
    json::object camera{{"id", options->id},
                        {"name", options->name},
                        {"url", options->url},
                        {"transport", options->transport}};
    if (!options->sub_url.empty()) camera["sub_url"] = options->sub_url;
    json::object keep;
    for (const auto& [text, prefix] :
         {std::pair{&options->retention, "max"}, std::pair{&options->least, "min"}}) {
      if (text->empty()) continue;
      const auto limits = parse_retention(*text, prefix);
      if (!limits) return report(limits.error());
      for (const auto& limit : *limits) keep[limit.key()] = limit.value();
    }
    if (!keep.empty()) camera["retention"] = keep;
    Control control(options->data);
    const auto added = control.ask("POST", "/api/v1/cameras", json::serialize(camera));
    if (!added) return report(added.error());
    std::printf("camera %s added\n", options->id.c_str());
    return static_cast<int>(kDone);
  };
}

std::string text_of(const json::object& entry, std::string_view key) {
  const json::value* value = entry.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

void print_camera(const json::object& camera) {
  const std::string message = text_of(camera, "message");
  std::printf("%-16s %-10s %-24s %s%s%s\n", text_of(camera, "id").c_str(),
              text_of(camera, "state").c_str(), text_of(camera, "name").c_str(),
              text_of(camera, "url").c_str(), message.empty() ? "" : "  ", message.c_str());
}

std::function<int()> setup_list(CLI::App& parser) {
  auto data = std::make_shared<std::string>();
  auto as_json = std::make_shared<bool>(false);
  parser.add_option("--data", *data, "Data folder of the site")->required();
  parser.add_flag("--json", *as_json, "The API's JSON");
  return [data, as_json] {
    Control control(*data);
    const auto answer = control.ask("GET", "/api/v1/cameras", "");
    if (!answer) return report(answer.error());
    if (*as_json) {
      std::printf("%s\n", answer->c_str());
      return static_cast<int>(kDone);
    }
    const json::value cameras = json::parse(*answer);
    for (const json::value& camera : cameras.as_array()) print_camera(camera.as_object());
    return static_cast<int>(kDone);
  };
}

std::function<int()> setup_remove(CLI::App& parser) {
  auto data = std::make_shared<std::string>();
  auto id = std::make_shared<std::string>();
  parser.add_option("--data", *data, "Data folder of the site")->required();
  parser.add_option("--id", *id, "The camera's id")->required();
  return [data, id] {
    Control control(*data);
    const auto answer = control.ask("DELETE", "/api/v1/cameras/" + *id, "");
    if (!answer) return report(answer.error());
    std::printf("camera %s removed; its recordings stay until their time is over\n", id->c_str());
    return static_cast<int>(kDone);
  };
}

}  // namespace

std::vector<Command> camera_commands() {
  using auth::ObjectKind;
  using auth::Operation;
  using auth::PictureUse;
  return {
      {auth::Policy(Operation::kConfigureCameras, ObjectKind::kCamera, PictureUse::kNone),
       "camera add", "Record a camera", setup_add},
      {auth::Policy(Operation::kReadCameras, ObjectKind::kCamera, PictureUse::kNone), "camera list",
       "Every camera with its state", setup_list},
      {auth::Policy(Operation::kConfigureCameras, ObjectKind::kCamera, PictureUse::kNone),
       "camera remove", "Stop recording a camera", setup_remove},
  };
}

}  // namespace vedette::app
