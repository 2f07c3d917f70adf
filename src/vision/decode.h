// SPDX-License-Identifier: Apache-2.0
// Decodes H.264 and H.265. For .cpp files of this folder.
#pragma once

#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"
#include "vision/av.h"
#include "vision/jpeg.h"

namespace vedette::vision {

/// Single-threaded. Errors: invalid_argument (not video, no decoder_config), unsupported (no such
/// decoder, or larger than kMaxPictureSide), data_loss (the configuration cannot be read).
[[nodiscard]] Result<AvContext> open_decoder(const media::TrackInfo& track);

/// The picture of the last of `aus` in decode order, in whatever pixel format it was coded.
/// Errors as decode_to_jpeg.
[[nodiscard]] Result<AvFrame> decode_last(const media::TrackInfo& track,
                                          std::span<const ByteSpan> aus);

}  // namespace vedette::vision
