// SPDX-License-Identifier: Apache-2.0
// Internal to mp4, as boxes.h: the sample table of a movie without fragments (§8.6, §8.7).
#pragma once

#include <cstdint>
#include <vector>

#include "mp4/box.h"
#include "mp4/boxes.h"
#include "mp4/limits.h"

namespace vedette::mp4 {

/// §8.6.1.2.
struct SttsEntry {
  static constexpr size_t kBytes = 8;
  uint32_t count = 0;
  uint32_t delta = 0;

  template <typename Io>
  void transfer(Io& io) {
    io.uint(4, count);
    io.uint(4, delta);
  }
};
/// §8.6.1.3. Version 0 has unsigned offsets, but writers put negative ones there all the same.
struct CttsEntry {
  static constexpr size_t kBytes = 8;
  uint32_t count = 0;
  int32_t offset = 0;

  template <typename Io>
  void transfer(Io& io) {
    io.uint(4, count);
    io.uint(4, offset);
  }
};
/// §8.7.4.
struct StscEntry {
  static constexpr size_t kBytes = 12;
  uint32_t first_chunk = 0;
  uint32_t samples_per_chunk = 0;
  uint32_t sample_description_index = 0;

  template <typename Io>
  void transfer(Io& io) {
    io.uint(4, first_chunk);
    io.uint(4, samples_per_chunk);
    io.uint(4, sample_description_index);
  }
};
/// One number: stss (§8.6.2), stco and co64 (§8.7.5), stsz (§8.7.3).
template <size_t kWidth>
struct NumberEntry {
  static constexpr size_t kBytes = kWidth;
  uint64_t value = 0;

  template <typename Io>
  void transfer(Io& io) {
    io.uint(kWidth, value);
  }
};

/// A FullBox that is nothing but a table.
template <uint32_t kFourCc, typename Entry>
struct TableBox {
  static constexpr FourCc kType = kFourCc;
  uint8_t version = 0;
  uint32_t flags = 0;
  std::vector<Entry> entries;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    transfer_table(io, entries, kMaxSamples);
  }
};
using Stts = TableBox<fourcc("stts"), SttsEntry>;
using Ctts = TableBox<fourcc("ctts"), CttsEntry>;
using Stsc = TableBox<fourcc("stsc"), StscEntry>;
using Stss = TableBox<fourcc("stss"), NumberEntry<4>>;
using Stco = TableBox<fourcc("stco"), NumberEntry<4>>;
using Co64 = TableBox<fourcc("co64"), NumberEntry<8>>;

/// §8.7.3.2.
struct Stsz {
  static constexpr FourCc kType = fourcc("stsz");
  uint8_t version = 0;
  uint32_t flags = 0;
  uint32_t uniform_size = 0;
  uint32_t count = 0;  ///< of samples; also of `sizes` unless they are uniform
  std::vector<NumberEntry<4>> sizes;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.uint(4, uniform_size);
    io.uint(4, count);
    if (count > kMaxSamples) return io.fail();
    if (uniform_size == 0) io.entries(sizes, count, NumberEntry<4>::kBytes);
  }
};

}  // namespace vedette::mp4
