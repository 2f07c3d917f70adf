// SPDX-License-Identifier: Apache-2.0
// One recorded picture as a JPEG. Stateless; thread-safe; decodes on the caller's thread.
#pragma once

#include <optional>
#include <string>

#include "playback/archive.h"

namespace vedette::playback {

/// A picture this much older than asked for is still "the picture at that moment": the newest
/// fragment is committed a few seconds after it was seen. An older one would be a lie.
inline constexpr Duration kMaxSnapshotAge{std::chrono::seconds(10)};

struct SnapshotRequest {
  std::string camera;
  media::StreamKind kind = media::StreamKind::kMain;
  WallTime at;
  uint16_t max_width = 0;  ///< 0: as recorded
};

struct Snapshot {
  Bytes jpeg;
  WallTime at;  ///< of the picture: not later than asked for
  std::string etag;
};

/// nullopt when nothing is recorded at that moment.
[[nodiscard]] Result<std::optional<Snapshot>> take_snapshot(Archive& archive,
                                                            const SnapshotRequest& request);

}  // namespace vedette::playback
