// SPDX-License-Identifier: Apache-2.0
// Volumes in config.db: where is recorded to, and with which limits.
#include <algorithm>
#include <filesystem>

#include "fs/file_system.h"
#include "store/config_rows.h"

namespace vedette::store {
namespace {

constexpr const char* kWordsKey = "serve_volumes";

void bind_limit(SQLite::Statement& statement, int index, const std::optional<int64_t>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind(index);
}

std::optional<int64_t> limit_of(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

std::optional<VolumeWords> read_words(SQLite::Database& db) {
  SQLite::Statement query(db, "SELECT value FROM site WHERE key=?");
  query.bind(1, kWordsKey);
  if (!query.executeStep()) return std::nullopt;
  return parse_words(query.getColumn(0).getString());
}

/// Without a / at the end; as it is when the working folder is not known.
std::string whole_path(const std::string& path) {
  std::error_code code;
  const auto absolute = std::filesystem::absolute(path, code);
  if (code) return path;
  std::string whole = absolute.lexically_normal().string();
  while (whole.size() > 1 && whole.back() == '/') whole.pop_back();
  return whole;
}

bool inside(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

std::vector<VolumeSpec> read_volume_list(SQLite::Database& db) {
  std::vector<VolumeSpec> all;
  SQLite::Statement query(
      db, "SELECT path, quota_bytes, reserve_bytes FROM volume_limits ORDER BY place, path");
  while (query.executeStep())
    all.push_back({query.getColumn(0).getString(), limit_of(query.getColumn(1)),
                   limit_of(query.getColumn(2))});
  return all;
}

void write_volume_list(SQLite::Database& db, const std::vector<VolumeSpec>& all) {
  db.exec("DELETE FROM volume_limits");
  SQLite::Statement insert(db, "INSERT INTO volume_limits VALUES(?,?,?,?)");
  int place = 0;
  for (const VolumeSpec& volume : all) {
    insert.bind(1, volume.path);
    insert.bind(2, place++);
    bind_limit(insert, 3, volume.quota_bytes);
    bind_limit(insert, 4, volume.reserve_bytes);
    insert.exec();
    insert.reset();
  }
}

std::string ConfigStore::folder_of(const std::string& path) const {
  return path.starts_with('/') ? path : fs::join(dir_, path);
}

std::string ConfigStore::path_of(const std::string& folder) const {
  const std::string mine = whole_path(dir_);
  return inside(folder, mine) ? folder.substr(mine.size() + 1) : folder;
}

// Two volumes in one folder would count, and delete, each other's files.
Result<std::vector<VolumeSpec>> ConfigStore::tidy_volumes(std::vector<VolumeSpec> all) const {
  const auto bad = [](size_t at, std::string what) {
    return make_error(ErrorCode::kInvalidArgument, std::move(what))
        .with_context("volumes[" + std::to_string(at) + "].path");
  };
  if (all.size() > kMaxVolumes) return bad(kMaxVolumes, "there are 64 volumes at most");
  std::vector<std::string> folders;
  for (size_t i = 0; i < all.size(); ++i) {
    if (auto good = check_volume(all[i]); !good) {
      return make_error(ErrorCode::kInvalidArgument, good.error().what)
          .with_context("volumes[" + std::to_string(i) + "]." + good.error().context);
    }
    all[i].path = path_of(all[i].path);
    const std::string folder = whole_path(folder_of(all[i].path));
    for (const std::string& other : folders) {
      if (folder == other) return bad(i, all[i].path + " stands twice");
      if (inside(folder, other) || inside(other, folder))
        return bad(i, "of two volumes none lies inside the other: " + other + " and " + folder);
    }
    folders.push_back(folder);
  }
  return all;
}

Result<std::vector<VolumeSpec>> ConfigStore::volume_list() const {
  MutexLock lock(mutex_);
  return guarded("config",
                 [&]() -> Result<std::vector<VolumeSpec>> { return read_volume_list(*db_); });
}

Result<std::vector<VolumeSpec>> ConfigStore::volume_folders() const {
  VEDETTE_ASSIGN(auto all, volume_list());
  for (VolumeSpec& volume : all) volume.path = folder_of(volume.path);
  return all;
}

Result<bool> ConfigStore::put_volume(const VolumeSpec& volume) {
  VEDETTE_TRY(check_volume(volume));
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<bool> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    auto all = read_volume_list(*db_);
    VolumeSpec wanted = volume;
    wanted.path = path_of(volume.path);
    const auto known = std::find_if(all.begin(), all.end(), [&](const VolumeSpec& one) {
      return one.path == wanted.path || folder_of(one.path) == volume.path;
    });
    const bool added = known == all.end();
    if (added) {
      all.push_back(wanted);
    } else {
      known->quota_bytes = wanted.quota_bytes;
      known->reserve_bytes = wanted.reserve_bytes;
    }
    if (added) {
      auto tidy = tidy_volumes(all);
      if (!tidy)
        return make_error(ErrorCode::kInvalidArgument, tidy.error().what).with_context("path");
    }
    write_volume_list(*db_, all);
    transaction.commit();
    return added;
  });
}

Result<void> ConfigStore::remove_volume(const std::string& path) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    auto all = read_volume_list(*db_);
    const size_t before = all.size();
    std::erase_if(all, [&](const VolumeSpec& one) {
      return one.path == path_of(path) || folder_of(one.path) == path;
    });
    if (all.size() == before)
      return make_error(ErrorCode::kNotFound, "nothing is recorded to " + path + " as it is");
    if (all.empty())
      return make_error(ErrorCode::kFailedPrecondition,
                        "this is the only volume; add another one before it is removed");
    write_volume_list(*db_, all);
    transaction.commit();
    return ok();
  });
}

Result<void> ConfigStore::take_over_volumes(VolumeWords words) {
  for (VolumeSpec& volume : words.volumes) volume.path = path_of(whole_path(volume.path));
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    const auto before = read_words(*db_);
    const auto configured = read_volume_list(*db_);
    const auto wanted = take_over(configured, before, words);
    if (wanted != configured) write_volume_list(*db_, wanted);
    if (before != words) {
      SQLite::Statement keep(*db_, "INSERT OR REPLACE INTO site VALUES(?,?)");
      keep.bind(1, kWordsKey);
      keep.bind(2, to_text(words));
      keep.exec();
    }
    transaction.commit();
    return ok();
  });
}

}  // namespace vedette::store
