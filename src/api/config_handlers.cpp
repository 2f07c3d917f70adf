// SPDX-License-Identifier: Apache-2.0
// The configuration as a whole. What is wrong in it is named by its place: cameras[2].url.
#include <algorithm>
#include <set>

#include "api/camera_form.h"
#include "api/fields.h"
#include "api/handlers.h"
#include "api/hidden_password.h"
#include "api/json.h"
#include "api/layout_form.h"
#include "api/volume_form.h"
#include "base/id.h"
#include "base/url_secrets.h"
#include "site/check_camera.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kConfigure(Operation::kConfigureCameras, ObjectKind::kServer, PictureUse::kNone);

/// A refusal whose context is the place in the body.
Error at(const std::string& place, std::string what) {
  return bad(std::move(what)).with_context(place);
}

std::string place_in(std::string_view list, size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

json::object camera_json(const store::Camera& camera, bool with_passwords) {
  const auto shown = [&](const std::string& url) { return with_passwords ? url : redact_url(url); };
  return {{"id", camera.id},
          {"name", camera.name},
          {"url", shown(camera.main_url)},
          {"sub_url", camera.sub_url ? json::value(shown(*camera.sub_url)) : json::value(nullptr)},
          {"transport", json::string_view(store::to_string(camera.transport))},
          {"retention", to_json(camera.retention)},
          {"record", camera.when.on},
          {"schedule", to_json(camera.when.hours)}};
}

Result<bool> flag(const net::Request& request, std::string_view name) {
  const auto value = request.query.get(name);
  if (!value || *value == "false") return false;
  if (*value == "true") return true;
  return bad(std::string(name) + " is true or false");
}

Result<net::Response> get_config(site::ConfigurationService& configuration, const Call& call) {
  VEDETTE_ASSIGN(const bool with_passwords, flag(call.request, "passwords"));
  if (with_passwords && call.request.peer != net::Peer::kControlSocket) {
    return make_error(ErrorCode::kPermissionDenied,
                      "passwords leave by the command line only: "
                      "vedette config export --with-passwords");
  }
  VEDETTE_ASSIGN(const auto now, configuration.configuration());
  json::array cameras;
  for (const store::Camera& one : now.cameras) cameras.push_back(camera_json(one, with_passwords));
  json::array layouts;
  for (const store::Layout& one : now.layouts) layouts.push_back(to_json(one));
  json::array volumes;
  for (const store::VolumeSpec& one : now.volumes.value_or(std::vector<store::VolumeSpec>()))
    volumes.push_back(to_json(one));
  return json_response(json::object{{"cameras", std::move(cameras)},
                                    {"layouts", std::move(layouts)},
                                    {"volumes", std::move(volumes)}});
}

/// The object at a place, which must have an id that nobody before it has.
Result<std::string> read_id(const json::value& value, const std::string& place,
                            std::set<std::string>& taken) {
  if (!value.is_object()) return at(place, "must be an object with id and name");
  const json::value* id = value.get_object().if_contains("id");
  if (id == nullptr) return at(place, "has no id; write one of a-z, 0-9, _ and -");
  if (!id->is_string()) return at(place + ".id", "must be text");
  std::string text(id->get_string());
  if (const auto good = check_id(text); !good) return at(place + ".id", good.error().what);
  if (!taken.insert(text).second) {
    return at(place + ".id", "there is another \"" + text + "\" before it; ids are given once");
  }
  return text;
}

/// Puts the stored password in place of ***.
Result<void> restore_password(json::object& form, const char* field, const store::Camera* stored) {
  json::value* value = form.if_contains(field);
  if (value == nullptr || !value->is_string()) return ok();
  const auto whole = whole_url(std::string(value->get_string()), stored);
  if (!whole) return at(field, whole.error().what);
  *value = *whole;
  return ok();
}

Error placed(const Error& error, const std::string& place) {
  const std::string_view field = field_of(error);
  const std::string where = field.empty() ? place : place + "." + std::string(field);
  return at(where, field.empty() ? error.message() : error.what);
}

/// The error of a form whose context is the place in it.
Error within(const Error& error, const std::string& place) {
  return at(error.context.empty() ? place : place + "." + error.context, error.what);
}

Result<store::Camera> read_camera(const json::value& value, const store::Camera* stored) {
  json::object form = value.get_object();
  VEDETTE_TRY(restore_password(form, "url", stored));
  VEDETTE_TRY(restore_password(form, "sub_url", stored));
  VEDETTE_ASSIGN(store::Camera camera, read_new_camera(form, {}));
  VEDETTE_TRY(site::check_camera(camera));
  return camera;
}

Result<const json::array*> list_of(const json::object& body, const char* name) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr) return bad(std::string(name) + " is missing; an empty list is []");
  if (!value->is_array()) return at(name, "must be a list");
  return &value->get_array();
}

