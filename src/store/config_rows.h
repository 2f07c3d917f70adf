// SPDX-License-Identifier: Apache-2.0
// The rows of config.db, for the files of ConfigStore alone. The caller holds its mutex and handles
// what SQLite throws.
#pragma once

#include <string>
#include <vector>

#include "store/config_store.h"
#include "store/sqlite.h"

namespace vedette::store {

/// By creation time, then id.
[[nodiscard]] std::vector<Camera> read_cameras(SQLite::Database& db);
[[nodiscard]] Result<void> check_stored_camera(const Camera& camera);
/// False when the id is taken.
[[nodiscard]] bool insert_camera(SQLite::Database& db, const Camera& camera);
/// False when there is none.
[[nodiscard]] bool update_camera(SQLite::Database& db, const Camera& camera);
[[nodiscard]] bool delete_camera(SQLite::Database& db, const std::string& id);

/// Whether `query`, with `id` for its one parameter, has a row.
[[nodiscard]] inline bool has_row(SQLite::Database& db, const char* query, const std::string& id) {
  SQLite::Statement statement(db, query);
  statement.bind(1, id);
  return statement.executeStep();
}

void delete_devices(SQLite::Database& db, const std::string& camera);

/// By name, then id.
[[nodiscard]] std::vector<Layout> read_layouts(SQLite::Database& db);
/// In place of the one of its id, if any.
void write_layout(SQLite::Database& db, const Layout& layout);
void delete_layout(SQLite::Database& db, const std::string& id);

/// In their order.
[[nodiscard]] std::vector<VolumeSpec> read_volume_list(SQLite::Database& db);
void write_volume_list(SQLite::Database& db, const std::vector<VolumeSpec>& all);

}  // namespace vedette::store
