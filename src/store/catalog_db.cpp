// SPDX-License-Identifier: Apache-2.0
#include "store/catalog_db.h"

#include <sqlite3.h>

#include "base/id.h"
#include "store/fragment_index.h"

namespace vedette::store {
namespace {

constexpr int kSchemaVersion = 3;
constexpr int kLongLogPages = 1000;  // 4 MiB, SQLite's own choice

// tidy: table. Two range columns cannot both narrow one index scan; a file's length is bounded by
// kMaxFileUs instead, so that an overlap is one range of start_us. Space per camera is kept by
// triggers: a sum over 10^7 files would take seconds.
constexpr const char* kSchema = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE run(
  id TEXT PRIMARY KEY, camera TEXT NOT NULL, kind INTEGER NOT NULL,
  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX run_by_start ON run(camera, kind, start_us, end_us);
CREATE TABLE file(
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, seq INTEGER NOT NULL, camera TEXT NOT NULL,
  kind INTEGER NOT NULL, volume TEXT NOT NULL, path TEXT NOT NULL, start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL, bytes INTEGER NOT NULL, state INTEGER NOT NULL,
  init_size INTEGER NOT NULL, timescale INTEGER NOT NULL);
CREATE UNIQUE INDEX file_by_run ON file(run, seq);
CREATE INDEX file_by_start ON file(camera, kind, start_us) WHERE state < 2;
CREATE INDEX file_by_age ON file(volume, start_us) WHERE state = 1;
CREATE INDEX file_unsettled ON file(state) WHERE state <> 1;
CREATE TABLE fragment_index(file INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE usage(
  volume TEXT NOT NULL, camera TEXT NOT NULL, bytes INTEGER NOT NULL, files INTEGER NOT NULL,
  PRIMARY KEY(volume, camera)) WITHOUT ROWID;
CREATE TRIGGER file_added AFTER INSERT ON file WHEN new.state < 2 BEGIN
  INSERT INTO usage VALUES(new.volume, new.camera, new.bytes, 1)
    ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes, files = files + 1;
END;
CREATE TRIGGER file_changed AFTER UPDATE OF bytes, state ON file WHEN old.state < 2 BEGIN
  UPDATE usage SET bytes = bytes - old.bytes + iif(new.state < 2, new.bytes, 0),
                   files = files - iif(new.state < 2, 0, 1)
    WHERE volume = old.volume AND camera = old.camera;
END;
CREATE TRIGGER file_removed AFTER DELETE ON file WHEN old.state < 2 BEGIN
  UPDATE usage SET bytes = bytes - old.bytes, files = files - 1
    WHERE volume = old.volume AND camera = old.camera;
END;
CREATE TABLE gap(
  id INTEGER PRIMARY KEY, camera TEXT NOT NULL, kind INTEGER NOT NULL, start_us INTEGER NOT NULL,
  end_us INTEGER, cause TEXT NOT NULL, detail TEXT NOT NULL, first_seen_us INTEGER NOT NULL);
CREATE INDEX gap_by_start ON gap(camera, kind, start_us);
CREATE INDEX gap_open ON gap(camera) WHERE end_us IS NULL;
)sql";

// From version 1 to 2. The epoch of a volume counts how often it was opened with this catalog: of
// two copies of either, the older one shows itself. Deletions are kept for the ledger.
constexpr const char* kUpgradeTo2 = R"sql(
ALTER TABLE gap ADD COLUMN alarm_us INTEGER;
CREATE TABLE deletion(
  file INTEGER PRIMARY KEY, camera TEXT NOT NULL, kind INTEGER NOT NULL,
  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, bytes INTEGER NOT NULL,
  volume TEXT NOT NULL, path TEXT NOT NULL, reason TEXT NOT NULL, below_minimum INTEGER NOT NULL,
  at_us INTEGER NOT NULL);
CREATE INDEX deletion_by_start ON deletion(camera, start_us);
CREATE TABLE volume_epoch(volume TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// From version 2 to 3: activity_levels.h. A row's cells are too large to stand in an index.
constexpr const char* kUpgradeTo3 = R"sql(
CREATE TABLE activity(
  camera TEXT NOT NULL, kind INTEGER NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL,
  cells BLOB NOT NULL);
CREATE UNIQUE INDEX activity_by_number ON activity(camera, kind, level, number);
)sql";

// No version of its own: a program that does not know an index keeps it all the same.
constexpr const char* kLaterIndexes = R"sql(
CREATE INDEX IF NOT EXISTS deletion_by_age ON deletion(at_us);
)sql";

}  // namespace

CatalogDb::CatalogDb(const std::string& path, Duration busy)
    : db_(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
          static_cast<int>(busy.count() / 1000)) {
  // NORMAL: after a power cut the newest transactions may be gone, never the order; recovery finds
  // the files themselves.
  db_.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=16777216;"
      "PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY;");
  // Instead of SQLite's own checkpoints, which keep silent when a sync fails.
  const auto count = [](void* pages, sqlite3*, const char*, int now) {
    *static_cast<int*>(pages) = now;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db_.getHandle(), count, &log_pages_);
}

