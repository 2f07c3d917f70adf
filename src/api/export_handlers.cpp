// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "api/fields.h"
#include "api/handlers.h"
#include "api/json.h"
#include "base/id.h"
#include "base/utf8.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
using playback::ExportState;
using playback::ExportStatus;
namespace json = boost::json;

constexpr Policy kMake(Operation::kExport, ObjectKind::kCamera, PictureUse::kAsRequested);
constexpr Policy kFetch(Operation::kExport, ObjectKind::kCamera, PictureUse::kAsRequested);
constexpr Policy kLook(Operation::kExport, ObjectKind::kCamera, PictureUse::kNone);
constexpr Policy kList(Operation::kExport, ObjectKind::kServer, PictureUse::kNone);

constexpr size_t kMaxOperator = 100;

json::object to_json(const ExportStatus& status) {
  const playback::ExportRange& range = status.request.range;
  json::object out{{"id", status.id},
                   {"camera", range.camera},
                   {"stream", range.kind == media::StreamKind::kMain ? "main" : "sub"},
                   {"from_us", range.from.us},
                   {"to_us", range.to.us},
                   {"form", json::string_view(playback::to_string(status.request.form))},
                   {"operator", or_null(status.request.operator_name)},
                   {"state", json::string_view(playback::to_string(status.state))},
                   {"created_us", status.created.us},
                   {"expires_us", status.expires.us},
                   {"done_bytes", status.done_bytes}};
  out["total_bytes"] = status.total_bytes == 0 ? json::value() : json::value(status.total_bytes);
  const bool done = status.state == ExportState::kDone;
  out["size"] = done ? json::value(status.size) : json::value();
  out["file"] = done ? json::value("/api/v1/exports/" + status.id + "/file") : json::value();
  out["error"] = nullptr;
  if (status.error) {
    out["error"] = json::object{{"code", json::string_view(to_string(status.error->code))},
                                {"detail", status.error->message()}};
  }
  return out;
}

Result<WallTime> time_field(const json::object& form, std::string_view name) {
  const json::value* value = form.if_contains(json::string_view(name));
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) {
    return bad(std::string(name) + " must be a whole number: UTC in µs since 1970");
  }
  return WallTime{value->get_int64()};
}

Result<void> check_fields(const json::object& form) {
  constexpr std::array<std::string_view, 6> kKnown = {"camera", "stream", "from_us",
                                                      "to_us",  "form",   "operator"};
  for (const auto& field : form) {
    const std::string_view name(field.key().data(), field.key().size());
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      return bad("there is no field \"" + std::string(name) + "\" in an export");
    }
  }
  return ok();
}

Result<void> check_operator(const std::string& name) {
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!control && utf8_length(name) <= kMaxOperator) return ok();
  return bad("operator: write a name of at most 100 letters");
}

Result<playback::ExportRequest> read_request(const json::object& form) {
  playback::ExportRequest request;
  VEDETTE_TRY(check_fields(form));
  VEDETTE_ASSIGN(request.range.camera, text_field(form, "camera", ""));
  if (const auto id = check_id(request.range.camera); !id) return bad("camera: " + id.error().what);
  VEDETTE_ASSIGN(const std::string stream, text_field(form, "stream", "main"));
  if (stream != "main" && stream != "sub") return bad("stream is main or sub");
  if (stream == "sub") request.range.kind = media::StreamKind::kSub;
  VEDETTE_ASSIGN(request.range.from, time_field(form, "from_us"));
  VEDETTE_ASSIGN(request.range.to, time_field(form, "to_us"));
  VEDETTE_TRY(playback::check_range(request.range));
  VEDETTE_ASSIGN(const std::string kind, text_field(form, "form", "mp4"));
  if (kind != "mp4" && kind != "bundle") return bad("form is mp4 or bundle");
  if (kind == "bundle") request.form = playback::ExportForm::kBundle;
  VEDETTE_ASSIGN(request.operator_name, text_field(form, "operator", ""));
  VEDETTE_TRY(check_operator(request.operator_name));
  request.by = "local-owner";
  return request;
}

