// SPDX-License-Identifier: Apache-2.0
#include "store/config_store.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/utf8.h"
#include "fs/file_system.h"
#include "store/config_rows.h"

namespace vedette::store {
namespace {

constexpr int kSchemaVersion = 6;

// One entry per version: what brings a database of the version before to this one.
constexpr const char* kMigrations[kSchemaVersion] = {
    R"sql(
    CREATE TABLE site(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE camera(
      id TEXT PRIMARY KEY, name TEXT NOT NULL, main_url TEXT NOT NULL, sub_url TEXT,
      transport TEXT NOT NULL, max_age_us INTEGER, max_bytes INTEGER, created_us INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE volume(path TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
    )sql",
    R"sql(
    ALTER TABLE camera ADD COLUMN min_age_us INTEGER;
    ALTER TABLE camera ADD COLUMN min_bytes INTEGER;
    CREATE TABLE hold(
      id TEXT PRIMARY KEY, camera TEXT NOT NULL, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL,
      reason TEXT NOT NULL, who TEXT NOT NULL, created_us INTEGER NOT NULL) WITHOUT ROWID;
    )sql",
    R"sql(
    CREATE TABLE layout(
      id TEXT PRIMARY KEY, name TEXT NOT NULL, grid TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE layout_tile(
      layout TEXT NOT NULL, place INTEGER NOT NULL, camera TEXT NOT NULL, size INTEGER NOT NULL,
      PRIMARY KEY(layout, place)) WITHOUT ROWID;
    )sql",
    R"sql(
    ALTER TABLE camera ADD COLUMN record INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE camera ADD COLUMN schedule TEXT NOT NULL DEFAULT '';
    )sql",
    R"sql(
    CREATE TABLE device(
      camera TEXT NOT NULL, place INTEGER NOT NULL, hardware TEXT NOT NULL, realm TEXT NOT NULL,
      server TEXT NOT NULL, session TEXT NOT NULL, since_us INTEGER NOT NULL,
      PRIMARY KEY(camera, place)) WITHOUT ROWID;
    )sql",
    R"sql(
    CREATE TABLE volume_limits(
      path TEXT PRIMARY KEY, place INTEGER NOT NULL, quota_bytes INTEGER, reserve_bytes INTEGER
    ) WITHOUT ROWID;
    )sql",
};

constexpr const char* kCameraColumns =
    "id, name, main_url, sub_url, transport, max_age_us, max_bytes, min_age_us, min_bytes,"
    " record, schedule, created_us";

/// One line for each of the hours.
std::string schedule_text(const Schedule& schedule) {
  std::string text;
  for (const ScheduleHours& hours : schedule) text += to_string(hours) + "\n";
  return text;
}

/// What was checked when it was stored; a line of somebody's own making is left out.
Schedule schedule_of(const std::string& text) {
  Schedule schedule;
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    const auto hours = parse_schedule_line(std::string_view(text).substr(begin, end - begin));
    if (hours && schedule.size() < kMaxScheduleLines) schedule.push_back(*hours);
    begin = end + 1;
  }
  return schedule;
}

