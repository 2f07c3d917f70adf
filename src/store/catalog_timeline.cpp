// SPDX-License-Identifier: Apache-2.0
// What a view of the timeline shows: spans, gaps and activity of many cameras, no finer than its
// buckets, so that a year of 64 cameras is as small an answer as an hour of them.
#include <algorithm>
#include <map>
#include <set>

#include "store/activity_levels.h"
#include "store/catalog.h"
#include "store/catalog_readers.h"
#include "store/catalog_rows.h"
#include "store/catalog_spans.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

constexpr std::array<StreamKind, 2> kKinds = {StreamKind::kMain, StreamKind::kSub};

/// Buckets shorter than any cell are filled from the fragments themselves, in views up to this.
constexpr Duration kLongestOfFragments = std::chrono::hours(2);

/// A camera with no more spans and gaps than this in view is told exactly: a script that counts in
/// ten buckets still sees the second that is missing.
constexpr size_t kToldExactly = 200;

/// So many cells make a bucket at most, and so many an answer: a month of 64 cameras in minutes.
constexpr int64_t kMostCellsOfBucket = 64;
constexpr int64_t kMostCells = 4'000'000;

/// REQUIRES: query.buckets > 0.
ActivityGrain grain_of(const TimelineQuery& query) {
  const int64_t length_us = (query.to - query.from).count();
  const auto buckets = static_cast<int64_t>(query.buckets);
  const int64_t all = buckets * static_cast<int64_t>(std::max<size_t>(1, query.cameras.size()));
  const int64_t most =
      length_us % buckets == 0 ? std::min(kMostCellsOfBucket, kMostCells / all) : 1;
  ActivityGrain grain = grain_for(query.from.us, length_us / buckets, most);
  if (grain.level == nullptr && query.to - query.from > kLongestOfFragments)
    grain.level = kActivityLevels.data();
  return grain;
}

int64_t length_of(const GapSummary& gap) { return (*gap.gap.end - gap.gap.start).count(); }

/// Gaps shorter than a bucket that begin in the same one become one; the longest of them gives the
/// cause. `gaps` by start.
std::vector<GapSummary> summarize(std::vector<Gap> gaps, WallTime from, double bucket_us) {
  std::vector<GapSummary> out;
  std::map<std::pair<StreamKind, int64_t>, size_t> open;  // kind, bucket → place in out
  std::map<size_t, int64_t> longest;
  for (Gap& gap : gaps) {
    GapSummary one{std::move(gap), 1, 0};
    if (one.gap.end) one.missing_us = length_of(one);
    const bool alone = !one.gap.end || static_cast<double>(one.missing_us) >= bucket_us;
    if (alone || one.gap.start < from) {
      out.push_back(std::move(one));
      continue;
    }
    const double place = static_cast<double>((one.gap.start - from).count()) / bucket_us;
    const auto [it, fresh] =
        open.try_emplace({one.gap.kind, static_cast<int64_t>(place)}, out.size());
    if (fresh) {
      longest[it->second] = one.missing_us;
      out.push_back(std::move(one));
      continue;
    }
    GapSummary& all = out[it->second];
    if (one.missing_us > longest[it->second]) {
      longest[it->second] = one.missing_us;
      all.gap.cause = one.gap.cause;
      all.gap.detail = one.gap.detail;
    }
    all.gap.end = std::max(*all.gap.end, *one.gap.end);
    all.missing_us += one.missing_us;
    ++all.count;
  }
  return out;
}

void read_cells(SQLite::Statement& rows, const ActivityLevel& level, const Span& range,
                ActivityBuckets& buckets) {
  rows.bind(2, static_cast<int>(range.kind));
  rows.bind(3, level.id);
  rows.bind(4, floor_div(range.start.us, level.row_us()));
  rows.bind(5, floor_div(range.end.us - 1, level.row_us()));
  while (rows.executeStep()) {
    const int64_t row_us = rows.getColumn(0).getInt64() * level.row_us();
    const ByteSpan cells = blob_of(rows.getColumn(1));
    const auto count = static_cast<int64_t>(cells.size());
    const int64_t first = std::max<int64_t>(0, floor_div(range.start.us - row_us, level.cell_us));
    const int64_t end = std::min(count, floor_div(range.end.us - 1 - row_us, level.cell_us) + 1);
    if (first >= end) continue;
    const ByteSpan within =
        cells.subspan(static_cast<size_t>(first), static_cast<size_t>(end - first));
    buckets.put_cells(row_us + first * level.cell_us, level.cell_us, within);
  }
  rows.reset();
}

void put_fragments(const std::vector<FragmentRef>& fragments, ActivityBuckets& buckets) {
  for (const FragmentRef& ref : fragments)
    buckets.put(ref.entry.start_us, ref.end_us(), ref.entry.activity);
}

}  // namespace

