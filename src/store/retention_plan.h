// SPDX-License-Identifier: Apache-2.0
// Decides which recording files go, and why; deletes nothing. The dry run and the cleaner ask the
// same function. Pure but for the catalog's queries, which come in as FileQueue.
//
// A camera's own limits come first: files older than max_age_us, then the oldest of more than
// max_bytes. Then each volume that needs room takes, one by one, the oldest file of the camera that
// is furthest above what it keeps at least, until there is room. A file that a hold overlaps never
// goes. A camera is taken below its minimum only where the volume says that recording would stop
// otherwise, and then each such deletion says so.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/catalog.h"
#include "store/config_store.h"

namespace vedette::store {

/// The oldest closed files of a camera (all cameras when empty) on a volume (all when empty) that
/// begin at `from` or later, at most `limit`.
using FileQueue = std::function<Result<std::vector<StoredFile>>(
    const std::string& volume, const std::string& camera, WallTime from, size_t limit)>;

struct CameraShare {
  std::string camera;
  Retention keep;  ///< empty for a camera that was removed: its recordings give way like others
  int64_t bytes = 0;
  double bytes_per_us = 0;         ///< its measured rate; 0 when unknown
  std::vector<std::string> where;  ///< ids of the volumes with files of it
};

struct VolumeNeed {
  std::string id;
  int64_t excess_bytes = 0;  ///< must go; not above 0 when there is room
  int64_t must_bytes = 0;    ///< of these: without them recording stops
  DeletionReason reason = DeletionReason::kQuota;
  bool may_break_minimum = false;  ///< for must_bytes
};

struct RetentionInput {
  WallTime now;
  std::vector<CameraShare> cameras;
  std::vector<VolumeNeed> volumes;  ///< only those that may be cleaned
  std::vector<Hold> holds;
  size_t most = 2000;  ///< files; a round leaves the rest to the next
};

struct RetentionPlan {
  std::vector<Deletion> deletions;
  std::map<std::string, int64_t> short_bytes;  ///< per volume: what could not be freed
  bool complete = true;                        ///< false: cut at RetentionInput::most
};

[[nodiscard]] Result<RetentionPlan> plan_retention(const RetentionInput& input,
                                                   const FileQueue& files);

/// Whether a hold overlaps the file.
[[nodiscard]] bool is_held(const std::vector<Hold>& holds, const StoredFile& file);

}  // namespace vedette::store
