// SPDX-License-Identifier: Apache-2.0
// Internal to mp4. Boxes, each with its fields stated once in transfer(), which serves for sizing,
// writing and reading (mp4/box_io.h). Sections are those of ISO/IEC 14496-12 unless another
// document is named. The box header is not part of the fields. Here are the boxes of a movie and
// its tracks; sample_entry_boxes.h, sample_table_boxes.h and fragment_boxes.h have the others.
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

}  // namespace vedette::mp4
