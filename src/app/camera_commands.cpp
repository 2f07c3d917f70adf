// SPDX-License-Identifier: Apache-2.0
// vedette camera add|list|confirm|remove: through the running server's control socket, else in the
// configuration itself.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "app/control.h"
#include "app/question.h"
#include "app/retention_text.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

constexpr const char* kCameras = "/api/v1/cameras";

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
    const auto added = control.ask("POST", kCameras, json::serialize(camera));
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

int print_cameras(const json::value& cameras) {
  for (const json::value& camera : cameras.as_array()) print_camera(camera.as_object());
  return kDone;
}

std::function<int()> setup_list(CLI::App& parser) {
  return setup_showing(parser, {"GET", kCameras}, &print_cameras);
}

std::function<int()> setup_remove(CLI::App& parser) {
  return setup_change(parser, {"--id", "The camera's id", "DELETE", "/api/v1/cameras/{}",
                               "camera {} removed; its recordings stay until their time is over"});
}

std::function<int()> setup_confirm(CLI::App& parser) {
  return setup_change(parser, {"--id", "The camera's id", "POST", "/api/v1/cameras/{}/device",
                               "what answers now is camera {}"});
}

int print_found(const json::value& found) {
  const json::array& devices = found.at("devices").as_array();
  for (const json::value& device : devices) {
    const json::object& entry = device.as_object();
    const bool added = !entry.at("cameras").as_array().empty();
    std::printf("%-28s %-20s %s%s\n", text_of(entry, "name").c_str(),
                text_of(entry, "hardware").c_str(), text_of(entry, "address").c_str(),
                added ? "  (added already)" : "");
  }
  if (devices.empty()) {
    std::printf("no camera answers; try one by its address: vedette camera probe ADDRESS\n");
  }
  if (!found.at("network").as_bool()) {
    std::printf("this machine has no network on which cameras could answer\n");
  }
  return devices.empty() ? kAnswerIsNo : kDone;
}

std::function<int()> setup_discover(CLI::App& parser) {
  return setup_showing(parser, {"POST", "/api/v1/discovery", "{}"}, &print_found);
}

int print_offer(const std::string& answer) {
  const json::value offer = json::parse(answer);
  for (const json::value& camera : offer.at("cameras").as_array()) {
    const std::string id = text_of(camera.as_object(), "camera");
    std::printf("%s%s\n", text_of(camera.as_object(), "name").c_str(),
                id.empty() ? "" : ("  (added already, as " + id + ")").c_str());
    for (const json::value& stream : camera.at("streams").as_array()) {
      const json::object& entry = stream.as_object();
      std::printf("  %-5s %-5s %4lldx%-4lld %5.2f/s  %s\n", text_of(entry, "kind").c_str(),
                  text_of(entry, "codec").c_str(),
                  static_cast<long long>(entry.at("width").as_int64()),
                  static_cast<long long>(entry.at("height").as_int64()),
                  entry.at("fps").to_number<double>(), text_of(entry, "url").c_str());
    }
  }
  return kDone;
}

struct ProbeOptions {
  std::string data, place, user, password;
  bool as_json = false;
};

std::function<int()> setup_probe(CLI::App& parser) {
  auto options = std::make_shared<ProbeOptions>();
  parser.add_option("place", options->place, "rtsp://… of a stream, or a camera's address")
      ->required();
  parser.add_option("--data", options->data, "Data folder of the site")->required();
  parser.add_option("--user", options->user, "The camera's user");
  parser.add_option("--password", options->password, "And password");
  parser.add_flag("--json", options->as_json, "The API's JSON");
  return [options] {
    const bool stream = options->place.rfind("rtsp", 0) == 0;
    const json::object question{{stream ? "url" : "address", options->place},
                                {"user", options->user},
                                {"password", options->password}};
    Control control(options->data);
    const auto answer = control.ask("POST", "/api/v1/probe", json::serialize(question));
    if (!answer) return report(answer.error());
    if (!options->as_json) return print_offer(*answer);
    std::printf("%s\n", answer->c_str());
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
      {auth::Policy(Operation::kConfigureCameras, ObjectKind::kCamera, PictureUse::kNone),
       "camera confirm", "The device that answers at the camera's address is the right one",
       setup_confirm},
      {auth::Policy(Operation::kConfigureCameras, ObjectKind::kServer, PictureUse::kNone),
       "camera discover", "Cameras on this network", setup_discover},
      {auth::Policy(Operation::kConfigureCameras, ObjectKind::kServer, PictureUse::kAsRequested),
       "camera probe", "What a camera or stream offers, or what is wrong with it", setup_probe},
  };
}

}  // namespace vedette::app