/// What is known of the cameras asked for, before it is brought down to the buckets.
struct Catalog::Timelines {
  struct Known {
    std::vector<Span> spans;
    std::vector<Gap> gaps;
    std::optional<ActivityBuckets> activity;
  };
  std::map<std::string, Known> cameras;
  std::set<int64_t> newer_gaps;  // in memory: what the database says of them is older
};

void Catalog::timeline_of_memory(const TimelineQuery& query, Timelines& out) const {
  const auto parts = static_cast<size_t>(query.buckets == 0 ? 1 : grain_of(query).cells);
  for (const std::string& camera : query.cameras) {
    Timelines::Known& known = out.cameras[camera];
    known.spans = live_->spans(camera);
    if (query.buckets == 0) continue;
    known.activity.emplace(query.from, query.to, query.buckets, parts);
    for (const StreamKind kind : kKinds)
      put_fragments(live_->fragments(camera, kind, query.from.us, query.to.us), *known.activity);
  }
  for (Gap& gap : live_->gaps()) {
    out.newer_gaps.insert(gap.id);
    const auto known = out.cameras.find(gap.camera);
    if (known != out.cameras.end() && gap.start < query.to && (!gap.end || *gap.end > query.from))
      known->second.gaps.push_back(std::move(gap));
  }
}

Result<void> Catalog::timeline_of_database(const TimelineQuery& query, Timelines& out) const {
  return readers_->read([&](SQLite::Database& db) -> Result<void> {
    StreamRows rows(db);
    const ActivityLevel* level = query.buckets == 0 ? nullptr : grain_of(query).level;
    SQLite::Statement cells(db,
                            "SELECT number, cells FROM activity WHERE camera=? AND kind=? AND"
                            " level=? AND number BETWEEN ? AND ?");
    for (auto& [camera, known] : out.cameras) {
      std::vector<Gap> gaps;
      for (const StreamKind kind : kKinds) {
        const Span range{query.from, query.to, kind};
        rows.runs(camera, range, known.spans);
        rows.gaps(camera, range, gaps);
        if (!known.activity || level == nullptr) continue;
        cells.bind(1, camera);
        read_cells(cells, *level, range, *known.activity);
      }
      for (Gap& gap : gaps)
        if (out.newer_gaps.count(gap.id) == 0) known.gaps.push_back(std::move(gap));
    }
    return ok();
  });
}

Result<void> Catalog::timeline_of_fragments(const TimelineQuery& query, Timelines& out) const {
  for (auto& [camera, known] : out.cameras) {
    for (const StreamKind kind : kKinds) {
      VEDETTE_ASSIGN(const auto found, fragments({camera, kind, query.from, query.to}));
      put_fragments(found, *known.activity);
    }
  }
  return ok();
}

Result<std::vector<CameraTimeline>> Catalog::timeline(const TimelineQuery& query) const {
  Timelines known;
  timeline_of_memory(query, known);
  auto stored = timeline_of_database(query, known);
  if (!stored && !problem()) return std::move(stored).error();
  const Duration length = query.to - query.from;
  const auto buckets = static_cast<int64_t>(query.buckets);
  const int64_t bucket_us = buckets == 0 ? 0 : length.count() / buckets;
  const ActivityGrain grain = buckets == 0 ? ActivityGrain{} : grain_of(query);
  if (buckets > 0 && grain.level == nullptr) VEDETTE_TRY(timeline_of_fragments(query, known));

  std::vector<CameraTimeline> out;
  for (const std::string& camera : query.cameras) {
    Timelines::Known& one = known.cameras.at(camera);
    const bool exact = one.gaps.size() <= kToldExactly &&
                       merged(one.spans, query.from, query.to, kSpanJoin).size() <= kToldExactly;
    const int64_t unit_us = exact ? 1 : std::max<int64_t>(1, bucket_us);
    const Duration finest = std::max(kSpanJoin, Duration(unit_us));
    std::sort(one.gaps.begin(), one.gaps.end(), [](const Gap& a, const Gap& b) {
      return std::tie(a.start.us, a.id) < std::tie(b.start.us, b.id);
    });
    CameraTimeline& line = out.emplace_back();
    line.camera = camera;
    std::vector<Gap> holes;
    for (const Gap& gap : one.gaps)
      if (gap.end && *gap.end - gap.start >= finest) holes.push_back(gap);
    // Copied: a camera may be asked for twice.
    line.spans = without(merged(one.spans, query.from, query.to, finest), holes, finest);
    std::vector<Gap> gaps;
    std::vector<Span> paused;
    for (const Gap& gap : one.gaps) {
      if (gap.cause == kNotScheduled)
        paused.push_back({gap.start, gap.end.value_or(query.to), gap.kind});
      else
        gaps.push_back(gap);
    }
    line.paused = merged(std::move(paused), query.from, query.to, finest);
    line.gaps = summarize(std::move(gaps), query.from, static_cast<double>(unit_us));
    if (!one.activity) continue;
    one.activity->keep_only(line.spans);
    line.activity = one.activity->most();
    if (grain.cells > 1) line.usual = one.activity->mean();
  }
  return out;
}

}  // namespace vedette::store