std::optional<int64_t> optional_integer(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

Camera camera_of(SQLite::Statement& row) {
  Camera camera;
  camera.id = row.getColumn(0).getString();
  camera.name = row.getColumn(1).getString();
  camera.main_url = row.getColumn(2).getString();
  if (!row.getColumn(3).isNull()) camera.sub_url = row.getColumn(3).getString();
  camera.transport = parse_transport(row.getColumn(4).getString()).value_or(Transport::kTcp);
  camera.retention = {optional_integer(row.getColumn(5)), optional_integer(row.getColumn(6)),
                      optional_integer(row.getColumn(7)), optional_integer(row.getColumn(8))};
  camera.when = {row.getColumn(9).getInt() != 0, schedule_of(row.getColumn(10).getString())};
  camera.created_us = row.getColumn(11).getInt64();
  return camera;
}

template <typename T>
void bind_optional(SQLite::Statement& statement, int index, const std::optional<T>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind(index);
}

void bind_camera(SQLite::Statement& statement, const Camera& camera) {
  statement.bind(1, camera.id);
  statement.bind(2, camera.name);
  statement.bind(3, camera.main_url);
  bind_optional(statement, 4, camera.sub_url);
  statement.bind(5, std::string(to_string(camera.transport)));
  bind_optional(statement, 6, camera.retention.max_age_us);
  bind_optional(statement, 7, camera.retention.max_bytes);
  bind_optional(statement, 8, camera.retention.min_age_us);
  bind_optional(statement, 9, camera.retention.min_bytes);
  statement.bind(10, camera.when.on ? 1 : 0);
  statement.bind(11, schedule_text(camera.when.hours));
}

// SQLite would create the file with the process's umask; passwords want 0600 from the first moment.
Result<void> create_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return make_error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kPermissionDenied,
                      "cannot open " + path + ": " + std::strerror(errno));
  const int changed = ::fchmod(fd, 0600);
  ::close(fd);
  if (changed != 0)
    return make_error(ErrorCode::kPermissionDenied, "cannot make " + path + " private");
  return ok();
}

Error no_camera(const std::string& id) {
  return make_error(ErrorCode::kNotFound, "there is no camera " + id);
}

}  // namespace

Result<void> check_stored_camera(const Camera& camera) {
  const auto bad = [](std::string what) {
    return make_error(ErrorCode::kInvalidArgument, std::move(what));
  };
  VEDETTE_TRY(check_id(camera.id));
  if (camera.name.empty() || utf8_length(camera.name) > 200)
    return bad("the camera's name must have 1 to 200 letters");
  const auto usable = [](const std::string& url) { return !url.empty() && url.size() <= 2048; };
  if (!usable(camera.main_url)) return bad("the camera's URL must have 1 to 2048 characters");
  if (camera.sub_url && !usable(*camera.sub_url))
    return bad("the sub-stream's URL must have 1 to 2048 characters");
  if (camera.when.hours.size() > kMaxScheduleLines) return bad("a schedule has at most 64 lines");
  return check_retention(camera.retention);
}

std::vector<Camera> read_cameras(SQLite::Database& db) {
  std::vector<Camera> all;
  SQLite::Statement query(
      db, std::string("SELECT ") + kCameraColumns + " FROM camera ORDER BY created_us, id");
  while (query.executeStep()) all.push_back(camera_of(query));
  return all;
}

bool insert_camera(SQLite::Database& db, const Camera& camera) {
  SQLite::Statement insert(db, std::string("INSERT OR IGNORE INTO camera(") + kCameraColumns +
                                   ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
  bind_camera(insert, camera);
  insert.bind(12, camera.created_us);
  return insert.exec() != 0;
}

bool update_camera(SQLite::Database& db, const Camera& camera) {
  SQLite::Statement update(db,
                           "UPDATE camera SET name=?2, main_url=?3, sub_url=?4, transport=?5,"
                           " max_age_us=?6, max_bytes=?7, min_age_us=?8, min_bytes=?9,"
                           " record=?10, schedule=?11"
                           " WHERE id=?1");
  bind_camera(update, camera);
  return update.exec() != 0;
}

bool delete_camera(SQLite::Database& db, const std::string& id) {
  delete_devices(db, id);
  SQLite::Statement remove(db, "DELETE FROM camera WHERE id=?");
  remove.bind(1, id);
  return remove.exec() != 0;
}

std::string_view to_string(Transport transport) {
  return transport == Transport::kTcp ? "tcp" : "udp";
}

std::optional<Transport> parse_transport(std::string_view text) {
  if (text == "tcp") return Transport::kTcp;
  if (text == "udp") return Transport::kUdp;
  return std::nullopt;
}

ConfigStore::ConfigStore(std::unique_ptr<SQLite::Database> db) : db_(std::move(db)) {}
ConfigStore::~ConfigStore() = default;

Result<std::unique_ptr<ConfigStore>> ConfigStore::open(const std::string& path) {
  VEDETTE_TRY(create_private(path));
  auto opened = guarded("config", [&]() -> Result<std::unique_ptr<ConfigStore>> {
    auto db = std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE, kBusyTimeoutMs);
    // Not WAL: one file, copied by backups as it is. EXTRA: what a person set survives a power cut;
    // with FULL the journal's name may come back after it, and takes the last change away.
    db->exec("PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;");
    std::unique_ptr<ConfigStore> store(new ConfigStore(std::move(db)));
    store->dir_ = fs::parent_of(path);
    MutexLock lock(store->mutex_);
    VEDETTE_TRY(store->migrate());
    VEDETTE_TRY(store->load_site());
    return store;
  });
  if (!opened && opened.error().code == ErrorCode::kDataLoss) {
    return make_error(ErrorCode::kDataLoss,
                      path + " is damaged (" + opened.error().what +
                          "); put a backup of it in its place, or move it away to begin anew: no "
                          "recording is touched");
  }
  return opened;
}

