// SPDX-License-Identifier: Apache-2.0
// Where is recorded to, and with which limits.
#include "api/handlers.h"
#include "api/json.h"
#include "api/volume_form.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kList(Operation::kReadStatus, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kConfigure(Operation::kConfigureVolumes, ObjectKind::kServer, PictureUse::kNone);

Result<net::Response> list_volumes(site::VolumeService& volumes, const Call&) {
  VEDETTE_ASSIGN(const auto all, volumes.list());
  json::array out;
  for (const store::VolumeSpec& volume : all) out.push_back(to_json(volume));
  return json_response(out);
}

Result<net::Response> put_volume(site::VolumeService& volumes, const Call& call) {
  VEDETTE_ASSIGN(const json::object form, parse_object(call.request));
  VEDETTE_ASSIGN(const store::VolumeSpec wanted, read_volume(form));
  VEDETTE_ASSIGN(const bool added, volumes.put(wanted));
  return json_response(to_json(wanted), added ? 201 : 200);
}

Result<net::Response> remove_volume(site::VolumeService& volumes, const Call& call) {
  const auto path = call.request.query.get("path");
  if (!path || path->empty())
    return make_error(ErrorCode::kInvalidArgument, "path says which volume: ?path=/srv/disk1");
  VEDETTE_TRY(volumes.remove(std::string(*path)));
  net::Response response;
  response.status = 204;
  return response;
}

/// The context of what is refused is the field that it is about.
net::Response refuse(const Error& error) {
  const bool named = error.code == ErrorCode::kInvalidArgument && !error.context.empty();
  return net::problem(named ? make_error(error.code, error.what) : error,
                      named ? std::string_view(error.context) : std::string_view());
}

using VolumeHandler = Result<net::Response> (*)(site::VolumeService&, const Call&);

Handler answer(site::VolumeService& volumes, VolumeHandler handler) {
  return [&volumes, handler](const Call& call) {
    auto response = handler(volumes, call);
    return response ? std::move(*response) : refuse(response.error());
  };
}

}  // namespace

json::object to_json(const store::VolumeSpec& volume) {
  const auto limit = [](const std::optional<int64_t>& bytes) {
    return bytes ? json::value(*bytes) : json::value(nullptr);
  };
  return {{"path", volume.path},
          {"quota_bytes", limit(volume.quota_bytes)},
          {"reserve_bytes", limit(volume.reserve_bytes)}};
}

Result<store::VolumeSpec> read_volume(const json::object& form) {
  const auto bad = [](std::string_view field, const std::string& what) {
    return make_error(ErrorCode::kInvalidArgument, what).with_context(field);
  };
  store::VolumeSpec volume;
  for (const auto& entry : form) {
    const std::string key(entry.key());
    const json::value& value = entry.value();
    if (key == "path") {
      if (!value.is_string()) return bad(key, "path must be text: /srv/disk1");
      volume.path = std::string(value.get_string());
    } else if (key == "quota_bytes" || key == "reserve_bytes") {
      if (!value.is_null() && !value.is_int64())
        return bad(key, key + " must be a whole number of bytes, or null for none");
      auto& limit = key == "quota_bytes" ? volume.quota_bytes : volume.reserve_bytes;
      if (value.is_int64()) limit = value.get_int64();
    } else {
      return bad(
          "", "a volume has no field \"" + key + "\"; it has path, quota_bytes and reserve_bytes");
    }
  }
  if (volume.path.empty()) return bad("path", "path is missing: which folder?");
  VEDETTE_TRY(store::check_volume(volume));
  return volume;
}

void add_volume_routes(site::VolumeService& volumes, std::vector<Route>& routes) {
  const std::string path = "/api/v1/volumes";
  routes.emplace_back(net::Method::kGet, path, kList, answer(volumes, &list_volumes));
  routes.emplace_back(net::Method::kPut, path, kConfigure, answer(volumes, &put_volume));
  routes.emplace_back(net::Method::kDelete, path, kConfigure, answer(volumes, &remove_volume));
}

}  // namespace vedette::api
