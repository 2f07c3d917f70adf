// SPDX-License-Identifier: Apache-2.0
// Deletions in the catalog: the intent first, on the medium before anything is unlinked; then
// either carried out and forgotten, or revived. What was deleted stays listed for the ledger.
#include "store/catalog.h"
#include "store/catalog_db.h"
#include "store/catalog_readers.h"
#include "store/catalog_rows.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

// In `meta`, followed by the stream's kind and the camera.
constexpr const char* kKnownFrom = "deletions_known_from/";

// What a deletion relies on must survive a power cut: for these transactions the log is synced.
class Durable {
 public:
  explicit Durable(SQLite::Database& db) : db_(db) { db_.exec("PRAGMA synchronous=FULL"); }
  ~Durable() {
    try {
      db_.exec("PRAGMA synchronous=NORMAL");
    } catch (const SQLite::Exception&) {  // it stays slower, not less safe
    }
  }
  Durable(const Durable&) = delete;
  Durable& operator=(const Durable&) = delete;

 private:
  SQLite::Database& db_;
};

void bind_deletion(SQLite::Statement& row, const Deletion& deletion, WallTime now) {
  const StoredFile& stored = deletion.file;
  row.bind(1, stored.file->id);
  row.bind(2, stored.file->camera);
  row.bind(3, static_cast<int>(stored.file->kind));
  row.bind(4, stored.file->start_us);
  row.bind(5, stored.end.us);
  row.bind(6, stored.bytes);
  row.bind(7, stored.file->volume);
  row.bind(8, stored.file->relative);
  row.bind(9, std::string(to_string(deletion.reason)));
  row.bind(10, deletion.below_minimum ? 1 : 0);
  row.bind(11, now.us);
}

DeletedFile deleted_of(SQLite::Statement& row) {
  DeletedFile file;
  file.id = row.getColumn(0).getInt64();
  file.camera = row.getColumn(1).getString();
  file.kind = static_cast<StreamKind>(row.getColumn(2).getInt());
  file.start = {row.getColumn(3).getInt64()};
  file.end = {row.getColumn(4).getInt64()};
  file.bytes = row.getColumn(5).getInt64();
  file.volume = row.getColumn(6).getString();
  file.path = row.getColumn(7).getString();
  file.reason =
      parse_deletion_reason(row.getColumn(8).getString()).value_or(DeletionReason::kMaxAge);
  file.below_minimum = row.getColumn(9).getInt() != 0;
  file.at = {row.getColumn(10).getInt64()};
  return file;
}

}  // namespace

std::vector<int64_t> CatalogDb::tombstone(const std::vector<Deletion>& deletions, WallTime now) {
  static constexpr const char* kMark = "UPDATE file SET state=2 WHERE id=? AND state=1";
  static constexpr const char* kNote =
      "INSERT OR REPLACE INTO deletion VALUES(?,?,?,?,?,?,?,?,?,?,?)";
  const Durable durable(db_);
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  std::set<std::string> runs;
  std::vector<int64_t> marked;
  for (const Deletion& deletion : deletions) {
    SQLite::Statement& mark = statement(kMark);
    mark.bind(1, deletion.file.file->id);
    if (mark.exec() == 0) continue;  // it is not what it was: left alone
    SQLite::Statement& note = statement(kNote);
    bind_deletion(note, deletion, now);
    note.exec();
    runs.insert(deletion.file.file->run);
    marked.push_back(deletion.file.file->id);
  }
  mend_runs(runs);
  transaction.commit();
  return marked;
}

// A run begins with the first of its files that is still there, and ends with its last file.
void CatalogDb::mend_runs(const std::set<std::string>& runs) {
  static constexpr const char* kShrink =
      "UPDATE run SET start_us=(SELECT start_us FROM file WHERE run=run.id AND state<2"
      " ORDER BY seq LIMIT 1) WHERE id=? AND EXISTS"
      " (SELECT 1 FROM file WHERE run=run.id AND state<2)";
  static constexpr const char* kEnd =
      "DELETE FROM run WHERE id=? AND NOT EXISTS"
      " (SELECT 1 FROM file WHERE run=run.id AND state<2)";
  for (const std::string& id : runs) exec_each({kShrink, kEnd}, id);
}

