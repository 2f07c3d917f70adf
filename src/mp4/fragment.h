// SPDX-License-Identifier: Apache-2.0
// Writing a fragment: moof and the header of its mdat (ISO/IEC 14496-12 §8.8), and moving one in
// time afterwards without changing its size. Pure functions, callable from any thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

namespace vedette::mp4 {

struct Sample {
  uint32_t size = 0;      ///< bytes
  uint32_t duration = 0;  ///< to the next decode time, in ticks of the track
  int32_t cts = 0;        ///< presentation minus decode time; may be negative (trun version 1)
  bool sync = false;      ///< decoding may start here

  friend bool operator==(const Sample&, const Sample&) = default;
};

struct TrackRun {
  uint32_t track_id = 1;
  int64_t base_decode_time = 0;  ///< of the first sample, in ticks; not negative
  std::span<const Sample> samples;
  uint32_t sample_description_index = 1;
};

/// moof and mdat header; the caller writes the sample data right after: all samples of the first
/// run, then all of the second, and so on. A run without samples is left out.
/// One allocation; linear in the samples. 16 bytes per video sample, fewer where values repeat.
/// REQUIRES: base_decode_time >= 0; at most kMaxTracks runs; all sample data together at most
/// kMaxFragmentDataBytes.
/// `activity`: see activity_box.h; 0 leaves the box out.
[[nodiscard]] Bytes make_fragment_head(uint32_t sequence, std::span<const TrackRun> runs,
                                       uint8_t activity = 0);

struct TrackPatch {
  uint32_t track_id = 1;
  int64_t decode_time_shift = 0;  ///< added to the base decode time, in ticks
  uint32_t sample_description_index = 1;
};

struct MoofPatch {
  uint32_t sequence = 0;
  std::span<const TrackPatch> tracks;  ///< a track that is not named keeps its values
};

/// Rewrites a moof made by make_fragment_head in place; `moof` starts at the box header and may
/// extend past the box. Any other moof is refused whole (failed_precondition) unless its tfhd holds
/// a sample description index and its tfdt is version 1. A decode time below 0 is invalid_argument.
[[nodiscard]] Result<void> patch_moof(std::span<uint8_t> moof, const MoofPatch& patch);

/// Makes room for `bytes` bytes in front of the first sample of the first run, in place: that
/// sample and mdat grow, the data of the other runs moves. `head` is the moof and the mdat header
/// of a fragment by make_fragment_head; the caller sends the bytes between it and the sample data.
///
/// Needed where runs are joined: FFmpeg, and with it Chromium's <video src>, keeps the
/// configuration it began with when sample_description_index changes between fragments. Decoders
/// that find parameter sets in the first sample switch all the same. failed_precondition for a head
/// of others, which may then be partly changed.
[[nodiscard]] Result<void> grow_first_sample(std::span<uint8_t> head, uint32_t bytes);

/// The parameter sets of a video track as NAL units after 4-byte lengths, to stand before the NAL
/// units of a sample. REQUIRES: is_video(track.codec).
[[nodiscard]] Result<Bytes> parameter_set_prefix(const media::TrackInfo& track);

}  // namespace vedette::mp4
