// SPDX-License-Identifier: Apache-2.0
// What fsck and recovery ask the catalog, and how it is mended to fit what lies on the volumes.
#include "store/catalog_check.h"

#include <array>
#include <optional>

#include "evidence/hash.h"
#include "store/catalog.h"
#include "store/catalog_db.h"
#include "store/catalog_readers.h"
#include "store/catalog_rows.h"
#include "store/fragment_index.h"

namespace vedette::store {
namespace {

constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;
// Stretches closer than this are one (Catalog::spans). Between files of a run the clock of UTC may
// have been corrected by more.
constexpr int64_t kRunJoinUs = 100'000;
constexpr int64_t kFileJoinUs = 1'000'000;

constexpr const char* kFoundDetail = "Found when the catalog was rebuilt.";

int64_t day_of(WallTime time) {
  const int64_t rest = time.us % kDayUs;
  return time.us - (rest < 0 ? rest + kDayUs : rest);
}

/// A stretch of one stream without a recording.
struct Hole {
  std::string camera;
  StreamKind kind = StreamKind::kMain;
  int64_t start_us = 0;
  int64_t end_us = 0;
};

/// Rows of camera, kind, start, end in this order, and how close two of them count as one.
void find_holes(SQLite::Statement& rows, int64_t join_us, std::vector<Hole>& holes) {
  Hole next;
  std::string scope;
  int64_t end_us = 0;
  while (rows.executeStep()) {
    const std::string row_scope = rows.getColumn(0).getString();
    const int64_t start = rows.getColumn(3).getInt64();
    if (row_scope == scope && start - end_us > join_us) {
      next.camera = rows.getColumn(1).getString();
      next.kind = static_cast<StreamKind>(rows.getColumn(2).getInt());
      next.start_us = end_us;
      next.end_us = start;
      holes.push_back(next);
    }
    const int64_t row_end = rows.getColumn(4).getInt64();
    end_us = row_scope == scope ? std::max(end_us, row_end) : row_end;
    scope = row_scope;
  }
}

/// What known gaps, and recordings in another place of their run, leave of a hole.
std::vector<Hole> without_gaps(SQLite::Statement& gaps, const Hole& hole, int64_t now_us) {
  std::vector<Hole> left;
  gaps.reset();
  gaps.bind(1, hole.camera);
  gaps.bind(2, static_cast<int>(hole.kind));
  gaps.bind(3, hole.start_us);
  gaps.bind(4, hole.end_us);
  gaps.bind(5, hole.start_us - kMaxFileUs);
  Hole rest = hole;
  while (gaps.executeStep() && rest.start_us < rest.end_us) {
    const int64_t start = gaps.getColumn(0).getInt64();
    const int64_t end = gaps.getColumn(1).isNull() ? now_us : gaps.getColumn(1).getInt64();
    if (start - rest.start_us > kRunJoinUs)
      left.push_back({hole.camera, hole.kind, rest.start_us, std::min(start, rest.end_us)});
    rest.start_us = std::max(rest.start_us, end);
  }
  if (rest.end_us - rest.start_us > kRunJoinUs) left.push_back(rest);
  return left;
}

}  // namespace

int64_t found_gap_id(const std::string& camera, StreamKind kind, int64_t start_us) {
  const std::string text =
      camera + "/" + std::to_string(static_cast<int>(kind)) + "/" + std::to_string(start_us);
  const evidence::Hash hash = evidence::sha256(as_bytes(text));
  int64_t id = 0;
  for (size_t i = 0; i < 7; ++i) id = id << 8 | hash[i];
  return id;
}

Result<FileRefPtr> Catalog::place_of(const std::string& run, uint32_t seq) const {
  if (FileRefPtr file = live_->find(run, seq)) return file;  // memory first, as in every query
  return readers_->read([&](SQLite::Database& db) -> Result<FileRefPtr> {
    SQLite::Statement row(
        db, std::string("SELECT ") + kFileColumns + " FROM file WHERE run=? AND seq=?");
    row.bind(1, run);
    row.bind(2, seq);
    if (!row.executeStep()) return FileRefPtr();
    return std::make_shared<const FileRef>(file_of(row).ref);
  });
}

Result<std::set<std::pair<std::string, uint32_t>>> Catalog::known_files(const std::string& camera,
                                                                        WallTime day) const {
  using Names = std::set<std::pair<std::string, uint32_t>>;
  return readers_->read([&](SQLite::Database& db) -> Result<Names> {
    Names names;
    SQLite::Statement rows(db,
                           "SELECT run, seq FROM file WHERE camera=? AND kind=? AND state<2 AND"
                           " start_us >= ? AND start_us < ?");
    for (const StreamKind kind : {StreamKind::kMain, StreamKind::kSub}) {
      rows.reset();
      rows.bind(1, camera);
      rows.bind(2, static_cast<int>(kind));
      rows.bind(3, day_of(day));
      rows.bind(4, day_of(day) + kDayUs);
      while (rows.executeStep())
        names.emplace(rows.getColumn(0).getString(), rows.getColumn(1).getUInt());
    }
    return names;
  });
}

Result<std::vector<Catalog::ListedFile>> Catalog::listed_files(const std::string& volume,
                                                               const std::string& camera) const {
  return readers_->read([&](SQLite::Database& db) -> Result<std::vector<ListedFile>> {
    std::vector<ListedFile> files;
    const auto take = [&](SQLite::Statement& rows) {
      FileRow row = file_of(rows);
      row.ref.root = root_of(volume);
      const auto state = static_cast<FileState>(rows.getColumn(12).getInt());
      auto fragments = rows.getColumn(13).isNull()
                           ? Result<std::vector<FragmentEntry>>(std::vector<FragmentEntry>())
                           : decode_index(blob_of(rows.getColumn(13)), row.ref.timescale);
      files.push_back({{std::make_shared<const FileRef>(row.ref), {row.end_us}, row.bytes},
                       state == FileState::kOpen,
                       state == FileState::kDeleted,
                       std::move(fragments)});
    };
    const std::string select = std::string("SELECT ") + kFileColumns +
                               ", state, data FROM file LEFT JOIN fragment_index ON file = id";
    for (const StreamKind kind : {StreamKind::kMain, StreamKind::kSub}) {
      SQLite::Statement rows(db, select +
                                     " WHERE camera=? AND kind=? AND state<2 AND volume=?"
                                     " ORDER BY start_us");
      rows.bind(1, camera);
      rows.bind(2, static_cast<int>(kind));
      rows.bind(3, volume);
      while (rows.executeStep()) take(rows);
    }
    SQLite::Statement rows(db, select + " WHERE state<>1 AND state=2 AND camera=? AND volume=?");
    rows.bind(1, camera);
    rows.bind(2, volume);
    while (rows.executeStep()) take(rows);
    return files;
  });
}

Result<std::vector<std::string>> Catalog::listed_cameras(const std::string& volume) const {
  return readers_->read([&](SQLite::Database& db) -> Result<std::vector<std::string>> {
    std::set<std::string> cameras;
    for (const char* sql : {"SELECT camera FROM usage WHERE volume=? AND files > 0",
                            "SELECT camera FROM file WHERE state<>1 AND state=2 AND volume=?"}) {
      SQLite::Statement rows(db, sql);
      rows.bind(1, volume);
      while (rows.executeStep()) cameras.insert(rows.getColumn(0).getString());
    }
    return std::vector<std::string>(cameras.begin(), cameras.end());
  });
}

Result<bool> Catalog::still_listed(int64_t file) const {
  return readers_->read([&](SQLite::Database& db) -> Result<bool> {
    SQLite::Statement row(db, "SELECT 1 FROM file WHERE id=? AND state<2");
    row.bind(1, file);
    return row.executeStep();
  });
}

void Catalog::set_rebuilt() {
  MutexLock lock(state_mutex_);
  if (problem_ && problem_->code == ErrorCode::kDataLoss) problem_.reset();
}

Result<void> Catalog::drop_rows(const std::vector<StoredFile>& files) {
  MutexLock lock(writer_mutex_);
  if (!db_) return make_error(ErrorCode::kUnavailable, "no database").with_context("catalog");
  return db_->change([&](CatalogDb& db) { db.drop_rows(files); });
}

Result<int> Catalog::explain_holes(WallTime now) {
  VEDETTE_TRY(flush());
  MutexLock lock(writer_mutex_);
  if (!db_) return make_error(ErrorCode::kUnavailable, "no database").with_context("catalog");
  int found = 0;
  VEDETTE_TRY(db_->change([&](CatalogDb& db) { found = db.explain_holes(now); }));
  return found;
}

void CatalogDb::drop_rows(const std::vector<StoredFile>& files) {
  static constexpr const char* kFile = "DELETE FROM file WHERE id=?";
  static constexpr const char* kIndex = "DELETE FROM fragment_index WHERE file=?";
  static constexpr const char* kShrink =
      "UPDATE run SET (start_us, end_us) = (SELECT min(start_us), max(end_us) FROM file"
      " WHERE run=run.id AND state<2) WHERE id=? AND EXISTS"
      " (SELECT 1 FROM file WHERE run=run.id AND state<2)";
  static constexpr const char* kEnd =
      "DELETE FROM run WHERE id=? AND NOT EXISTS"
      " (SELECT 1 FROM file WHERE run=run.id AND state<2)";
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  std::set<std::string> runs;
  for (const StoredFile& stored : files) {
    exec_each({kFile, kIndex}, stored.file->id);
    runs.insert(stored.file->run);
  }
  for (const std::string& id : runs) exec_each({kShrink, kEnd}, id);
  transaction.commit();
}

int CatalogDb::explain_holes(WallTime now) {
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  // What was a hole the last time may have been listed since.
  std::set<int64_t> before;
  // What was deleted so long ago that only the ledger knows it is no hole.
  const auto is_known = [known_from = deletions_known_from()](const std::string& camera, int kind,
                                                              int64_t start_us) {
    const auto since = known_from.find({camera, kind});
    return since == known_from.end() || start_us >= since->second;
  };
  SQLite::Statement found_before(
      db_, "SELECT id, camera, kind, start_us FROM gap WHERE cause='unknown' AND detail=?");
  found_before.bind(1, kFoundDetail);
  while (found_before.executeStep())
    if (is_known(found_before.getColumn(1).getString(), found_before.getColumn(2).getInt(),
                 found_before.getColumn(3).getInt64()))
      before.insert(found_before.getColumn(0).getInt64());
  found_before.reset();
  SQLite::Statement forget(db_, "DELETE FROM gap WHERE id=?");
  for (const int64_t id : before) {
    forget.reset();
    forget.bind(1, id);
    forget.exec();
  }
  std::vector<Hole> holes;
  // Between all that is known of a stream, and between the files of a run: one may have been lost.
  SQLite::Statement runs(
      db_,
      "SELECT camera || '/' || kind, camera, kind, start_us, end_us FROM"
      " (SELECT camera, kind, start_us, end_us FROM run UNION ALL"
      "  SELECT camera, kind, start_us, ifnull(end_us, ?1) FROM gap UNION ALL"
      "  SELECT camera, kind, start_us, end_us FROM deletion) ORDER BY camera, kind, start_us");
  runs.bind(1, now.us);
  find_holes(runs, kRunJoinUs, holes);
  SQLite::Statement files(db_,
                          "SELECT run, camera, kind, start_us, end_us FROM file WHERE state<2"
                          " ORDER BY run, seq");
  find_holes(files, kFileJoinUs, holes);
  SQLite::Statement gaps(db_,
                         "SELECT start_us, end_us FROM gap WHERE camera=?1 AND kind=?2 AND"
                         " start_us < ?4 AND (end_us IS NULL OR end_us > ?3) UNION ALL"
                         " SELECT start_us, end_us FROM deletion WHERE camera=?1 AND kind=?2 AND"
                         " start_us < ?4 AND end_us > ?3 UNION ALL"
                         // Files that changed places: their names say another order.
                         " SELECT start_us, end_us FROM file WHERE camera=?1 AND kind=?2 AND"
                         " state<2 AND start_us > ?5 AND start_us < ?4 AND end_us > ?3"
                         " ORDER BY start_us");
  int found = 0;
  std::erase_if(holes, [&](const Hole& hole) {
    return !is_known(hole.camera, static_cast<int>(hole.kind), hole.start_us);
  });
  for (const Hole& hole : holes) {
    for (const Hole& rest : without_gaps(gaps, hole, now.us)) {
      Gap gap{found_gap_id(rest.camera, rest.kind, rest.start_us),
              rest.camera,
              rest.kind,
              {rest.start_us},
              WallTime{rest.end_us},
              "unknown",
              kFoundDetail,
              now};
      write_gap(gap);
      if (before.count(gap.id) == 0) ++found;
    }
  }
  transaction.commit();
  return found;
}

}  // namespace vedette::store