/// A camera that was removed still has what it recorded. When the catalog does not answer the
/// export says so itself.
bool is_unknown(const Services& services, const std::string& camera) {
  for (const auto kind : {media::StreamKind::kMain, media::StreamKind::kSub}) {
    const playback::FragmentRange any{camera, kind, {0}, {INT64_MAX}, 1};
    const auto found = services.archive.fragments(any);
    if (!found || !found->empty()) return false;
  }
  return true;
}

Result<net::Response> add_export(const Services& services, const Call& call) {
  VEDETTE_ASSIGN(const json::object form, parse_object(call.request));
  VEDETTE_ASSIGN(playback::ExportRequest request, read_request(form));
  if (const auto camera = services.cameras.find(request.range.camera)) {
    request.camera_name = camera->camera.name;
  } else if (is_unknown(services, request.range.camera)) {
    return make_error(ErrorCode::kNotFound, "there is no recording of camera \"" +
                                                request.range.camera +
                                                "\", and no camera of that name; GET"
                                                " /api/v1/cameras lists them");
  }
  const auto added = services.exports.add(request);
  if (!added && added.error().code == ErrorCode::kResourceExhausted) {
    return net::problem(429, "too_many", added.error().message());
  }
  if (!added) return added.error();
  net::Response response = json_response(to_json(*added), 202);
  response.headers.set("Location", "/api/v1/exports/" + added->id);
  return response;
}

Result<net::Response> list_exports(const Services& services, const Call&) {
  json::array out;
  for (const ExportStatus& status : services.exports.list()) out.push_back(to_json(status));
  return json_response(out);
}

Result<net::Response> get_export(const Services& services, const Call& call) {
  VEDETTE_ASSIGN(const ExportStatus status, services.exports.find(call.path.find("id")->second));
  return json_response(to_json(status));
}

Result<net::Response> get_file(const Services& services, const Call& call) {
  VEDETTE_ASSIGN(const ExportStatus status, services.exports.find(call.path.find("id")->second));
  if (status.state != ExportState::kDone) {
    return net::problem(
        409, "not_done",
        "this export is not done; GET /api/v1/exports/" + status.id + " says how far it is");
  }
  VEDETTE_ASSIGN(auto file, net::open_file_body(status.path));
  const bool mp4 = status.request.form == playback::ExportForm::kMp4;
  const playback::ExportRange& range = status.request.range;
  net::Response response;
  response.headers.set("Content-Type", mp4 ? "video/mp4" : "application/zip");
  response.headers.set("Content-Disposition", "attachment; filename=\"" + range.camera + "-" +
                                                  std::to_string(range.from.us) +
                                                  (mp4 ? ".mp4\"" : ".zip\""));
  response.etag = status.id;
  response.source = std::move(file);
  return response;
}

Result<net::Response> remove_export(const Services& services, const Call& call) {
  VEDETTE_TRY(services.exports.remove(call.path.find("id")->second));
  net::Response response;
  response.status = 204;
  return response;
}

}  // namespace

void add_export_routes(const Services& services, std::vector<Route>& routes) {
  using net::Method;
  const std::string one = "/api/v1/exports/{id}";
  routes.emplace_back(Method::kPost, "/api/v1/exports", kMake, bind_copy(services, &add_export));
  routes.emplace_back(Method::kGet, "/api/v1/exports", kList, bind_copy(services, &list_exports));
  routes.emplace_back(Method::kGet, one, kLook, bind_copy(services, &get_export));
  routes.emplace_back(Method::kDelete, one, kLook, bind_copy(services, &remove_export));
  routes.emplace_back(Method::kGet, one + "/file", kFetch, bind_copy(services, &get_file));
}

}  // namespace vedette::api