void CatalogDb::settle_log() {
  // TRUNCATE, so that nothing of the doubtful log is left; it waits for readers as a writer does.
  const int done = sqlite3_wal_checkpoint_v2(db_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                             nullptr, nullptr);
  if (done != SQLITE_OK) throw SQLite::Exception(db_.getHandle(), done);
  log_trusted_ = true;
  log_pages_ = 0;
}

void CatalogDb::shorten_log() {
  if (log_pages_ < kLongLogPages) return;
  const int done = sqlite3_wal_checkpoint_v2(db_.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, nullptr);
  if (done != SQLITE_OK && done != SQLITE_BUSY) log_trusted_ = false;
}

Result<std::unique_ptr<CatalogDb>> CatalogDb::open(const std::string& path, Duration busy) {
  return guarded("catalog", [&]() -> Result<std::unique_ptr<CatalogDb>> {
    std::unique_ptr<CatalogDb> db(new CatalogDb(path, busy));
    VEDETTE_TRY(db->migrate());
    return db;
  });
}

Result<void> CatalogDb::migrate() {
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  const int found = db_.execAndGet("PRAGMA user_version").getInt();
  if (found > kSchemaVersion)
    return make_error(ErrorCode::kUnsupported, "written by a newer version of vedette");
  if (found == kSchemaVersion) {
    if (db_.execAndGet("SELECT count(*) FROM sqlite_master WHERE name='fragment_index'").getInt() ==
        0)
      return make_error(ErrorCode::kDataLoss, "tables are missing");
  } else {
    create_tables(found);
  }
  db_.exec(kLaterIndexes);
  transaction.commit();
  return ok();
}

void CatalogDb::create_tables(int found) {
  if (found == 0) {
    db_.exec(kSchema);
    SQLite::Statement insert(db_, "INSERT INTO meta VALUES('generation', ?)");
    insert.bind(1, random_id());
    insert.exec();
  }
  if (found < 2) db_.exec(kUpgradeTo2);
  db_.exec(kUpgradeTo3);
  db_.exec("PRAGMA user_version=" + std::to_string(kSchemaVersion));
}

SQLite::Statement& CatalogDb::statement(const char* sql) {
  auto& prepared = statements_[sql];
  if (!prepared) prepared = std::make_unique<SQLite::Statement>(db_, sql);
  prepared->tryReset();
  return *prepared;
}

void CatalogDb::rest() {
  for (auto& [sql, prepared] : statements_) {
    // Null: preparing it failed. What is said is what the last step failed with, known by now.
    if (prepared) prepared->tryReset();
  }
}

std::string CatalogDb::generation() {
  return db_.execAndGet("SELECT value FROM meta WHERE key='generation'").getString();
}

