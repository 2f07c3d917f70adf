// SPDX-License-Identifier: Apache-2.0
#include "api/fields.h"
#include "api/handlers.h"
#include "api/json.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kList(Operation::kReadLedger, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kPlace(Operation::kHoldRecordings, ObjectKind::kCamera, PictureUse::kNone);

constexpr const char* kOwner = "owner";  // until there are accounts

Result<WallTime> time_of(const json::value& value, std::string_view name) {
  if (!value.is_int64()) return bad(std::string(name) + " must be UTC microseconds");
  return WallTime{value.get_int64()};
}

Result<store::Hold> read_hold(const json::object& form) {
  store::Hold hold;
  hold.who = kOwner;
  hold.from = {-1};
  for (const auto& field : form) {
    const std::string_view key(field.key().data(), field.key().size());
    if (key == "camera") {
      VEDETTE_ASSIGN(hold.camera, text_of(field.value(), key));
    } else if (key == "reason") {
      VEDETTE_ASSIGN(hold.reason, text_of(field.value(), key));
    } else if (key == "by") {
      VEDETTE_ASSIGN(hold.who, text_of(field.value(), key));
    } else if (key == "from_us") {
      VEDETTE_ASSIGN(hold.from, time_of(field.value(), key));
    } else if (key == "to_us") {
      VEDETTE_ASSIGN(hold.to, time_of(field.value(), key));
    } else {
      return bad("a hold has no field \"" + std::string(key) + "\"");
    }
  }
  if (hold.camera.empty()) return bad("camera is missing: whose recordings are held?");
  if (hold.from.us < 0 || hold.to.us <= 0) return bad("from_us and to_us say what is held");
  VEDETTE_TRY(store::check_hold(hold));
  return hold;
}

Result<net::Response> list_holds(site::HoldService& holds, const Call&) {
  VEDETTE_ASSIGN(const auto all, holds.list());
  json::array out;
  for (const store::Hold& hold : all) out.push_back(to_json(hold));
  return json_response(out);
}

Result<net::Response> place_hold(site::HoldService& holds, const Call& call) {
  VEDETTE_ASSIGN(const json::object form, parse_object(call.request));
  VEDETTE_ASSIGN(store::Hold wanted, read_hold(form));
  VEDETTE_ASSIGN(const store::Hold placed, holds.place(std::move(wanted)));
  net::Response response = json_response(to_json(placed), 201);
  response.headers.set("Location", "/api/v1/holds/" + placed.id);
  return response;
}

Result<net::Response> lift_hold(site::HoldService& holds, const Call& call) {
  VEDETTE_ASSIGN(const store::Hold lifted, holds.lift(call.path.find("id")->second));
  net::Response response;
  response.status = 204;
  return response;
}

}  // namespace

json::object to_json(const store::Hold& hold) {
  return {{"id", hold.id},
          {"camera", hold.camera},
          {"from_us", hold.from.us},
          {"to_us", hold.to.us},
          {"reason", hold.reason},
          {"by", hold.who},
          {"placed_us", hold.created_us}};
}

void add_hold_routes(site::HoldService& holds, std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kGet, "/api/v1/holds", kList, bind(holds, &list_holds));
  routes.emplace_back(net::Method::kPost, "/api/v1/holds", kPlace, bind(holds, &place_hold));
  routes.emplace_back(net::Method::kDelete, "/api/v1/holds/{id}", kPlace, bind(holds, &lift_hold));
}

}  // namespace vedette::api
