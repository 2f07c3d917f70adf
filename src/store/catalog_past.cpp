// SPDX-License-Identifier: Apache-2.0
// What the catalog says, when it is opened, of the time in which nobody wrote to it.
#include <algorithm>

#include "store/catalog_db.h"
#include "store/catalog_rows.h"
#include "store/holes.h"

namespace vedette::store {
namespace {

constexpr Why kNotRunning{"restart", "The recorder was not running."};
constexpr Why kForgotten{"unknown",
                         "Why nothing was recorded did not outlive the end of the recorder."};

// A pause ended when recording was wanted again, whether or not anybody was there to do it.
WallTime end_of(const Gap& gap, WallTime now, const Wanted& wanted) {
  const bool pause = gap.cause == kNotScheduled && wanted.again;
  return std::max(gap.start, pause ? std::min(now, wanted.again(gap, now)) : now);
}

}  // namespace

std::vector<Gap> CatalogDb::close_past(WallTime now, const Wanted& wanted) {
  SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
  std::vector<Gap> ended;
  // The end of every stream's newest run, or of its newest gap where nothing was ever recorded.
  SQLite::Statement streams(db_,
                            "WITH ended(camera, kind, end_us) AS"
                            " (SELECT camera, kind, max(end_us) FROM run GROUP BY camera, kind"
                            " UNION ALL SELECT camera, kind, max(end_us) FROM gap"
                            " GROUP BY camera, kind HAVING NOT EXISTS (SELECT 1 FROM run"
                            " WHERE run.camera=gap.camera AND run.kind=gap.kind))"
                            " SELECT camera, kind, end_us FROM ended WHERE end_us IS NOT NULL"
                            " AND NOT EXISTS (SELECT 1 FROM gap WHERE gap.camera=ended.camera"
                            " AND gap.kind=ended.kind AND end_us IS NULL)");
  while (streams.executeStep()) {
    const std::string camera = streams.getColumn(0).getString();
    const auto kind = static_cast<StreamKind>(streams.getColumn(1).getInt());
    const WallTime start{streams.getColumn(2).getInt64()};
    if (wanted.at_all && !wanted.at_all(camera, kind)) continue;
    if (start < now) ended.push_back(gap_over({start, now, kind}, camera, kNotRunning, now));
  }
  for (const Gap& gap : ended) write_gap(gap);
  explain_recent_holes(now, wanted, ended);
  SQLite::Statement open(db_,
                         "SELECT id, camera, kind, start_us, end_us, cause, detail,"
                         " first_seen_us, alarm_us FROM gap WHERE end_us IS NULL");
  const size_t explained = ended.size();
  while (open.executeStep()) {
    Gap gap = gap_of(open);
    gap.end = end_of(gap, now, wanted);
    if (*gap.end < now)
      ended.push_back(gap_over({*gap.end, now, gap.kind}, gap.camera, kNotRunning, now));
    ended.push_back(std::move(gap));
  }
  for (size_t i = explained; i < ended.size(); ++i) write_gap(ended[i]);
  transaction.commit();
  return ended;
}

// A gap that was over within the half second before a power cut is in no database, and what a run
// could not write when the process ended is in none either. The hole that they left behind a run
// is: it gets a gap that says so. Older holes are retention's.
void CatalogDb::explain_recent_holes(WallTime now, const Wanted& wanted, std::vector<Gap>& told) {
  constexpr Duration kShortest = std::chrono::milliseconds(100);
  for (auto& [stream, runs] : recent_runs()) {
    const auto& [camera, kind] = stream;
    Span range{runs.front().end, runs.front().end, kind};
    for (const Span& run : runs) range.end = std::max(range.end, run.end);
    if (!wanted.at_all || wanted.at_all(camera, kind)) range.end = std::max(range.end, now);
    std::vector<Span> known = gaps_since(camera, range);
    known.insert(known.end(), runs.begin(), runs.end());
    for (const Span& hole : unaccounted(range, std::move(known), kShortest)) {
      told.push_back(gap_over(hole, camera, kForgotten, now));
      write_gap(told.back());
    }
  }
}

// Those of each stream that ended within ten minutes before its newest one did, by start.
std::map<std::pair<std::string, StreamKind>, std::vector<Span>> CatalogDb::recent_runs() {
  constexpr Duration kRecent = std::chrono::minutes(10);
  // The end of each stream once: asked for each run anew, a camera that flapped for a month would
  // keep every camera from being recorded for minutes.
  SQLite::Statement rows(db_,
                         "WITH stream AS (SELECT camera, kind, max(end_us) AS last FROM run"
                         " GROUP BY camera, kind)"
                         " SELECT camera, kind, start_us, end_us FROM run JOIN stream"
                         " USING(camera, kind) WHERE end_us > last - ?"
                         " ORDER BY camera, kind, start_us");
  rows.bind(1, int64_t{kRecent.count()});
  std::map<std::pair<std::string, StreamKind>, std::vector<Span>> runs;
  while (rows.executeStep()) {
    const auto kind = static_cast<StreamKind>(rows.getColumn(1).getInt());
    runs[{rows.getColumn(0).getString(), kind}].push_back(
        {{rows.getColumn(2).getInt64()}, {rows.getColumn(3).getInt64()}, kind});
  }
  return runs;
}

// The gaps of a stream that end behind the begin of `range`. The index does not help to find them,
// as any gap may be long.
std::vector<Span> CatalogDb::gaps_since(const std::string& camera, const Span& range) {
  SQLite::Statement rows(db_,
                         "SELECT start_us, end_us FROM gap WHERE camera=?1 AND kind=?2"
                         " AND (end_us IS NULL OR end_us > ?3)");
  rows.bind(1, camera);
  rows.bind(2, static_cast<int>(range.kind));
  rows.bind(3, range.start.us);
  std::vector<Span> spans;
  while (rows.executeStep()) {
    const auto end = rows.getColumn(1);
    spans.push_back(
        {{rows.getColumn(0).getInt64()}, {end.isNull() ? INT64_MAX : end.getInt64()}, range.kind});
  }
  return spans;
}

}  // namespace vedette::store
