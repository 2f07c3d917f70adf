// SPDX-License-Identifier: Apache-2.0
#include "store/holes.h"

#include <algorithm>

namespace vedette::store {

std::vector<Span> unaccounted(const Span& range, std::vector<Span> known, Duration least) {
  std::sort(known.begin(), known.end(),
            [](const Span& a, const Span& b) { return a.start < b.start; });
  std::vector<Span> found;
  WallTime at = range.start;
  const auto missing = [&](WallTime until) {
    if (until - at >= least) found.push_back({at, until, range.kind});
  };
  for (const Span& one : known) {
    if (one.end <= at) continue;
    if (one.start >= range.end) break;
    if (one.start > at) missing(one.start);
    at = one.end;
  }
  if (at < range.end) missing(range.end);
  return found;
}

Gap gap_over(const Span& hole, const std::string& camera, const Why& why, WallTime first_seen) {
  Gap gap;
  gap.id = new_gap_id();
  gap.camera = camera;
  gap.kind = hole.kind;
  gap.start = hole.start;
  gap.end = hole.end;
  gap.cause = why.cause;
  gap.detail = why.detail;
  gap.first_seen = first_seen;
  return gap;
}

}  // namespace vedette::store
