// SPDX-License-Identifier: Apache-2.0
// Every sample of a file in decode order, fragmented or not: what the simulator serves and export
// reads. Immutable once built; 10^6 samples at most (about 40 MB).
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "mp4/reader.h"
#include "mp4/source.h"

namespace vedette::mp4 {

struct IndexedSample {
  uint64_t offset = 0;  ///< in the source; offset + size is within it
  int64_t dts = 0;      ///< ticks of the track, never falling
  int64_t pts = 0;
  uint32_t size = 0;
  uint32_t sample_description_index = 1;
  bool sync = false;
};

struct TrackSamples {
  Track track;
  std::vector<IndexedSample> samples;
};

/// Edit lists (edts, §8.6.6) are ignored: times are those of the media, so a file whose edit list
/// skips its first seconds shows them, and one that delays a track starts both together. A recorder
/// never writes them, and the simulator wants all frames.
class SampleIndex {
 public:
  /// Reads moov and, in a fragmented file, every moof. A fragmented file that is torn at the end
  /// gives the samples of its whole fragments. Tracks of unknown formats have no samples.
  [[nodiscard]] static Result<SampleIndex> build(const ByteSource& source);

  [[nodiscard]] const std::vector<TrackSamples>& tracks() const { return tracks_; }
  /// The first video track, or null.
  [[nodiscard]] const TrackSamples* video() const;
  /// The first audio track, or null.
  [[nodiscard]] const TrackSamples* audio() const;

 private:
  std::vector<TrackSamples> tracks_;
};

}  // namespace vedette::mp4
