// SPDX-License-Identifier: Apache-2.0
// The reading side of the catalog. Memory is always read before the database: a file that moves
// from one to the other in between is then in both, and the copy in the database is left out.
#include <algorithm>
#include <set>
#include <tuple>

#include "store/catalog.h"
#include "store/catalog_db.h"
#include "store/catalog_readers.h"
#include "store/catalog_rows.h"
#include "store/catalog_spans.h"
#include "store/fragment_index.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

bool earlier(const FragmentRef& a, const FragmentRef& b) {
  return std::tie(a.entry.start_us, a.file->run, a.entry.sequence) <
         std::tie(b.entry.start_us, b.file->run, b.entry.sequence);
}

// One index probe per camera, however many gaps each has.
std::vector<std::string> cameras_with_gaps(SQLite::Database& db) {
  std::vector<std::string> cameras;
  SQLite::Statement next(db, "SELECT camera FROM gap WHERE camera > ? ORDER BY camera LIMIT 1");
  next.bind(1, std::string());
  while (next.executeStep()) {
    cameras.push_back(next.getColumn(0).getString());
    next.reset();
    next.bind(1, cameras.back());
  }
  return cameras;
}

}  // namespace

Result<std::vector<Span>> Catalog::spans(const std::string& camera, WallTime from,
                                         WallTime to) const {
  std::vector<Span> found = live_->spans(camera);
  auto stored = readers_->read([&](SQLite::Database& db) -> Result<void> {
    StreamRows rows(db);
    for (const StreamKind kind : {StreamKind::kMain, StreamKind::kSub})
      rows.runs(camera, {from, to, kind}, found);
    return ok();
  });
  if (!stored && !problem()) return std::move(stored).error();
  VEDETTE_ASSIGN(const auto holes, gaps(camera, from, to));
  return without(merged(std::move(found), from, to), holes);
}

Result<std::vector<Gap>> Catalog::gaps(const std::string& camera, WallTime from,
                                       WallTime to) const {
  std::vector<Gap> found;
  std::set<int64_t> newer;
  for (Gap& gap : live_->gaps()) {
    newer.insert(gap.id);
    if ((camera.empty() || gap.camera == camera) && gap.start < to && (!gap.end || *gap.end > from))
      found.push_back(std::move(gap));
  }
  const size_t live = found.size();
  auto stored = readers_->read([&](SQLite::Database& db) -> Result<void> {
    const auto cameras = camera.empty() ? cameras_with_gaps(db) : std::vector<std::string>{camera};
    StreamRows rows(db);
    for (const std::string& one : cameras)
      for (const StreamKind kind : {StreamKind::kMain, StreamKind::kSub})
        rows.gaps(one, {from, to, kind}, found);
    return ok();
  });
  if (!stored && !problem()) return std::move(stored).error();
  const auto older = [&](const Gap& gap) { return newer.count(gap.id) > 0; };
  found.erase(std::remove_if(found.begin() + static_cast<ptrdiff_t>(live), found.end(), older),
              found.end());
  std::sort(found.begin(), found.end(), [](const Gap& a, const Gap& b) {
    return std::tie(a.start.us, a.camera, a.id) < std::tie(b.start.us, b.camera, b.id);
  });
  return found;
}

Result<std::vector<FragmentRef>> Catalog::fragments(const FragmentQuery& query) const {
  const std::vector<int64_t> in_memory = live_->file_ids();
  const std::set<int64_t> skip(in_memory.begin(), in_memory.end());
  std::vector<FragmentRef> found =
      live_->fragments(query.camera, query.kind, query.from.us, query.to.us);
  const auto take = [&](SQLite::Statement& rows) -> Result<void> {
    FileRow row = file_of(rows);
    if (skip.count(row.ref.id) > 0) return ok();
    row.ref.root = root_of(row.ref.volume);
    if (row.ref.root.empty()) return ok();
    const auto file = std::make_shared<const FileRef>(std::move(row.ref));
    auto entries = decode_index(blob_of(rows.getColumn(12)), file->timescale);
    if (!entries) return ok();  // one damaged row hides nothing else; fsck reports it
    for (const FragmentEntry& entry : *entries) {
      const FragmentRef ref{file, entry};
      if (entry.start_us < query.to.us && ref.end_us() > query.from.us) found.push_back(ref);
    }
    return ok();
  };
  static const std::string overlapping =
      std::string("SELECT ") + kFileColumns +
      ", data FROM file JOIN fragment_index ON file = id WHERE camera=? AND kind=? AND state<2 AND"
      " start_us > ? AND start_us < ? AND end_us > ? ORDER BY start_us";
  auto stored = readers_->read([&](Readers::Connection& db) -> Result<void> {
    SQLite::Statement& rows = db.statement(overlapping);
    rows.bind(1, query.camera);
    rows.bind(2, static_cast<int>(query.kind));
    rows.bind(3, query.from.us - kMaxFileUs);
    rows.bind(4, query.to.us);
    rows.bind(5, query.from.us);  // also of the file: the index of one that is over is not read
    // Files of one stream hardly overlap: when more than enough are there, later ones are later.
    while (rows.executeStep() && found.size() < query.limit * 2 + kMaxFragmentsPerFile)
      VEDETTE_TRY(take(rows));
    return ok();
  });
  if (!stored && !problem()) return std::move(stored).error();
  std::sort(found.begin(), found.end(), earlier);
  if (found.size() > query.limit) found.resize(query.limit);
  return found;
}

