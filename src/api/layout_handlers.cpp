// SPDX-License-Identifier: Apache-2.0
#include "api/handlers.h"
#include "api/json.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kList(Operation::kReadCameras, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kArrange(Operation::kArrangeLayouts, ObjectKind::kServer, PictureUse::kNone);

Error bad(std::string what) { return make_error(ErrorCode::kInvalidArgument, std::move(what)); }

json::object to_json(const store::Layout& layout) {
  json::array tiles;
  for (const store::LayoutTile& tile : layout.tiles) {
    tiles.push_back(json::object{{"camera", tile.camera}, {"size", tile.size}});
  }
  return {{"id", layout.id},
          {"name", layout.name},
          {"grid", json::string_view(store::to_string(layout.grid))},
          {"tiles", std::move(tiles)}};
}

Result<std::string> text_of(const json::value& value, std::string_view name) {
  if (!value.is_string()) return bad(std::string(name) + " must be text");
  return std::string(value.get_string());
}

Result<store::LayoutTile> read_tile(const json::value& value) {
  if (!value.is_object()) return bad("tiles: each is an object with a camera");
  store::LayoutTile tile;
  for (const auto& field : value.get_object()) {
    if (field.key() == "camera") {
      VEDETTE_ASSIGN(tile.camera, text_of(field.value(), "a tile's camera"));
    } else if (field.key() == "size") {
      const json::value& size = field.value();
      if (!size.is_int64() || size.get_int64() < 1 || size.get_int64() > 4) {
        return bad("a tile's size is 1 to 4");
      }
      tile.size = static_cast<int>(size.get_int64());
    } else {
      return bad("a tile has no field \"" + std::string(field.key()) + "\"");
    }
  }
  return tile;
}

Result<std::vector<store::LayoutTile>> read_tiles(const json::value& value) {
  if (!value.is_array()) return bad("tiles must be a list");
  const json::array& list = value.get_array();
  if (list.size() > store::kMaxLayoutTiles) {
    return bad("a layout has at most 64 tiles; make a second one for the other cameras");
  }
  std::vector<store::LayoutTile> tiles;
  for (const json::value& entry : list) {
    VEDETTE_ASSIGN(auto tile, read_tile(entry));
    tiles.push_back(std::move(tile));
  }
  return tiles;
}

Result<store::Layout> read_layout(const json::object& form) {
  store::Layout layout;
  for (const auto& field : form) {
    if (field.key() == "name") {
      VEDETTE_ASSIGN(layout.name, text_of(field.value(), "name"));
    } else if (field.key() == "grid") {
      VEDETTE_ASSIGN(const std::string word, text_of(field.value(), "grid"));
      const auto grid = store::parse_layout_grid(word);
      if (!grid) return bad("grid is auto, focus, 2x2, 3x3 or 4x4");
      layout.grid = *grid;
    } else if (field.key() == "tiles") {
      VEDETTE_ASSIGN(layout.tiles, read_tiles(field.value()));
    } else if (field.key() != "id") {
      return bad("a layout has no field \"" + std::string(field.key()) + "\"");
    }
  }
  return layout;
}

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

using LayoutHandler = Result<net::Response> (*)(store::LayoutStore&, const Call&);

Handler bind(store::LayoutStore& layouts, LayoutHandler handler) {
  return [&layouts, handler](const Call& call) {
    auto response = handler(layouts, call);
    return response ? std::move(*response) : net::problem(response.error());
  };
}

}  // namespace

void add_layout_routes(store::LayoutStore& layouts, std::vector<Route>& routes) {
  const std::string one = "/api/v1/layouts/{id}";
  routes.emplace_back(net::Method::kGet, "/api/v1/layouts", kList, bind(layouts, &list_layouts));
  routes.emplace_back(net::Method::kPut, one, kArrange, bind(layouts, &put_layout));
  routes.emplace_back(net::Method::kDelete, one, kArrange, bind(layouts, &remove_layout));
}

}  // namespace vedette::api
