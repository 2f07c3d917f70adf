// SPDX-License-Identifier: Apache-2.0
// One still picture out of recorded or live video: what snapshot.jpg and the timeline's thumbnails
// are made with. The record path never comes here. Stateless; thread-safe; single-threaded inside.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace vedette::vision {

/// Pictures larger than this on either side are refused before memory is reserved for them.
constexpr int kMaxPictureSide = 8192;

struct JpegOptions {
  uint16_t max_width = 0;  ///< the picture is scaled down to this, keeping its shape; 0: as coded
  uint8_t quality = 80;    ///< 1 (small) to 100 (faithful)
};

/// Decodes `aus` (each in the form of AccessUnit::data, in decode order, the first one a random
/// access point) and codes the last of them in decode order as a JPEG.
/// Errors: invalid_argument (no access unit, not video, no decoder_config), unsupported (larger
/// than kMaxPictureSide), data_loss (no picture comes out).
[[nodiscard]] Result<Bytes> decode_to_jpeg(const media::TrackInfo& track,
                                           std::span<const ByteSpan> aus,
                                           const JpegOptions& options = {});

}  // namespace vedette::vision