int64_t CatalogDb::max_file_id() {
  // Deleted ones too: the ledger tells them apart by it.
  return db_
      .execAndGet(
          "SELECT max(ifnull((SELECT max(id) FROM file), 0),"
          " ifnull((SELECT max(file) FROM deletion), 0))")
      .getInt64();
}

void CatalogDb::write(const LiveIndex::Changes& changes) {
  // Recovery looks at the files that it knows of and at the newest folders, and a gap is nowhere
  // else; what only grew speaks for itself after a power cut.
  if (changes.urgent) db_.exec("PRAGMA synchronous=FULL");
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  for (const LiveFile& file : changes.files) write_file(file);
  for (const Gap& gap : changes.gaps) write_gap(gap);
  transaction.commit();
  if (changes.urgent) db_.exec("PRAGMA synchronous=NORMAL");
}

void CatalogDb::write_file(const LiveFile& file) {
  static constexpr const char* kFile =
      "INSERT INTO file VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
      " end_us=excluded.end_us, bytes=excluded.bytes, state=excluded.state WHERE state<2"
      // The same file twice would otherwise end the whole transaction, and each after it.
      " ON CONFLICT(run, seq) DO NOTHING";
  static constexpr const char* kDrop = "DELETE FROM file WHERE id=?";
  static constexpr const char* kIndex = "INSERT OR REPLACE INTO fragment_index VALUES(?,?)";
  static constexpr const char* kRun =
      "INSERT INTO run VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET"
      " start_us=min(start_us, excluded.start_us), end_us=max(end_us, excluded.end_us)";
  const FileRef& ref = *file.ref;
  if (file.closed && file.fragments.empty()) {
    SQLite::Statement& drop = statement(kDrop);
    drop.bind(1, ref.id);
    drop.exec();
    return;
  }
  const int kind = static_cast<int>(ref.kind);
  SQLite::Statement& row = statement(kFile);
  row.bind(1, ref.id);
  row.bind(2, ref.run);
  row.bind(3, ref.seq);
  row.bind(4, ref.camera);
  row.bind(5, kind);
  row.bind(6, ref.volume);
  row.bind(7, ref.relative);
  row.bind(8, ref.start_us);
  row.bind(9, file.end_us);
  row.bind(10, file.bytes);
  row.bind(11, static_cast<int>(file.closed ? FileState::kClosed : FileState::kOpen));
  row.bind(12, ref.init_size);
  row.bind(13, ref.timescale);
  if (row.exec() == 0 || file.fragments.empty()) return;
  const Bytes blob = encode_index(file.fragments, ref.timescale);
  SQLite::Statement& index = statement(kIndex);
  index.bind(1, ref.id);
  bind_blob(index, 2, blob.data(), blob.size());
  index.exec();
  SQLite::Statement& run = statement(kRun);
  run.bind(1, ref.run);
  run.bind(2, ref.camera);
  run.bind(3, kind);
  run.bind(4, ref.start_us);
  run.bind(5, file.end_us);
  run.exec();
  if (file.closed) write_activity(file);
}

void CatalogDb::write_gap(const Gap& gap) {
  static constexpr const char* kGap = "INSERT OR REPLACE INTO gap VALUES(?,?,?,?,?,?,?,?,?)";
  SQLite::Statement& row = statement(kGap);
  row.bind(1, gap.id);
  row.bind(2, gap.camera);
  row.bind(3, static_cast<int>(gap.kind));
  row.bind(4, gap.start.us);
  if (gap.end)
    row.bind(5, gap.end->us);
  else
    row.bind(5);
  row.bind(6, gap.cause);
  row.bind(7, gap.detail);
  row.bind(8, gap.first_seen.us);
  if (gap.alarm)
    row.bind(9, gap.alarm->us);
  else
    row.bind(9);
  row.exec();
}

}  // namespace vedette::store
