// SPDX-License-Identifier: Apache-2.0
#include "api/camera_form.h"
#include "api/handlers.h"
#include "api/json.h"
#include "base/id.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;

constexpr Policy kRead(Operation::kReadCameras, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kReadOne(Operation::kReadCameras, ObjectKind::kCamera, PictureUse::kNone);
constexpr Policy kAdd(Operation::kConfigureCameras, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kChange(Operation::kConfigureCameras, ObjectKind::kCamera, PictureUse::kNone);

net::Response list_cameras(CameraService& cameras) {
  const auto entries = cameras.list();
  if (!entries) return net::problem(entries.error());
  boost::json::array out;
  for (const CameraEntry& entry : *entries) out.push_back(to_json(entry));
  return json_response(out);
}

net::Response get_camera(CameraService& cameras, const std::string& id) {
  const auto entry = cameras.find(id);
  return entry ? json_response(to_json(*entry)) : net::problem(entry.error());
}

net::Response add_camera(CameraService& cameras, const Call& call) {
  const auto form = parse_object(call.request);
  if (!form) return net::problem(form.error());
  const auto entries = cameras.list();
  if (!entries) return net::problem(entries.error());
  std::vector<std::string> taken;
  for (const CameraEntry& entry : *entries) taken.push_back(entry.camera.id);
  const auto camera = read_new_camera(*form, taken);
  if (!camera) return net::problem(camera.error(), field_of(camera.error()));
  const auto added = cameras.add(*camera);
  if (!added && added.error().code == ErrorCode::kFailedPrecondition) {
    return net::problem(409, "already_exists",
                        "there is a camera with the id \"" + camera->id +
                            "\" already; choose another id or leave it out",
                        "id");
  }
  if (!added) return net::problem(added.error(), field_of(added.error()));
  const auto entry = cameras.find(camera->id);
  if (!entry) return net::problem(entry.error());
  net::Response response = json_response(to_json(*entry), 201);
  response.headers.set("Location", "/api/v1/cameras/" + camera->id);
  return response;
}

net::Response update_camera(CameraService& cameras, const Call& call) {
  const auto form = parse_object(call.request);
  if (!form) return net::problem(form.error());
  const std::string& id = call.path.find("id")->second;
  const auto updated = cameras.update(
      id, [&form](const store::Camera& stored) { return apply_patch(*form, stored); });
  if (!updated) return net::problem(updated.error(), field_of(updated.error()));
  return get_camera(cameras, id);
}

net::Response confirm_device(CameraService& cameras, const std::string& id) {
  const auto confirmed = cameras.confirm_device(id);
  return confirmed ? get_camera(cameras, id) : net::problem(confirmed.error());
}

net::Response remove_camera(CameraService& cameras, const std::string& id) {
  const auto removed = cameras.remove(id);
  if (!removed) return net::problem(removed.error());
  net::Response response;
  response.status = 204;
  return response;
}

}  // namespace

void add_camera_routes(CameraService& cameras, std::vector<Route>& routes) {
  const auto id_of = [](const Call& call) { return call.path.find("id")->second; };
  routes.emplace_back(net::Method::kGet, "/api/v1/cameras", kRead,
                      [&cameras](const Call&) { return list_cameras(cameras); });
  routes.emplace_back(net::Method::kPost, "/api/v1/cameras", kAdd,
                      [&cameras](const Call& call) { return add_camera(cameras, call); });
  routes.emplace_back(
      net::Method::kGet, "/api/v1/cameras/{id}", kReadOne,
      [&cameras, id_of](const Call& call) { return get_camera(cameras, id_of(call)); });
  routes.emplace_back(net::Method::kPatch, "/api/v1/cameras/{id}", kChange,
                      [&cameras](const Call& call) { return update_camera(cameras, call); });
  routes.emplace_back(
      net::Method::kPost, "/api/v1/cameras/{id}/device", kChange,
      [&cameras, id_of](const Call& call) { return confirm_device(cameras, id_of(call)); });
  routes.emplace_back(
      net::Method::kDelete, "/api/v1/cameras/{id}", kChange,
      [&cameras, id_of](const Call& call) { return remove_camera(cameras, id_of(call)); });
}

}  // namespace vedette::api