void CatalogDb::revive(const std::vector<int64_t>& file_ids) {
  static constexpr const char* kMark = "UPDATE file SET state=1 WHERE id=? AND state=2";
  static constexpr const char* kUsage =
      "INSERT INTO usage SELECT volume, camera, bytes, 1 FROM file WHERE id=?"
      " ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes, files = files + 1";
  static constexpr const char* kNote = "DELETE FROM deletion WHERE file=?";
  static constexpr const char* kRun =
      "INSERT INTO run SELECT run, camera, kind, start_us, end_us FROM file WHERE id=?"
      " ON CONFLICT DO UPDATE SET start_us=min(start_us, excluded.start_us),"
      " end_us=max(end_us, excluded.end_us)";
  const Durable durable(db_);
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  for (const int64_t id : file_ids) {
    SQLite::Statement& mark = statement(kMark);
    mark.bind(1, id);
    if (mark.exec() == 0) continue;
    exec_each({kUsage, kNote, kRun}, id);
  }
  transaction.commit();
}

void CatalogDb::forget(const std::vector<int64_t>& file_ids, WallTime deleted_before) {
  static constexpr const char* kStream = "SELECT camera, kind FROM file WHERE id=? AND state=2";
  static constexpr const char* kFile = "DELETE FROM file WHERE id=? AND state=2";
  static constexpr const char* kIndex = "DELETE FROM fragment_index WHERE file=?";
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  std::set<std::pair<std::string, int>> streams;
  for (const int64_t id : file_ids) {
    SQLite::Statement& stream = statement(kStream);
    stream.bind(1, id);
    if (stream.executeStep())
      streams.emplace(stream.getColumn(0).getString(), stream.getColumn(1).getInt());
    stream.reset();
    exec_each({kFile, kIndex}, id);
  }
  prune_activity(streams);
  prune_deletions(deleted_before);
  transaction.commit();
}

// With each batch that goes, more old rows than it made: the table stops growing, and no round has
// much to do. The newest id stays, for no file may ever get it again.
void CatalogDb::prune_deletions(WallTime deleted_before) {
  static constexpr const char* kOld =
      "SELECT file, camera, kind, end_us FROM deletion WHERE at_us < ?"
      " AND file < (SELECT max(file) FROM deletion) ORDER BY at_us LIMIT ?";
  static constexpr const char* kRemove = "DELETE FROM deletion WHERE file=?";
  static constexpr const char* kNote =
      "INSERT INTO meta VALUES(?,?) ON CONFLICT DO UPDATE SET"
      " value=max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))";
  constexpr int kMostAtOnce = 1000;
  SQLite::Statement& old = statement(kOld);
  old.bind(1, deleted_before.us);
  old.bind(2, kMostAtOnce);
  std::vector<int64_t> files;
  std::map<std::string, int64_t> known_from;  // by key
  while (old.executeStep()) {
    files.push_back(old.getColumn(0).getInt64());
    int64_t& from =
        known_from[kKnownFrom + old.getColumn(2).getString() + old.getColumn(1).getString()];
    from = std::max(from, old.getColumn(3).getInt64());
  }
  old.reset();
  for (const int64_t file : files) {
    SQLite::Statement& remove = statement(kRemove);
    remove.bind(1, file);
    remove.exec();
  }
  for (const auto& [key, from] : known_from) {
    SQLite::Statement& note = statement(kNote);
    note.bind(1, key);
    note.bind(2, std::to_string(from));
    note.exec();
  }
}

std::map<std::pair<std::string, int>, int64_t> CatalogDb::deletions_known_from() {
  SQLite::Statement rows(db_, "SELECT key, CAST(value AS INTEGER) FROM meta WHERE key LIKE ?");
  rows.bind(1, std::string(kKnownFrom) + "%");
  std::map<std::pair<std::string, int>, int64_t> known_from;
  const size_t prefix = std::string_view(kKnownFrom).size();
  while (rows.executeStep()) {
    const std::string key = rows.getColumn(0).getString();
    if (key.size() > prefix)
      known_from[{key.substr(prefix + 1), key[prefix] - '0'}] = rows.getColumn(1).getInt64();
  }
  return known_from;
}

