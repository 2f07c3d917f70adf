// SPDX-License-Identifier: Apache-2.0
// Internal to mp4. Every box we write or read, each with its fields stated once in transfer(),
// which serves for sizing, writing and reading (mp4/box_io.h). Sections are those of ISO/IEC
// 14496-12 unless another document is named. The box header is not part of the fields.
#pragma once

#include <cstdint>
#include <vector>

#include "mp4/box.h"
#include "mp4/box_io.h"
#include "mp4/limits.h"

namespace vedette::mp4 {

/// §4.2, FullBox.
template <typename Io>
void transfer_full(Io& io, uint8_t& version, uint32_t& flags) {
  io.uint(1, version);
  io.uint(3, flags);
}
/// The unity matrix of §8.2.2.
template <typename Io>
void transfer_unity_matrix(Io& io) {
  constexpr uint32_t kUnity[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};
  for (const uint32_t value : kUnity) io.constant(4, value);
}
template <typename Entry, typename Io>
void transfer_table(Io& io, std::vector<Entry>& entries, size_t limit) {
  auto count = static_cast<uint32_t>(entries.size());
  io.uint(4, count);
  if (count > limit) return io.fail();
  io.entries(entries, count, Entry::kBytes);
}

/// §8.2.2.
struct Mvhd {
  static constexpr FourCc kType = fourcc("mvhd");
  uint8_t version = 0;
  uint32_t flags = 0;
  uint32_t timescale = 1000;
  uint64_t duration = 0;
  uint32_t next_track_id = 1;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.reserved(version == 1 ? 16 : 8);  // creation and modification time: the record has better
    io.uint(4, timescale);
    io.uint(version == 1 ? 8 : 4, duration);
    io.constant(4, 0x10000);  // rate 1.0
    io.constant(2, 0x100);    // volume 1.0
    io.reserved(10);
    transfer_unity_matrix(io);
    io.reserved(24);
    io.uint(4, next_track_id);
  }
};

/// §8.3.2.
struct Tkhd {
  static constexpr FourCc kType = fourcc("tkhd");
  uint8_t version = 0;
  uint32_t flags = 7;  ///< enabled, in movie, in preview
  uint32_t track_id = 0;
  uint64_t duration = 0;
  uint16_t volume = 0;
  uint32_t width = 0;  ///< 16.16
  uint32_t height = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.reserved(version == 1 ? 16 : 8);
    io.uint(4, track_id);
    io.reserved(4);
    io.uint(version == 1 ? 8 : 4, duration);
    io.reserved(8);
    io.reserved(4);  // layer, alternate_group
    io.uint(2, volume);
    io.reserved(2);
    transfer_unity_matrix(io);
    io.uint(4, width);
    io.uint(4, height);
  }
};

/// §8.4.2.
struct Mdhd {
  static constexpr FourCc kType = fourcc("mdhd");
  uint8_t version = 0;
  uint32_t flags = 0;
  uint32_t timescale = 0;
  uint64_t duration = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.reserved(version == 1 ? 16 : 8);
    io.uint(4, timescale);
    io.uint(version == 1 ? 8 : 4, duration);
    io.constant(2, 0x55C4);  // language "und"
    io.reserved(2);
  }
};

/// §8.4.3. The name is a string that players show.
struct Hdlr {
  static constexpr FourCc kType = fourcc("hdlr");
  uint8_t version = 0;
  uint32_t flags = 0;
  FourCc handler = 0;
  Bytes name = {0};

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.reserved(4);
    io.uint(4, handler);
    io.reserved(12);
    io.bytes(name, kMaxDecoderConfigBytes);
  }
};

/// §12.1.2.
struct Vmhd {
  static constexpr FourCc kType = fourcc("vmhd");
  uint8_t version = 0;
  uint32_t flags = 1;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.reserved(8);
  }
};

/// §12.2.2.
struct Smhd {
  static constexpr FourCc kType = fourcc("smhd");
  uint8_t version = 0;
  uint32_t flags = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.reserved(4);
  }
};

/// §8.7.2, with its one entry: the data is in this file.
struct Dref {
  static constexpr FourCc kType = fourcc("dref");
  uint8_t version = 0;
  uint32_t flags = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.constant(4, 1);
    io.constant(4, 12);
    io.constant(4, fourcc("url "));
    io.constant(4, 1);
  }
};

/// §12.1.3: the fields before the configuration box, with those of SampleEntry (§8.5.2).
struct VisualEntry {
  uint16_t width = 0;
  uint16_t height = 0;

