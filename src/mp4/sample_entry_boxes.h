// SPDX-License-Identifier: Apache-2.0
// Internal to mp4, as boxes.h: what stands in stsd, the sample entries of video and sound and the
// shells around an AudioSpecificConfig.
#pragma once

#include <cstdint>

#include "mp4/box.h"
#include "mp4/boxes.h"
#include "mp4/limits.h"

namespace vedette::mp4 {

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

}  // namespace vedette::mp4
