// SPDX-License-Identifier: Apache-2.0
// Internal to mp4. Between TrackInfo and the sample entry that stands for it in stsd.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"
#include "mp4/box.h"
#include "mp4/box_io.h"

namespace vedette::mp4 {

/// Appends avc1, hvc1, mp4a or Opus with its configuration box.
/// REQUIRES: check_entry() accepted it.
void write_sample_entry(BoxBuilder& out, const media::TrackInfo& track);
[[nodiscard]] Result<void> check_entry(const media::TrackInfo& track);

/// The TrackInfo of the sample entry `box` of `bytes`; null for a format or configuration we do
/// not know, data_loss for a box that is broken. `timescale` is that of mdhd.
[[nodiscard]] Result<media::TrackInfoPtr> read_sample_entry(ByteSpan bytes, const BoxHeader& box,
                                                            uint32_t timescale);

}  // namespace vedette::mp4
