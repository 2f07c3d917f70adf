// SPDX-License-Identifier: Apache-2.0
// Decodes a short stretch of H.264 or H.265 to its last picture. For .cpp files of this folder.
#pragma once

#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"
#include "vision/av.h"

namespace vedette::vision {

/// The picture of the last of `aus` in decode order, in whatever pixel format it was coded.
/// Errors as decode_to_jpeg.
[[nodiscard]] Result<AvFrame> decode_last(const media::TrackInfo& track,
                                          std::span<const ByteSpan> aus);

}  // namespace vedette::vision