  template <typename Io>
  void transfer(Io& io) {
    io.reserved(6);
    io.constant(2, 1);  // data_reference_index
    io.reserved(16);
    io.uint(2, width);
    io.uint(2, height);
    io.constant(4, 0x480000);  // 72 dpi
    io.constant(4, 0x480000);
    io.reserved(4);
    io.constant(2, 1);  // frames per sample
    io.reserved(32);    // compressorname
    io.constant(2, 0x18);
    io.constant(2, 0xFFFF);
  }
};

/// §12.2.3. QuickTime files put a version here and more fields behind.
struct AudioEntry {
  uint16_t quicktime_version = 0;
  uint16_t channels = 0;
  uint32_t sample_rate = 0;  ///< 16.16

  template <typename Io>
  void transfer(Io& io) {
    io.reserved(6);
    io.constant(2, 1);  // data_reference_index
    io.uint(2, quicktime_version);
    io.reserved(6);
    io.uint(2, channels);
    io.constant(2, 16);
    io.reserved(4);
    io.uint(4, sample_rate);
  }
};

/// A descriptor header of ISO/IEC 14496-1 §8.3.3; sizes are written in four bytes and read in any.
template <typename Io>
void transfer_descriptor(Io& io, uint8_t tag, size_t size) {
  uint8_t found = tag;
  io.uint(1, found);
  if (found != tag) return io.fail();
  if constexpr (Io::kReading) {
    uint8_t byte = 0x80;
    for (int i = 0; i < 4 && (byte & 0x80) != 0; ++i) io.uint(1, byte);
  } else {
    io.constant(1, 0x80 | size >> 21);
    io.constant(1, 0x80 | (size >> 14 & 0x7F));
    io.constant(1, 0x80 | (size >> 7 & 0x7F));
    io.constant(1, size & 0x7F);
  }
}

/// ISO/IEC 14496-14 §6.7 and 14496-1 §7.2.6: the AudioSpecificConfig in its shells.
struct Esds {
  static constexpr FourCc kType = fourcc("esds");
  static constexpr uint8_t kAac = 0x40;
  uint8_t version = 0;
  uint32_t flags = 0;
  uint8_t object_type = kAac;
  Bytes config;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    transfer_descriptor(io, 3, 3 + 5 + 13 + 5 + config.size() + 6);
    io.reserved(2);  // ES_ID
    uint8_t parts = 0;
    io.uint(1, parts);
    // An MPEG-2 system stream may put a dependency (0x80) and a clock reference (0x20) here.
    if ((parts & 0x40) != 0) return io.fail();
    io.reserved((parts & 0x80) != 0 ? 2 : 0);
    io.reserved((parts & 0x20) != 0 ? 2 : 0);
    transfer_descriptor(io, 4, 13 + 5 + config.size());
    io.uint(1, object_type);
    io.constant(1, 0x15);  // audio stream
    io.reserved(11);       // buffer size, maximum and average bit rate: not known
    transfer_config(io);
    if constexpr (!Io::kReading) {
      transfer_descriptor(io, 6, 1);
      io.constant(1, 2);
    }
  }

 private:
  template <typename Io>
  void transfer_config(Io& io) {
    if constexpr (Io::kReading) {
      read_config(io);
    } else {
      transfer_descriptor(io, 5, config.size());
      io.bytes(config, kMaxDecoderConfigBytes);
    }
  }
  /// The configuration is not the rest of the box: its own length counts.
  template <typename Io>
  void read_config(Io& io) {
    uint8_t tag = 0;
    io.uint(1, tag);
    if (tag != 5) return io.fail();
    size_t size = 0;
    uint8_t byte = 0x80;
    for (int i = 0; i < 4 && (byte & 0x80) != 0; ++i) {
      io.uint(1, byte);
      size = size << 7 | (byte & 0x7F);
    }
    if (!io.ok() || size > io.remaining() || size > kMaxDecoderConfigBytes) return io.fail();
    const ByteSpan bytes = io.rest().first(size);
    config.assign(bytes.begin(), bytes.end());
    io.skip(size);
  }
};

/// §8.8.3.
struct Trex {
  static constexpr FourCc kType = fourcc("trex");
  uint8_t version = 0;
  uint32_t flags = 0;
  uint32_t track_id = 0;
  uint32_t sample_description_index = 1;
  uint32_t duration = 0;
  uint32_t size = 0;
  uint32_t sample_flags = 0;

  template <typename Io>
  void transfer(Io& io) {
    transfer_full(io, version, flags);
    io.uint(4, track_id);
    io.uint(4, sample_description_index);
    io.uint(4, duration);
    io.uint(4, size);
    io.uint(4, sample_flags);
  }
};

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