Result<std::optional<Coverage>> Catalog::coverage(const std::string& camera,
                                                  StreamKind kind) const {
  std::optional<Coverage> whole;
  const auto widen = [&](WallTime first, WallTime last) {
    if (!whole) whole = Coverage{first, last};
    whole->first = std::min(whole->first, first);
    whole->last = std::max(whole->last, last);
  };
  for (const Span& span : live_->spans(camera))
    if (span.kind == kind) widen(span.start, span.end);
  auto stored = readers_->read([&](Readers::Connection& db) -> Result<void> {
    for (const char* order : {"ASC", "DESC"}) {
      SQLite::Statement& run = db.statement(
          std::string(
              "SELECT start_us, end_us FROM run WHERE camera=? AND kind=? ORDER BY start_us ") +
          order + " LIMIT 1");
      run.bind(1, camera);
      run.bind(2, static_cast<int>(kind));
      if (run.executeStep()) widen({run.getColumn(0).getInt64()}, {run.getColumn(1).getInt64()});
    }
    return ok();
  });
  if (!stored && !problem()) return std::move(stored).error();
  return whole;
}

Result<std::vector<Usage>> Catalog::usage() const {
  return readers_->read([](Readers::Connection& db) -> Result<std::vector<Usage>> {
    std::vector<Usage> all;
    SQLite::Statement& rows =
        db.statement("SELECT volume, camera, bytes, files FROM usage WHERE files > 0");
    while (rows.executeStep())
      all.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getString(),
                     rows.getColumn(2).getInt64(), rows.getColumn(3).getInt64()});
    return all;
  });
}

namespace {

void collect(SQLite::Statement& rows, std::vector<StoredFile>& out) {
  while (rows.executeStep()) {
    FileRow row = file_of(rows);
    out.push_back({std::make_shared<const FileRef>(std::move(row.ref)), {row.end_us}, row.bytes});
  }
}

template <typename Connection>  // Catalog::Readers' own, which is private there
void oldest_of_camera(Connection& db, const std::string& camera, const std::string& volume,
                      std::pair<size_t, WallTime> page, std::vector<StoredFile>& out) {
  const auto [limit, from] = page;
  for (const int kind : {0, 1}) {
    SQLite::Statement& rows =
        db.statement(std::string("SELECT ") + kFileColumns +
                     " FROM file WHERE camera=?1 AND kind=?2 AND state<2 AND state=1 AND"
                     " (?3='' OR volume=?3) AND start_us>=?5 ORDER BY start_us LIMIT ?4");
    rows.bind(1, camera);
    rows.bind(2, kind);
    rows.bind(3, volume);
    rows.bind(4, static_cast<int64_t>(limit));
    rows.bind(5, from.us);
    collect(rows, out);
  }
  std::sort(out.begin(), out.end(), [](const StoredFile& a, const StoredFile& b) {
    return a.file->start_us < b.file->start_us;
  });
  if (out.size() > limit) out.resize(limit);
}

}  // namespace

Result<std::vector<StoredFile>> Catalog::oldest_files(const std::string& volume,
                                                      const std::string& camera, size_t limit,
                                                      WallTime from) const {
  auto found = readers_->read([&](Readers::Connection& db) -> Result<std::vector<StoredFile>> {
    std::vector<StoredFile> files;
    if (!camera.empty()) {
      oldest_of_camera(db, camera, volume, {limit, from}, files);
      return files;
    }
    SQLite::Statement& rows =
        db.statement(std::string("SELECT ") + kFileColumns +
                     " FROM file WHERE volume=? AND state=1 AND start_us>=? ORDER BY start_us"
                     " LIMIT ?");
    rows.bind(1, volume);
    rows.bind(2, from.us);
    rows.bind(3, static_cast<int64_t>(limit));
    collect(rows, files);
    return files;
  });
  return found;
}

Result<std::vector<StoredFile>> Catalog::tombstones() const {
  return readers_->read([&](Readers::Connection& db) -> Result<std::vector<StoredFile>> {
    std::vector<StoredFile> files;
    SQLite::Statement& rows = db.statement(std::string("SELECT ") + kFileColumns +
                                           " FROM file WHERE state<>1 AND state=2");
    collect(rows, files);
    return files;
  });
}

Result<bool> Catalog::knows(const std::string& run, uint32_t seq) const {
  if (live_->find(run, seq)) return true;  // memory first: a file moves from there to the database
  return readers_->read([&](Readers::Connection& db) -> Result<bool> {
    SQLite::Statement& row = db.statement("SELECT 1 FROM file WHERE run=? AND seq=?");
    row.bind(1, run);
    row.bind(2, seq);
    return row.executeStep();
  });
}

Result<std::vector<Catalog::OpenFile>> Catalog::open_files() const {
  return readers_->read([&](SQLite::Database& db) -> Result<std::vector<OpenFile>> {
    std::vector<OpenFile> files;
    SQLite::Statement rows(db, std::string("SELECT ") + kFileColumns +
                                   ", data FROM file LEFT JOIN fragment_index ON file = id"
                                   " WHERE state<>1 AND state=0");
    while (rows.executeStep()) {
      FileRow row = file_of(rows);
      row.ref.root = root_of(row.ref.volume);
      OpenFile open{std::make_shared<const FileRef>(std::move(row.ref)), {}};
      auto entries = decode_index(blob_of(rows.getColumn(12)), open.file->timescale);
      if (entries) open.fragments = std::move(entries).value();
      files.push_back(std::move(open));
    }
    return files;
  });
}

}  // namespace vedette::store
