// SPDX-License-Identifier: Apache-2.0
// The piece of a recording file that goes into a bundle: docs/design/bundle.md
// §"original-NNNN.mp4". Pure; any thread.
#pragma once

#include <vector>

#include "mp4/source.h"
#include "playback/export_plan.h"

namespace vedette::playback {

/// A stretch of the recording file, or bytes made for the bundle.
struct PiecePart {
  uint64_t offset = 0;
  uint64_t size = 0;
  Bytes made;  ///< stands instead of the stretch when not empty
};

struct PiecePlan {
  std::vector<PiecePart> parts;
  [[nodiscard]] uint64_t size() const;
};

/// Head, fragments and the checkpoints that sign them; records of the same windows that are not
/// asked for by their hashes. Reads the boxes of the file, not its pictures. kDataLoss when the
/// fragments are not where the catalog says; kFailedPrecondition when they have no records.
[[nodiscard]] Result<PiecePlan> plan_original(const mp4::ByteSource& file,
                                              const OriginalPiece& piece);

}  // namespace vedette::playback
