// SPDX-License-Identifier: Apache-2.0
#include "store/catalog_spans.h"

#include <algorithm>
#include <tuple>

#include "store/catalog_rows.h"

namespace vedette::store {
namespace {

// Runs and gaps of one stream follow each other; a wall clock that stepped back may make a few
// overlap. This many before the range are looked at for one that reaches into it.
constexpr const char* kRuns =
    "SELECT start_us, end_us FROM run WHERE camera=?1 AND kind=?2 AND start_us < ?4 AND start_us >="
    " ifnull((SELECT start_us FROM run WHERE camera=?1 AND kind=?2 AND start_us <= ?3 ORDER BY"
    " start_us DESC LIMIT 1 OFFSET 3), -9223372036854775808) AND end_us > ?3";
constexpr const char* kGaps =
    "SELECT id, camera, kind, start_us, end_us, cause, detail, first_seen_us, alarm_us FROM gap"
    " WHERE camera=?1 AND kind=?2 AND start_us < ?4 AND start_us >= ifnull((SELECT start_us FROM"
    " gap WHERE camera=?1 AND kind=?2 AND start_us <= ?3 ORDER BY start_us DESC LIMIT 1 OFFSET 3),"
    " -9223372036854775808) AND (end_us IS NULL OR end_us > ?3)";

void bind(SQLite::Statement& query, const std::string& camera, const Span& range) {
  query.reset();
  query.bind(1, camera);
  query.bind(2, static_cast<int>(range.kind));
  query.bind(3, range.start.us);
  query.bind(4, range.end.us);
}

}  // namespace

StreamRows::StreamRows(SQLite::Database& db) : runs_(db, kRuns), gaps_(db, kGaps) {}

void StreamRows::runs(const std::string& camera, const Span& range, std::vector<Span>& out) {
  bind(runs_, camera, range);
  while (runs_.executeStep())
    out.push_back({{runs_.getColumn(0).getInt64()}, {runs_.getColumn(1).getInt64()}, range.kind});
  runs_.reset();
}

void StreamRows::gaps(const std::string& camera, const Span& range, std::vector<Gap>& out) {
  bind(gaps_, camera, range);
  while (gaps_.executeStep()) out.push_back(gap_of(gaps_));
  gaps_.reset();
}

std::vector<Span> merged(std::vector<Span> spans, WallTime from, WallTime to, Duration join) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::tie(a.kind, a.start.us, a.end.us) < std::tie(b.kind, b.start.us, b.end.us);
  });
  std::vector<Span> out;
  for (Span span : spans) {
    span.start = std::max(span.start, from);
    span.end = std::min(span.end, to);
    if (span.start >= span.end) continue;
    if (!out.empty() && out.back().kind == span.kind && span.start <= out.back().end + join)
      out.back().end = std::max(out.back().end, span.end);
    else
      out.push_back(span);
  }
  return out;
}

std::vector<Span> without(const std::vector<Span>& spans, const std::vector<Gap>& gaps,
                          Duration shortest) {
  std::vector<Span> out;
  for (Span span : spans) {
    for (const Gap& gap : gaps) {
      const bool within = gap.cause == "loss" || gap.cause == "unknown";
      if (gap.kind != span.kind || !within || !gap.end) continue;
      if (*gap.end - gap.start < shortest || gap.start >= span.end || *gap.end <= span.start)
        continue;
      if (gap.start > span.start) out.push_back({span.start, gap.start, span.kind});
      span.start = *gap.end;
    }
    if (span.start < span.end) out.push_back(span);
  }
  return out;
}

}  // namespace vedette::store
