// SPDX-License-Identifier: Apache-2.0
#include "store/gap_audit.h"

#include <algorithm>

#include "base/log.h"
#include "store/holes.h"

namespace vedette::store {
namespace {

constexpr Duration kFarthest = std::chrono::hours(24 * 7);
// What is younger may still be on its way to the catalog.
constexpr Duration kSettled = std::chrono::seconds(60);
// Fragments and gaps meet within pictures; less than this is no loss that anybody could see.
constexpr Duration kLeast = std::chrono::seconds(2);
constexpr Why kUnexplained{"unknown", "Nothing was recorded, and nothing says why."};

}  // namespace

void GapAudit::run() {
  const auto cameras = parts_.config.cameras();
  if (!cameras || parts_.catalog.problem()) return;
  const WallTime to = parts_.clock.wall() - kSettled;
  for (const Camera& camera : *cameras) {
    auto looked = look(camera.id, StreamKind::kMain, to);
    if (looked && camera.sub_url) looked = look(camera.id, StreamKind::kSub, to);
    if (!looked) log::warn("audit", "camera={}: {}", camera.id, looked.error().message());
  }
}

Result<void> GapAudit::look(const std::string& camera, StreamKind kind, WallTime to) {
  VEDETTE_ASSIGN(const auto coverage, parts_.catalog.coverage(camera, kind));
  if (!coverage) return ok();  // the gap before the first picture is the recorder's
  const auto before = looked_until_.find({camera, kind});
  WallTime from = before == looked_until_.end() ? to - kFarthest : before->second;
  from = std::max(from, coverage->first);
  if (from >= to) return ok();
  std::vector<Span> known;
  VEDETTE_ASSIGN(const auto spans, parts_.catalog.spans(camera, from, to));
  for (const Span& span : spans)
    if (span.kind == kind) known.push_back(span);
  VEDETTE_ASSIGN(const auto gaps, parts_.catalog.gaps(camera, from, to));
  for (const Gap& gap : gaps)
    if (gap.kind == kind) known.push_back({gap.start, gap.end.value_or(to), kind});
  VEDETTE_ASSIGN(const auto deletions, parts_.catalog.deletions(camera, from, to));
  for (const DeletedFile& file : deletions)
    if (file.kind == kind) known.push_back({file.start, file.end, kind});
  for (const Span& hole : unaccounted({from, to, kind}, std::move(known), kLeast)) {
    const Gap gap = gap_over(hole, camera, kUnexplained, parts_.clock.wall());
    log::warn("audit", "camera={} from {} to {} is neither recorded nor explained", camera,
              to_rfc3339(gap.start), to_rfc3339(*gap.end));
    put_(gap);
  }
  looked_until_[{camera, kind}] = to;
  return ok();
}

}  // namespace vedette::store
