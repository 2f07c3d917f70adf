// SPDX-License-Identifier: Apache-2.0
#include "playback/export_plan.h"

#include <span>

#include <fmt/format.h>

namespace vedette::playback {
namespace {

using store::FragmentRef;

constexpr size_t kMaxFragments = 700'000;  // a week of fragments of one second, and some
constexpr WallTime kNever{INT64_MAX};

/// The error that names the recorded moments around the range.
Error nothing_recorded(Archive& archive, const ExportRange& range) {
  const auto before = archive.spans(range.camera, WallTime{0}, range.from);
  if (!before) return before.error();
  const auto after = archive.spans(range.camera, range.to, kNever);
  if (!after) return after.error();
  std::string nearest;
  for (const store::Span& span : *before) {
    if (span.kind == range.kind) {
      nearest = fmt::format("; the recording before ends at {}", to_rfc3339(span.end));
    }
  }
  for (const store::Span& span : *after) {
    if (span.kind != range.kind) continue;
    nearest += fmt::format("; the next one begins at {}", to_rfc3339(span.start));
    break;
  }
  if (nearest.empty() && !(before->empty() && after->empty())) {
    const auto kind = media::to_string(range.kind);
    return make_error(ErrorCode::kNotFound,
                      fmt::format("there is no recording of the {} stream of camera \"{}\"; export "
                                  "its other one",
                                  kind, range.camera));
  }
  if (nearest.empty()) {
    return make_error(ErrorCode::kNotFound,
                      fmt::format("there is no recording of camera \"{}\" at all; `vedette camera "
                                  "list` names the cameras",
                                  range.camera));
  }
  return make_error(ErrorCode::kNotFound,
                    fmt::format("nothing of \"{}\" is recorded from {} to {}{}", range.camera,
                                to_rfc3339(range.from), to_rfc3339(range.to), nearest));
}

void add_original(std::vector<OriginalPiece>& originals, const FragmentRef& fragment) {
  const store::FragmentEntry& entry = fragment.entry;
  const uint64_t end = entry.offset + entry.size;
  if (!originals.empty()) {
    OriginalPiece& last = originals.back();
    if (last.file->path() == fragment.file->path() &&
        last.first_sequence + last.count == entry.sequence) {
      ++last.count;
      last.end = end;
      return;
    }
  }
  originals.push_back({fragment.file, entry.sequence, 1, entry.offset - entry.record_size, end});
}

}  // namespace

Result<void> check_range(const ExportRange& range) {
  if (range.from >= range.to) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the end of the range must be later than its "
                      "beginning");
  }
  if (range.to - range.from > kMaxExport) {
    return make_error(ErrorCode::kInvalidArgument,
                      "an export holds at most 7 days; make several of a longer stretch");
  }
  return ok();
}

uint64_t ExportPlan::video_bytes() const {
  uint64_t bytes = 0;
  for (const auto& video : videos) bytes += video->size();
  return bytes;
}

uint64_t ExportPlan::original_bytes() const {
  uint64_t bytes = 0;
  for (const OriginalPiece& piece : originals) {
    bytes += piece.file->init_size + (piece.end - piece.begin);
  }
  return bytes;
}

Result<ExportPlan> plan_export(Archive& archive, const ExportRange& range) {
  VEDETTE_TRY(check_range(range));
  ExportPlan plan;
  plan.range = range;
  VEDETTE_ASSIGN(plan.fragments, covering_fragments(archive, {range.camera, range.kind, range.from,
                                                              range.to, kMaxFragments}));
  if (plan.fragments.empty()) return nothing_recorded(archive, range);
  if (plan.fragments.size() >= kMaxFragments) {
    return make_error(ErrorCode::kInvalidArgument,
                      "there are too many fragments for one export; make several of shorter "
                      "stretches");
  }
  for (std::span<const FragmentRef> rest = plan.fragments; !rest.empty();) {
    VEDETTE_ASSIGN(auto video, VirtualMp4::join(archive, rest, Entries::kOnePerTrack));
    rest = rest.subspan(video->fragment_count());
    plan.videos.push_back(std::move(video));
  }
  for (const FragmentRef& fragment : plan.fragments) add_original(plan.originals, fragment);
  return plan;
}

}  // namespace vedette::playback