Result<void> ConfigStore::migrate() {
  SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
  const int found = db_->execAndGet("PRAGMA user_version").getInt();
  if (found > kSchemaVersion)
    return make_error(ErrorCode::kUnsupported,
                      "config.db was written by a newer version of vedette (schema " +
                          std::to_string(found) + "); install that version again");
  for (int version = found; version < kSchemaVersion; ++version) db_->exec(kMigrations[version]);
  db_->exec("PRAGMA user_version=" + std::to_string(kSchemaVersion));
  transaction.commit();
  return ok();
}

Result<void> ConfigStore::load_site() {
  SQLite::Statement insert(*db_, "INSERT OR IGNORE INTO site VALUES('id', ?)");
  insert.bind(1, random_id());
  insert.exec();
  site_id_ = db_->execAndGet("SELECT value FROM site WHERE key='id'").getString();
  return ok();
}

Result<std::vector<Camera>> ConfigStore::cameras() const {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<std::vector<Camera>> { return read_cameras(*db_); });
}

Result<Camera> ConfigStore::camera(const std::string& id) const {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<Camera> {
    SQLite::Statement query(*db_,
                            std::string("SELECT ") + kCameraColumns + " FROM camera WHERE id=?");
    query.bind(1, id);
    if (!query.executeStep()) return no_camera(id);
    return camera_of(query);
  });
}

Result<void> ConfigStore::add_camera(const Camera& camera) {
  VEDETTE_TRY(check_stored_camera(camera));
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    if (insert_camera(*db_, camera)) return ok();
    return make_error(ErrorCode::kFailedPrecondition,
                      "there is a camera " + camera.id + " already; choose another id");
  });
}

Result<void> ConfigStore::update_camera(const Camera& camera) {
  VEDETTE_TRY(check_stored_camera(camera));
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    if (store::update_camera(*db_, camera)) return ok();
    return no_camera(camera.id);
  });
}

Result<void> ConfigStore::remove_camera(const std::string& id) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    if (!delete_camera(*db_, id)) return no_camera(id);
    transaction.commit();
    return ok();
  });
}

Result<std::vector<KnownVolume>> ConfigStore::volumes() const {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<std::vector<KnownVolume>> {
    std::vector<KnownVolume> all;
    SQLite::Statement query(*db_, "SELECT path, id FROM volume ORDER BY path");
    while (query.executeStep())
      all.push_back({query.getColumn(0).getString(), query.getColumn(1).getString()});
    return all;
  });
}

Result<void> ConfigStore::remember_volume(const KnownVolume& volume) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Statement insert(*db_, "INSERT OR REPLACE INTO volume VALUES(?,?)");
    insert.bind(1, volume.path);
    insert.bind(2, volume.id);
    insert.exec();
    return ok();
  });
}

}  // namespace vedette::store
