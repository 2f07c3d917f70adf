// SPDX-License-Identifier: Apache-2.0
// Which pictures stand where on a page, under a name, for everybody who uses the site. Kept in
// config.db. A tile may name a camera that is gone: whoever shows the layout says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vedette::store {

/// How the tiles are placed. kAuto: as many columns as make them largest; kFocus: the first is
/// large, the others small around it; the rest: so many across and down, more on further pages.
enum class LayoutGrid : uint8_t { kAuto, kFocus, kTwo, kThree, kFour };
/// "auto", "focus", "2x2", "3x3", "4x4".
[[nodiscard]] std::string_view to_string(LayoutGrid grid);
[[nodiscard]] std::optional<LayoutGrid> parse_layout_grid(std::string_view text);

struct LayoutTile {
  std::string camera;
  int size = 1;  ///< so many cells across and down, 1 to 4; 1 unless the grid has so many
  friend bool operator==(const LayoutTile&, const LayoutTile&) = default;
};

struct Layout {
  std::string id;
  std::string name;
  LayoutGrid grid = LayoutGrid::kAuto;
  std::vector<LayoutTile> tiles;  ///< in the order in which they are placed
  friend bool operator==(const Layout&, const Layout&) = default;
};

inline constexpr size_t kMaxLayouts = 64;
inline constexpr size_t kMaxLayoutTiles = 64;

/// Ids, a name of 1 to 100 bytes without control characters, at most kMaxLayoutTiles tiles, no
/// camera twice. kInvalidArgument.
[[nodiscard]] Result<void> check_layout(const Layout& layout);

/// Thread-safe.
class LayoutStore {
 public:
  virtual ~LayoutStore() = default;
  /// By name, then id.
  [[nodiscard]] virtual Result<std::vector<Layout>> layouts() const = 0;
  /// Adds it, or replaces the one of its id. True when it is new. kInvalidArgument;
  /// kFailedPrecondition when there are kMaxLayouts others.
  [[nodiscard]] virtual Result<bool> put_layout(const Layout& layout) = 0;
  [[nodiscard]] virtual Result<void> remove_layout(const std::string& id) = 0;  ///< kNotFound
};

}  // namespace vedette::store
