// SPDX-License-Identifier: Apache-2.0
// Layouts in config.db.
#include <algorithm>
#include <array>
#include <set>

#include "base/id.h"
#include "base/utf8.h"
#include "store/config_rows.h"

namespace vedette::store {
namespace {

constexpr size_t kMaxName = 100;
constexpr int kMaxSize = 4;
constexpr std::array<std::string_view, 5> kGridWords = {"auto", "focus", "2x2", "3x3", "4x4"};

Error bad(std::string what) { return make_error(ErrorCode::kInvalidArgument, std::move(what)); }

void insert_tiles(SQLite::Database& db, const Layout& layout) {
  SQLite::Statement insert(db, "INSERT INTO layout_tile VALUES(?,?,?,?)");
  int place = 0;
  for (const LayoutTile& tile : layout.tiles) {
    insert.bind(1, layout.id);
    insert.bind(2, place++);
    insert.bind(3, tile.camera);
    insert.bind(4, tile.size);
    insert.exec();
    insert.reset();
  }
}

bool has_layout(SQLite::Database& db, const std::string& id) {
  return has_row(db, "SELECT 1 FROM layout WHERE id=?", id);
}

}  // namespace

std::string_view to_string(LayoutGrid grid) { return kGridWords.at(static_cast<size_t>(grid)); }

std::optional<LayoutGrid> parse_layout_grid(std::string_view text) {
  const auto* found = std::find(kGridWords.begin(), kGridWords.end(), text);
  if (found == kGridWords.end()) return std::nullopt;
  return static_cast<LayoutGrid>(found - kGridWords.begin());
}

Result<void> check_layout(const Layout& layout) {
  if (const auto id = check_id(layout.id); !id) return bad("the layout's id: " + id.error().what);
  const bool control = std::any_of(layout.name.begin(), layout.name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (layout.name.empty() || utf8_length(layout.name) > kMaxName || control)
    return bad("give the layout a name of 1 to 100 letters").with_context("name");
  if (layout.tiles.size() > kMaxLayoutTiles)
    return bad("a layout has at most 64; make a second one for the other cameras")
        .with_context("tiles");
  std::set<std::string_view> seen;
  for (size_t i = 0; i < layout.tiles.size(); ++i) {
    const LayoutTile& tile = layout.tiles[i];
    const auto wrong = [&](const char* member, std::string what) {
      return bad(std::move(what)).with_context("tiles[" + std::to_string(i) + "]" + member);
    };
    if (const auto id = check_id(tile.camera); !id) return wrong(".camera", id.error().what);
    if (tile.size < 1 || tile.size > kMaxSize) return wrong(".size", "a tile's size is 1 to 4");
    if (!seen.insert(tile.camera).second)
      return wrong(".camera", tile.camera + " is in the layout twice; leave one of them out");
  }
  return ok();
}

void delete_layout(SQLite::Database& db, const std::string& id) {
  for (const char* sql :
       {"DELETE FROM layout_tile WHERE layout=?", "DELETE FROM layout WHERE id=?"}) {
    SQLite::Statement remove(db, sql);
    remove.bind(1, id);
    remove.exec();
  }
}

std::vector<Layout> read_layouts(SQLite::Database& db) {
  std::vector<Layout> all;
  SQLite::Statement query(db,
                          "SELECT id, name, grid, camera, size FROM layout"
                          " LEFT JOIN layout_tile ON layout=id ORDER BY name, id, place");
  while (query.executeStep()) {
    const std::string id = query.getColumn(0).getString();
    if (all.empty() || all.back().id != id) {
      const auto grid = parse_layout_grid(query.getColumn(2).getString());
      all.push_back({id, query.getColumn(1).getString(), grid.value_or(LayoutGrid::kAuto), {}});
    }
    if (query.getColumn(3).isNull()) continue;
    all.back().tiles.push_back({query.getColumn(3).getString(), query.getColumn(4).getInt()});
  }
  return all;
}

void write_layout(SQLite::Database& db, const Layout& layout) {
  delete_layout(db, layout.id);
  SQLite::Statement insert(db, "INSERT INTO layout VALUES(?,?,?)");
  insert.bind(1, layout.id);
  insert.bind(2, layout.name);
  insert.bind(3, std::string(to_string(layout.grid)));
  insert.exec();
  insert_tiles(db, layout);
}

Result<std::vector<Layout>> ConfigStore::layouts() const {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<std::vector<Layout>> { return read_layouts(*db_); });
}

Result<bool> ConfigStore::put_layout(const Layout& layout) {
  VEDETTE_TRY(check_layout(layout));
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<bool> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    const bool replaced = has_layout(*db_, layout.id);
    const int count = db_->execAndGet("SELECT COUNT(*) FROM layout").getInt();
    if (!replaced && count >= static_cast<int>(kMaxLayouts))
      return make_error(ErrorCode::kFailedPrecondition,
                        "there are 64 layouts already; delete one that nobody needs");
    write_layout(*db_, layout);
    transaction.commit();
    return !replaced;
  });
}

Result<void> ConfigStore::remove_layout(const std::string& id) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    if (!has_layout(*db_, id))
      return make_error(ErrorCode::kNotFound, "there is no layout " + id + "; it may be deleted");
    delete_layout(*db_, id);
    transaction.commit();
    return ok();
  });
}

}  // namespace vedette::store