Result<std::vector<store::Camera>> read_cameras(const json::array& list,
                                                const std::vector<store::Camera>& now) {
  std::vector<store::Camera> cameras;
  std::set<std::string> taken;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string place = place_in("cameras", i);
    VEDETTE_ASSIGN(const std::string id, read_id(list[i], place, taken));
    const auto stored =
        std::find_if(now.begin(), now.end(), [&](auto& one) { return one.id == id; });
    auto camera = read_camera(list[i], stored == now.end() ? nullptr : &*stored);
    if (!camera) return placed(camera.error(), place);
    cameras.push_back(std::move(*camera));
  }
  return cameras;
}

Result<std::vector<store::Layout>> read_layouts(const json::array& list) {
  if (list.size() > store::kMaxLayouts) return at("layouts", "there are 64 at most");
  std::vector<store::Layout> layouts;
  std::set<std::string> taken;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string place = place_in("layouts", i);
    VEDETTE_ASSIGN(const std::string id, read_id(list[i], place, taken));
    auto layout = read_layout(list[i].get_object());
    if (!layout) return within(layout.error(), place);
    layout->id = id;
    const auto good = store::check_layout(*layout);
    if (!good) return within(good.error(), place);
    layouts.push_back(std::move(*layout));
  }
  return layouts;
}

Result<std::vector<store::VolumeSpec>> read_volumes(const json::array& list) {
  std::vector<store::VolumeSpec> volumes;
  for (size_t i = 0; i < list.size() && i <= store::kMaxVolumes; ++i) {
    const std::string place = place_in("volumes", i);
    if (!list[i].is_object()) return at(place, "must be an object with a path");
    auto volume = read_volume(list[i].get_object());
    if (!volume) return within(volume.error(), place);
    volumes.push_back(std::move(*volume));
  }
  return volumes;
}

json::object ids_json(const store::ConfigChanges::Ids& ids) {
  const auto list = [](const std::vector<std::string>& all) {
    return json::array(all.begin(), all.end());
  };
  return {
      {"added", list(ids.added)}, {"changed", list(ids.changed)}, {"removed", list(ids.removed)}};
}

Result<net::Response> put_config(site::ConfigurationService& configuration, const Call& call) {
  store::ReplaceOptions options;
  VEDETTE_ASSIGN(options.remove, flag(call.request, "remove"));
  VEDETTE_ASSIGN(options.dry_run, flag(call.request, "dry_run"));
  VEDETTE_ASSIGN(const json::object body, parse_object(call.request));
  for (const auto& field : body) {
    if (field.key() != "cameras" && field.key() != "layouts" && field.key() != "volumes") {
      return bad("a configuration has no field \"" + std::string(field.key()) +
                 "\"; it has cameras, layouts and volumes");
    }
  }
  VEDETTE_ASSIGN(const json::array* cameras, list_of(body, "cameras"));
  VEDETTE_ASSIGN(const json::array* layouts, list_of(body, "layouts"));
  VEDETTE_ASSIGN(const auto now, configuration.configuration());
  store::Configuration wanted;
  VEDETTE_ASSIGN(wanted.cameras, read_cameras(*cameras, now.cameras));
  VEDETTE_ASSIGN(wanted.layouts, read_layouts(*layouts));
  // Files of before there was such a list say nothing about volumes.
  if (body.contains("volumes")) {
    VEDETTE_ASSIGN(const json::array* volumes, list_of(body, "volumes"));
    VEDETTE_ASSIGN(wanted.volumes, read_volumes(*volumes));
  }
  VEDETTE_ASSIGN(const auto changes, configuration.replace(wanted, options));
  return json_response(json::object{{"cameras", ids_json(changes.cameras)},
                                    {"layouts", ids_json(changes.layouts)},
                                    {"volumes", ids_json(changes.volumes)}});
}

/// The context of what this file refuses is the place of it in the body.
net::Response refuse(const Error& error) {
  const bool named = error.code == ErrorCode::kInvalidArgument && !error.context.empty();
  return net::problem(error, named ? std::string_view(error.context) : std::string_view());
}

using ConfigHandler = Result<net::Response> (*)(site::ConfigurationService&, const Call&);

Handler bind(site::ConfigurationService& configuration, ConfigHandler handler) {
  return [&configuration, handler](const Call& call) {
    auto response = handler(configuration, call);
    return response ? std::move(*response) : refuse(response.error());
  };
}

}  // namespace

void add_config_routes(site::ConfigurationService& configuration, std::vector<Route>& routes) {
  const std::string path = "/api/v1/config";
  routes.emplace_back(net::Method::kGet, path, kConfigure, bind(configuration, &get_config));
  routes.emplace_back(net::Method::kPut, path, kConfigure, bind(configuration, &put_config));
}

}  // namespace vedette::api
