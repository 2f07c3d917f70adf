// SPDX-License-Identifier: Apache-2.0
#include "api/layout_form.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "api/fields.h"

namespace vedette::api {
namespace {

namespace json = boost::json;

/// A refusal whose context is the place in the layout.
Error at(std::string_view place, std::string what) {
  return bad(std::move(what)).with_context(place);
}

Result<store::LayoutTile> read_tile(const json::value& value, const std::string& place) {
  if (!value.is_object()) return at(place, "must be an object with a camera");
  store::LayoutTile tile;
  for (const auto& field : value.get_object()) {
    if (field.key() == "camera") {
      if (!field.value().is_string()) return at(place + ".camera", "must be text");
      tile.camera = std::string(field.value().get_string());
    } else if (field.key() == "size") {
      const json::value& size = field.value();
      if (!size.is_int64() || size.get_int64() < 1 || size.get_int64() > 4) {
        return at(place + ".size", "a tile's size is 1 to 4");
      }
      tile.size = static_cast<int>(size.get_int64());
    } else {
      return at(place, "a tile has no field \"" + std::string(field.key()) + "\"");
    }
  }
  return tile;
}

Result<std::vector<store::LayoutTile>> read_tiles(const json::value& value) {
  if (!value.is_array()) return at("tiles", "must be a list");
  const json::array& list = value.get_array();
  if (list.size() > store::kMaxLayoutTiles) {
    return at("tiles", "a layout has at most 64; make a second one for the other cameras");
  }
  std::vector<store::LayoutTile> tiles;
  for (const json::value& entry : list) {
    VEDETTE_ASSIGN(auto tile, read_tile(entry, "tiles[" + std::to_string(tiles.size()) + "]"));
    tiles.push_back(std::move(tile));
  }
  return tiles;
}

}  // namespace

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

Result<store::Layout> read_layout(const json::object& form) {
  store::Layout layout;
  for (const auto& field : form) {
    if (field.key() == "name") {
      if (!field.value().is_string()) return at("name", "must be text");
      layout.name = std::string(field.value().get_string());
    } else if (field.key() == "grid") {
      const json::string* word = field.value().if_string();
      const auto grid = word == nullptr ? std::nullopt : store::parse_layout_grid(*word);
      if (!grid) return at("grid", "write auto, focus, 2x2, 3x3 or 4x4");
      layout.grid = *grid;
    } else if (field.key() == "tiles") {
      VEDETTE_ASSIGN(layout.tiles, read_tiles(field.value()));
    } else if (field.key() != "id") {
      return bad("a layout has no field \"" + std::string(field.key()) + "\"");
    }
  }
  return layout;
}

}  // namespace vedette::api
