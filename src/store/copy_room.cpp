// SPDX-License-Identifier: Apache-2.0
// The part of the cleaner that makes room for a copy of recordings on a disk that records.
#include <algorithm>

#include <fmt/format.h>

#include "store/retention.h"

namespace vedette::store {
namespace {

// Each round deletes thousands of files at most.
constexpr int kMostRounds = 16;

std::string megabytes(int64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

Result<RetentionPlan> Cleaner::plan_room(const CopyRoom& copy, const std::string& volume,
                                         int64_t bytes) {
  VEDETTE_ASSIGN(RetentionInput input, gather({}));
  VEDETTE_ASSIGN(auto undone, pending());
  input.holds.push_back({"copy", copy.camera, copy.from, copy.to, "", "", 0});
  for (VolumeNeed& need : input.volumes) {
    need.excess_bytes = need.id == volume ? bytes - undone[volume].on_disk_bytes : 0;
    need.must_bytes = 0;
    need.may_break_minimum = false;
    need.reason = DeletionReason::kReserve;
  }
  const FileQueue files = [this](const std::string& of, const std::string& camera, WallTime from,
                                 size_t limit) {
    return parts_.catalog.oldest_files(of, camera, limit, from);
  };
  return plan_retention(input, files);
}

Result<void> Cleaner::make_room_for(const CopyRoom& copy) {
  MutexLock lock(mutex_);
  agree();
  VEDETTE_ASSIGN(fs::Space space, parts_.files.space(copy.folder));
  int64_t kept_free = 0;
  std::vector<std::string> shared;
  for (const VolumeWriter* const writer : volumes_.all()) {
    if (writer->hung()) continue;
    const auto volume = writer->volume();
    const auto own = parts_.files.space(writer->path());
    if (!volume || !own || own->device != space.device) continue;
    shared.push_back(volume->id());
    if (!writer->removed()) kept_free = std::max(kept_free, writer->status().reserve_bytes);
  }
  const auto missing = [&] {
    return copy.bytes + kept_free - static_cast<int64_t>(space.free_bytes);
  };
  for (const std::string& volume : shared) {
    for (int round = 0; round < kMostRounds && missing() > 0; ++round) {
      VEDETTE_ASSIGN(const RetentionPlan plan, plan_room(copy, volume, missing()));
      if (plan.deletions.empty()) break;
      carry_out(plan.deletions);
      VEDETTE_ASSIGN(space, parts_.files.space(copy.folder));
    }
  }
  if (shared.empty() || missing() <= 0) return ok();
  return make_error(
      ErrorCode::kResourceExhausted,
      fmt::format("{} has {} free, of which recording keeps {}, and the copy needs {}; no more"
                  " recordings may make room for it. Choose a shorter range or another disk, or"
                  " remove an export",
                  copy.folder, megabytes(static_cast<int64_t>(space.free_bytes)),
                  megabytes(kept_free), megabytes(copy.bytes)));
}

}  // namespace vedette::store
