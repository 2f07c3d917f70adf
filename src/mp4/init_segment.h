// SPDX-License-Identifier: Apache-2.0
// The head of a recording file: ftyp, moov(mvex) and an optional reserved free box that becomes the
// sidx when the file is closed (ISO/IEC 14496-12 §8.1–8.8; CMAF brands of ISO/IEC 23000-19).
// Pure functions, callable from any thread.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace vedette::mp4 {

/// One track with several configurations: entry i is chosen by sample_description_index i + 1 of
/// the fragments that need it. Playback joins runs with different parameter sets this way.
struct InitTrack {
  std::vector<media::TrackInfoPtr> entries;  ///< at least one; all of one kind (video or audio)
};

/// Track ids are 1, 2, … in the order given; the timescale of a track is that of its first entry,
/// so the caller rescales the times of runs whose entry has another one. `sidx_reserve_bytes`: size
/// of the whole free box after moov; 0 for none, else at least 8. Errors: unsupported for G.711
/// (recorded as Opus), invalid_argument for a missing decoder_config.
[[nodiscard]] Result<Bytes> make_init_segment(std::span<const InitTrack> tracks,
                                              size_t sidx_reserve_bytes);
/// The same with one entry per track.
[[nodiscard]] Result<Bytes> make_init_segment(std::span<const media::TrackInfoPtr> tracks,
                                              size_t sidx_reserve_bytes);

/// `video/mp4; codecs="avc1.64001f,mp4a.40.2"` for MSE and HTTP.
[[nodiscard]] std::string mime_type(std::span<const media::TrackInfoPtr> tracks);

}  // namespace vedette::mp4