int64_t CatalogDb::volume_epoch(const std::string& volume) {
  SQLite::Statement row(db_, "SELECT epoch FROM volume_epoch WHERE volume=?");
  row.bind(1, volume);
  return row.executeStep() ? row.getColumn(0).getInt64() : 0;
}

void CatalogDb::set_volume_epoch(const std::string& volume, int64_t epoch) {
  const Durable durable(db_);
  SQLite::Statement row(db_, "INSERT OR REPLACE INTO volume_epoch VALUES(?,?)");
  row.bind(1, volume);
  row.bind(2, epoch);
  row.exec();
}

template <typename Work>
Result<void> Catalog::change(Work&& work) {
  MutexLock lock(writer_mutex_);
  if (!db_) return make_error(ErrorCode::kUnavailable, "no database").with_context("catalog");
  return db_->change(std::forward<Work>(work));
}

Result<void> Catalog::tombstone(const std::vector<Deletion>& deletions, WallTime now) {
  // A closing that SQLite called failed may have reached the database all the same: the file is
  // then closed there and still waits here. The writer is kept out meanwhile.
  return change([&](CatalogDb& db) { live_->let_go(db.tombstone(deletions, now)); });
}

Result<void> Catalog::revive(const std::vector<int64_t>& file_ids) {
  return change([&](CatalogDb& db) { db.revive(file_ids); });
}

Result<void> Catalog::forget(const std::vector<int64_t>& file_ids, WallTime deleted_before) {
  return change([&](CatalogDb& db) { db.forget(file_ids, deleted_before); });
}

Result<int64_t> Catalog::volume_epoch(const std::string& volume) {
  int64_t epoch = 0;
  VEDETTE_TRY(change([&](CatalogDb& db) { epoch = db.volume_epoch(volume); }));
  return epoch;
}

Result<void> Catalog::set_volume_epoch(const std::string& volume, int64_t epoch) {
  return change([&](CatalogDb& db) { db.set_volume_epoch(volume, epoch); });
}

Result<std::vector<DeletedFile>> Catalog::deletions(const std::string& camera, WallTime from,
                                                    WallTime to) const {
  return readers_->read([&](SQLite::Database& db) -> Result<std::vector<DeletedFile>> {
    std::vector<DeletedFile> files;
    SQLite::Statement rows(db, camera.empty() ? kDeletionsOfAll : kDeletionsOfCamera);
    rows.bind(1, from.us - kMaxFileUs);
    rows.bind(2, to.us);
    rows.bind(3, from.us);
    if (!camera.empty()) rows.bind(4, camera);
    while (rows.executeStep()) files.push_back(deleted_of(rows));
    return files;
  });
}

Result<std::vector<Usage>> Catalog::written_since(WallTime from) const {
  return readers_->read([&](SQLite::Database& db) -> Result<std::vector<Usage>> {
    std::vector<Usage> all;
    SQLite::Statement rows(db,
                           "SELECT u.volume, u.camera, (SELECT ifnull(sum(bytes), 0) FROM file f"
                           " WHERE f.camera=u.camera AND kind IN (0, 1) AND state<2 AND"
                           " start_us >= ?1 AND f.volume=u.volume), (SELECT count(*) FROM file f"
                           " WHERE f.camera=u.camera AND kind IN (0, 1) AND state<2 AND"
                           " start_us >= ?1 AND f.volume=u.volume) FROM usage u WHERE files > 0");
    rows.bind(1, from.us);
    while (rows.executeStep())
      all.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getString(),
                     rows.getColumn(2).getInt64(), rows.getColumn(3).getInt64()});
    return all;
  });
}

Result<int64_t> Catalog::bytes_between(const std::string& camera, WallTime from,
                                       WallTime to) const {
  return readers_->read([&](SQLite::Database& db) -> Result<int64_t> {
    SQLite::Statement row(db,
                          "SELECT ifnull(sum(bytes), 0) FROM file WHERE camera=? AND kind IN (0, 1)"
                          " AND state<2 AND start_us > ? AND start_us < ? AND end_us > ?");
    row.bind(1, camera);
    row.bind(2, from.us - kMaxFileUs);
    row.bind(3, to.us);
    row.bind(4, from.us);
    return row.executeStep() ? row.getColumn(0).getInt64() : int64_t{0};
  });
}

}  // namespace vedette::store
