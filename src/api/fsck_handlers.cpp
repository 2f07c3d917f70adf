// SPDX-License-Identifier: Apache-2.0
// fsck of the running server: started, watched, cancelled. The command line is its main user.
#include "api/camera_form.h"
#include "api/fields.h"
#include "api/fsck_json.h"
#include "api/handlers.h"
#include "api/json.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;

constexpr Policy kCheck(Operation::kCheckArchive, ObjectKind::kServer, PictureUse::kNone);

Result<store::FsckOptions> read_options(const net::Request& request) {
  VEDETTE_ASSIGN(const boost::json::object form, parse_object(request));
  for (const auto& field : form) {
    if (field.key() != "rebuild" && field.key() != "quick")
      return bad("fsck has no field \"" + std::string(field.key()) +
                 "\"; it has rebuild and quick");
  }
  store::FsckOptions options;
  VEDETTE_ASSIGN(options.rebuild, flag_field(form, "rebuild", false));
  VEDETTE_ASSIGN(options.quick, flag_field(form, "quick", false));
  return options;
}

net::Response start(store::FsckService& fsck, const Call& call) {
  const auto options = read_options(call.request);
  if (!options) return net::problem(options.error());
  if (const auto started = fsck.start(*options); !started) {
    return net::problem(409, "already_running", started.error().what);
  }
  return json_response(to_json(fsck.status()), 202);
}

}  // namespace

void add_fsck_routes(store::FsckService& fsck, std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kPost, "/api/v1/fsck", kCheck,
                      [&fsck](const Call& call) { return start(fsck, call); });
  routes.emplace_back(net::Method::kGet, "/api/v1/fsck", kCheck,
                      [&fsck](const Call&) { return json_response(to_json(fsck.status())); });
  routes.emplace_back(net::Method::kDelete, "/api/v1/fsck", kCheck, [&fsck](const Call&) {
    fsck.cancel();
    return json_response(to_json(fsck.status()), 202);
  });
}

}  // namespace vedette::api
