// SPDX-License-Identifier: Apache-2.0
// Reading MP4: the movie (tracks and their configurations), fragments, and a tolerant scan of a
// file that was not closed. Takes our own files and those of others; every size and count from the
// file is bounded (mp4/limits.h) before memory is reserved. Pure functions over a ByteSource.
// Errors are data_loss or unsupported and name the byte offset and the place in the box tree.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"
#include "mp4/box.h"
#include "mp4/fragment.h"
#include "mp4/sidx.h"
#include "mp4/source.h"

namespace vedette::mp4 {

/// Defaults of trex (§8.8.3), used where neither tfhd nor trun gives a value.
struct FragmentDefaults {
  uint32_t sample_description_index = 1;
  uint32_t duration = 0;
  uint32_t size = 0;
  uint32_t flags = 0;
};

struct Track {
  uint32_t id = 0;
  FourCc handler = 0;      ///< 'vide', 'soun', or another, which has no entries we know
  uint32_t timescale = 0;  ///< never 0
  /// By sample_description_index - 1; null for a format we do not know.
  std::vector<media::TrackInfoPtr> entries;
  FragmentDefaults defaults;

  /// Null when the index is out of range or its format unknown.
  [[nodiscard]] media::TrackInfoPtr entry(uint32_t sample_description_index) const;
};

struct Movie {
  std::vector<Track> tracks;
  bool fragmented = false;  ///< has mvex
  BoxHeader moov;
  uint64_t init_end = 0;  ///< first byte after moov: where the reserve, the sidx or fragments begin

  [[nodiscard]] const Track* find(uint32_t track_id) const;
};

/// Finds and parses moov, which may stand before or after mdat. not_found when there is none.
[[nodiscard]] Result<Movie> read_movie(const ByteSource& source);

/// A contiguous stretch of samples of one track (one trun).
struct Run {
  uint32_t track_id = 0;
  uint32_t sample_description_index = 1;
  int64_t base_decode_time = 0;
  uint64_t data_offset = 0;  ///< of the first sample, in the source
  std::vector<Sample> samples;
};

struct Fragment {
  uint32_t sequence = 0;
  std::vector<Run> runs;
};

/// `moof`: exactly the box, which stands at `moof_offset` of its source. Tracks that the movie does
/// not have are skipped. Data offsets are not checked against the size of the source.
[[nodiscard]] Result<Fragment> parse_moof(ByteSpan moof, uint64_t moof_offset, const Movie& movie);
[[nodiscard]] Result<Fragment> read_fragment(const ByteSource& source, const BoxHeader& moof,
                                             const Movie& movie);

/// The sidx right behind moov, or nullopt: an open file, or one of others without an index.
[[nodiscard]] Result<std::optional<Sidx>> read_sidx(const ByteSource& source, const Movie& movie);

/// The boxes of one fragment on disk, contiguous: uuid, moof, mdat.
struct ScannedFragment {
  uint64_t offset = 0;       ///< of the uuid box next to the moof, or of the moof without one
  uint32_t prefix_size = 0;  ///< further uuid boxes before it (checkpoints)
  uint32_t record_size = 0;  ///< the uuid box; 0 in a file without records
  uint32_t moof_size = 0;
  uint64_t mdat_size = 0;  ///< header included

  [[nodiscard]] uint64_t moof_offset() const { return offset + record_size; }
  [[nodiscard]] uint64_t size() const { return record_size + moof_size + mdat_size; }
  [[nodiscard]] uint64_t end() const { return offset + size(); }
};

enum class ScanStop : uint8_t {
  kEndOfFile,  ///< the last fragment ends exactly where the file does
  kUnwritten,  ///< zeros follow: preallocated and never written
  kTorn,       ///< a box reaches past the end of the file, or its header does
  kGarbage,    ///< not a box of a recording file, or out of order
  kReadError,  ///< the source failed; what follows may be good
};
[[nodiscard]] std::string_view to_string(ScanStop stop);

struct Scan {
  std::vector<ScannedFragment> fragments;
  uint64_t good_end = 0;  ///< first byte after the last good fragment, or the start of the scan
  std::vector<BoxHeader> tail;  ///< whole uuid boxes behind it without a whole fragment behind them
  ScanStop stop = ScanStop::kEndOfFile;
  std::string why;  ///< one line with the offset, for a log
};

/// Walks (free|sidx)* (uuid* moof mdat)* from `from_offset` (Movie::init_end, or a known boundary)
/// as far as it is whole, or up to `most` fragments. Structure only: a power cut may leave a whole
/// mdat header before data that never reached the disk, so the caller checks the record's hash of
/// the last fragments. At most kMaxTopLevelBoxes boxes. One read per fragment.
[[nodiscard]] Scan scan_fragments(const ByteSource& source, uint64_t from_offset,
                                  size_t most = std::numeric_limits<size_t>::max());

}  // namespace vedette::mp4
