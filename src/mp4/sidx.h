// SPDX-License-Identifier: Apache-2.0
// The segment index of a closed file (ISO/IEC 14496-12 §8.16.3), written over the reserved free
// box. Pure functions, callable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::mp4 {

struct SidxEntry {
  uint32_t size = 0;            ///< bytes of the uuid, moof and mdat together; below 2^31
  uint32_t duration = 0;        ///< ticks
  bool starts_with_sap = true;  ///< the fragment starts with a random access point (SAP type 1)

  friend bool operator==(const SidxEntry&, const SidxEntry&) = default;
};

struct Sidx {
  uint32_t track_id = 1;
  uint32_t timescale = 90000;
  int64_t earliest_pts = 0;        ///< of the first entry, in ticks; not negative
  uint64_t first_entry = 0;        ///< set by the reader: offset of the first entry in the source
  std::vector<SidxEntry> entries;  ///< contiguous, in file order
};

/// Exactly `reserve_bytes` bytes: a sidx and, when 8 bytes or more are left, a free box. When the
/// entries do not all fit, neighbours are merged evenly so that the index still covers the whole
/// file. Without entries, or when not even one fits, all of it is a free box.
/// The first entry must begin right behind the reserved bytes. REQUIRES: reserve_bytes >= 8.
[[nodiscard]] Bytes make_sidx(const Sidx& sidx, size_t reserve_bytes);

/// Bytes to reserve so that `entries` entries fit unmerged.
[[nodiscard]] constexpr size_t sidx_reserve_bytes(size_t entries) { return 40 + 12 * entries + 8; }

/// A whole sidx box that stands at `box_offset` of its source.
[[nodiscard]] Result<Sidx> parse_sidx(ByteSpan box, uint64_t box_offset);

}  // namespace vedette::mp4
