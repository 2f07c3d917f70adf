// SPDX-License-Identifier: Apache-2.0
// Internal to mp4, as boxes.h: what a movie fragment consists of, and the index over fragments.
#pragma once

#include <cstdint>
#include <vector>

#include "mp4/box.h"
#include "mp4/boxes.h"

namespace vedette::mp4 {

/// §8.8.5.
struct Mfhd {
  static constexpr FourCc kType = fourcc("mfhd");
  uint8_t version = 0;
  uint32_t flags = 0;
  uint32_t sequence = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.uint(4, sequence);
  }
};

/// §8.8.7.
struct Tfhd {
  static constexpr FourCc kType = fourcc("tfhd");
  static constexpr uint32_t kBaseDataOffset = 0x1;
  static constexpr uint32_t kDescriptionIndex = 0x2;
  static constexpr uint32_t kDuration = 0x8;
  static constexpr uint32_t kSize = 0x10;
  static constexpr uint32_t kFlags = 0x20;
  static constexpr uint32_t kBaseIsMoof = 0x20000;
  uint8_t version = 0;
  uint32_t flags = 0;
  uint32_t track_id = 0;
  uint64_t base_data_offset = 0;
  uint32_t sample_description_index = 0;
  uint32_t duration = 0;
  uint32_t size = 0;
  uint32_t sample_flags = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.uint(4, track_id);
    if ((flags & kBaseDataOffset) != 0) io.uint(8, base_data_offset);
    if ((flags & kDescriptionIndex) != 0) io.uint(4, sample_description_index);
    if ((flags & kDuration) != 0) io.uint(4, duration);
    if ((flags & kSize) != 0) io.uint(4, size);
    if ((flags & kFlags) != 0) io.uint(4, sample_flags);
  }
};

/// §8.8.12.
struct Tfdt {
  static constexpr FourCc kType = fourcc("tfdt");
  uint8_t version = 1;
  uint32_t flags = 0;
  uint64_t decode_time = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.uint(version == 1 ? 8 : 4, decode_time);
  }
};

/// §8.8.8 without its samples, which follow as TrunSample.
struct Trun {
  static constexpr FourCc kType = fourcc("trun");
  static constexpr uint32_t kDataOffset = 0x1;
  static constexpr uint32_t kFirstFlags = 0x4;
  static constexpr uint32_t kDuration = 0x100;
  static constexpr uint32_t kSize = 0x200;
  static constexpr uint32_t kFlags = 0x400;
  static constexpr uint32_t kCts = 0x800;
  uint8_t version = 1;
  uint32_t flags = 0;
  uint32_t sample_count = 0;
  int32_t data_offset = 0;
  uint32_t first_sample_flags = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.uint(4, sample_count);
    if ((flags & kDataOffset) != 0) io.uint(4, data_offset);
    if ((flags & kFirstFlags) != 0) io.uint(4, first_sample_flags);
  }
  [[nodiscard]] static constexpr size_t sample_bytes(uint32_t flags) {
    size_t bytes = 0;
    for (const uint32_t field : {kDuration, kSize, kFlags, kCts})
      bytes += (flags & field) != 0 ? 4 : 0;
    return bytes;
  }
};

struct TrunSample {
  uint32_t duration = 0;
  uint32_t size = 0;
  uint32_t flags = 0;
  int32_t cts = 0;

  template <typename Io>
  void transfer(Io& io, uint32_t trun_flags) {
    if ((trun_flags & Trun::kDuration) != 0) io.uint(4, duration);
    if ((trun_flags & Trun::kSize) != 0) io.uint(4, size);
    if ((trun_flags & Trun::kFlags) != 0) io.uint(4, flags);
    if ((trun_flags & Trun::kCts) != 0) io.uint(4, cts);
  }
};

/// Sample flags of §8.8.3.1.
inline constexpr uint32_t kSyncFlags = 0x02000000;     ///< depends on no other sample
inline constexpr uint32_t kNonSyncFlags = 0x01010000;  ///< depends on others, not a sync sample
inline constexpr uint32_t kNonSyncBit = 0x00010000;

/// §8.16.3: one reference.
struct SidxReference {
  static constexpr size_t kBytes = 12;
  static constexpr uint32_t kIndexBit = 0x80000000;       ///< it references another sidx
  static constexpr uint32_t kStartsWithSap = 0x90000000;  ///< with SAP type 1
  uint32_t type_and_size = 0;
  uint32_t duration = 0;
  uint32_t sap = 0;

  template <typename Io>
  void transfer(Io& io) {
    io.uint(4, type_and_size);
    io.uint(4, duration);
    io.uint(4, sap);
  }
};

struct SidxBox {
  static constexpr FourCc kType = fourcc("sidx");
  uint8_t version = 1;
  uint32_t flags = 0;
  uint32_t reference_id = 1;
  uint32_t timescale = 1;
  uint64_t earliest_pts = 0;
  uint64_t first_offset = 0;
  std::vector<SidxReference> references;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.uint(4, reference_id);
    io.uint(4, timescale);
    io.uint(version == 0 ? 4 : 8, earliest_pts);
    io.uint(version == 0 ? 4 : 8, first_offset);
    io.reserved(2);
    auto count = static_cast<uint16_t>(references.size());
    io.uint(2, count);
    io.entries(references, count, SidxReference::kBytes);
  }
};

}  // namespace vedette::mp4
