// SPDX-License-Identifier: Apache-2.0
// Keeps the cells of activity_levels.h in step with the files: merged in when a file is closed,
// dropped when everything recorded begins later. Until then a growing file answers from memory.
#include "store/activity_levels.h"
#include "store/catalog_db.h"
#include "store/catalog_rows.h"

namespace vedette::store {
namespace {

/// The row of cells at hand while a file is merged into one level.
class CellRow {
 public:
  CellRow(SQLite::Statement& read, SQLite::Statement& write, const FileRef& file,
          const ActivityLevel& level)
      : read_(read), write_(write), file_(file), level_(level) {}

  void put(int64_t cell, uint8_t activity) {
    const int64_t row = floor_div(cell, level_.cells_per_row);
    if (!cells_.empty() && row != row_) store();
    if (cells_.empty()) load(row);
    uint8_t& most = cells_[static_cast<size_t>(cell - row * level_.cells_per_row)];
    if (activity <= most) return;
    most = activity;
    changed_ = true;
  }
  void store() {
    if (changed_) {
      bind(write_);
      bind_blob(write_, 5, cells_.data(), cells_.size());
      write_.exec();
    }
    changed_ = false;
    cells_.clear();
  }

 private:
  void bind(SQLite::Statement& row) {
    row.reset();
    row.bind(1, file_.camera);
    row.bind(2, static_cast<int>(file_.kind));
    row.bind(3, level_.id);
    row.bind(4, row_);
  }
  void load(int64_t row) {
    row_ = row;
    cells_.assign(static_cast<size_t>(level_.cells_per_row), 0);
    bind(read_);
    if (!read_.executeStep()) return;
    const ByteSpan stored = blob_of(read_.getColumn(0));
    std::copy_n(stored.begin(), std::min(stored.size(), cells_.size()), cells_.begin());
    read_.reset();
  }

  SQLite::Statement& read_;
  SQLite::Statement& write_;
  const FileRef& file_;
  const ActivityLevel& level_;
  int64_t row_ = 0;
  Bytes cells_;
  bool changed_ = false;
};

}  // namespace

void CatalogDb::write_activity(const LiveFile& file) {
  static constexpr const char* kRead =
      "SELECT cells FROM activity WHERE camera=? AND kind=? AND level=? AND number=?";
  static constexpr const char* kWrite =
      "INSERT INTO activity VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET cells=excluded.cells";
  for (const ActivityLevel& level : kActivityLevels) {
    CellRow row(statement(kRead), statement(kWrite), *file.ref, level);
    for (const FragmentEntry& entry : file.fragments) {
      if (entry.activity == 0) continue;
      const int64_t length = ticks_to_us(entry.duration, file.ref->timescale);
      const int64_t last = entry.start_us + std::clamp<int64_t>(length - 1, 0, kMaxFileUs);
      for (int64_t cell = floor_div(entry.start_us, level.cell_us);
           cell <= floor_div(last, level.cell_us); ++cell)
        row.put(cell, entry.activity);
    }
    row.store();
  }
}

void CatalogDb::prune_activity(const std::set<std::pair<std::string, int>>& streams) {
  static constexpr const char* kFirst = "SELECT min(start_us) FROM run WHERE camera=? AND kind=?";
  static constexpr const char* kPrune =
      "DELETE FROM activity WHERE camera=? AND kind=? AND level=? AND number<?";
  for (const auto& [camera, kind] : streams) {
    SQLite::Statement& first = statement(kFirst);
    first.bind(1, camera);
    first.bind(2, kind);
    if (!first.executeStep()) continue;
    const bool none = first.getColumn(0).isNull();
    const int64_t start_us = none ? 0 : first.getColumn(0).getInt64();
    for (const ActivityLevel& level : kActivityLevels) {
      SQLite::Statement& prune = statement(kPrune);
      prune.bind(1, camera);
      prune.bind(2, kind);
      prune.bind(3, level.id);
      prune.bind(4, none ? INT64_MAX : floor_div(start_us, level.row_us()));
      prune.exec();
    }
  }
}

}  // namespace vedette::store
