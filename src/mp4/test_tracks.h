// SPDX-License-Identifier: Apache-2.0
// For the tests of mp4 and evidence: real configurations of each codec, and small fragments.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/track_info.h"
#include "mp4/fragment.h"

namespace vedette::mp4 {

/// Bytes from hex digits; anything else is skipped.
inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high >= 0) bytes.push_back(static_cast<uint8_t>(high << 4 | digit));
    high = high >= 0 ? -1 : digit;
  }
  return bytes;
}

/// libx264, 128x96, High, two B-frames.
inline media::TrackInfoPtr h264_track() {
  auto track = media::make_video_track_info(
      media::Codec::kH264, {}, from_hex("6764000aacd9420db011000003000100000300140f122596"),
      from_hex("68ebe3cb22c0"));
  return std::make_shared<media::TrackInfo>(std::move(track).value());
}

/// The same encoder told to make 64x48.
inline media::TrackInfoPtr small_h264_track() {
  auto copy = std::make_shared<media::TrackInfo>(*h264_track());
  copy->width = 64;
  copy->height = 48;
  return copy;
}

/// libx265, 128x96, Main.
inline media::TrackInfoPtr h265_track() {
  auto track = media::make_video_track_info(
      media::Codec::kH265, from_hex("40010c01ffff01600000030090000003000003001e959009"),
      from_hex("42010101600000030090000003000003001ea01020616595924932bc05a020000003002000000301"
               "41"),
      from_hex("4401c172b42240"));
  return std::make_shared<media::TrackInfo>(std::move(track).value());
}

/// AAC-LC, 16 kHz mono.
inline media::TrackInfoPtr aac_track() {
  auto track = media::make_aac_track_info(from_hex("140856e500"), 16000);
  return std::make_shared<media::TrackInfo>(std::move(track).value());
}

inline media::TrackInfoPtr opus_track() {
  return std::make_shared<media::TrackInfo>(media::make_opus_track_info({1, 312, 48000}));
}

/// One sample per letter of "IPBB": I is a sync sample; sizes rise from `first_size`, 9000 ticks
/// each. B-frames are shown before the P they follow in decoding, with negative offsets.
inline std::vector<Sample> samples_of(std::string_view frames, uint32_t first_size = 10) {
  std::vector<Sample> samples;
  for (const char frame : frames) {
    const int32_t cts = frame == 'P' ? 18000 : frame == 'B' ? -9000 : 0;
    samples.push_back({first_size++, 9000, cts, frame == 'I'});
  }
  return samples;
}

/// A byte string with its parts appended, for building files.
inline Bytes joined(std::initializer_list<ByteSpan> parts) {
  Bytes bytes;
  for (const ByteSpan part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

/// A uuid box of `payload` zero bytes, standing for a record.
inline Bytes any_record(size_t payload = 120) {
  ByteWriter out;
  out.u32(static_cast<uint32_t>(24 + payload));
  out.text("uuid");
  out.zeros(16 + payload);
  return out.take();
}

/// moof and mdat of one video run, the data being a repeated byte.
inline Bytes any_fragment(uint32_t sequence, int64_t decode_time, std::string_view frames) {
  const auto samples = samples_of(frames);
  const TrackRun run{1, decode_time, samples};
  Bytes bytes = make_fragment_head(sequence, {&run, 1});
  for (const Sample& sample : samples)
    bytes.insert(bytes.end(), sample.size, static_cast<uint8_t>(sequence));
  return bytes;
}

}  // namespace vedette::mp4
