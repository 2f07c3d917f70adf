// SPDX-License-Identifier: Apache-2.0
// Internal to mp4. The parsed moov: the movie and, when asked for, the sample tables of its tracks.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mp4/reader.h"
#include "mp4/sample_table_boxes.h"

namespace vedette::mp4 {

/// §8.5–8.7. Tables that are missing stay empty.
struct SampleTables {
  Stts stts;
  Ctts ctts;
  Stsc stsc;
  Stss stss;
  bool has_stss = false;  ///< without the box every sample is a sync sample
  Stsz stsz;
  std::vector<uint64_t> chunk_offsets;
};

struct Moov {
  Movie movie;
  std::vector<SampleTables> tables;  ///< by track, empty when not asked for
};

enum class Tables : uint8_t { kSkip, kRead };

/// Finds moov among the top-level boxes of the source and parses it.
[[nodiscard]] Result<Moov> read_moov(const ByteSource& source, Tables tables);

}  // namespace vedette::mp4
