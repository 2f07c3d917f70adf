// SPDX-License-Identifier: Apache-2.0
#include "api/handlers.h"
#include "api/json.h"
#include "api/layout_form.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kList(Operation::kReadCameras, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kArrange(Operation::kArrangeLayouts, ObjectKind::kServer, PictureUse::kNone);

Result<net::Response> list_layouts(store::LayoutStore& layouts, const Call&) {
  VEDETTE_ASSIGN(const auto all, layouts.layouts());
  json::array out;
  for (const store::Layout& layout : all) out.push_back(to_json(layout));
  return json_response(out);
}

Result<net::Response> put_layout(store::LayoutStore& layouts, const Call& call) {
  VEDETTE_ASSIGN(const json::object form, parse_object(call.request));
  VEDETTE_ASSIGN(store::Layout layout, read_layout(form));
  layout.id = call.path.find("id")->second;
  VEDETTE_ASSIGN(const bool added, layouts.put_layout(layout));
  return json_response(to_json(layout), added ? 201 : 200);
}

Result<net::Response> remove_layout(store::LayoutStore& layouts, const Call& call) {
  VEDETTE_TRY(layouts.remove_layout(call.path.find("id")->second));
  net::Response response;
  response.status = 204;
  return response;
}

}  // namespace

void add_layout_routes(store::LayoutStore& layouts, std::vector<Route>& routes) {
  const std::string one = "/api/v1/layouts/{id}";
  routes.emplace_back(net::Method::kGet, "/api/v1/layouts", kList, bind(layouts, &list_layouts));
  routes.emplace_back(net::Method::kPut, one, kArrange, bind(layouts, &put_layout));
  routes.emplace_back(net::Method::kDelete, one, kArrange, bind(layouts, &remove_layout));
}

}  // namespace vedette::api
