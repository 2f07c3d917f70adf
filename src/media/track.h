// SPDX-License-Identifier: Apache-2.0
// What a decoder must know before the first access unit: codec, clock and configuration record.
// Immutable once shared; every access unit points at the TrackInfo it was coded with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace vedette::media {

enum class Codec : uint8_t { kH264, kH265, kAac, kOpus, kPcmu, kPcma };

/// "h264", "h265", "aac", "opus", "pcmu", "pcma": as in JSON and logs.
[[nodiscard]] std::string_view to_string(Codec codec);

/// Main: what is recorded and shown large. Sub: the camera's smaller second stream. The values are
/// those on disk (docs/design/format.md, record) and in the catalog.
enum class StreamKind : uint8_t { kMain = 0, kSub = 1 };
/// "main", "sub".
[[nodiscard]] std::string_view to_string(StreamKind kind);

[[nodiscard]] constexpr bool is_video(Codec codec) {
  return codec == Codec::kH264 || codec == Codec::kH265;
}

struct TrackInfo {
  Codec codec = Codec::kH264;
  uint32_t timescale = 90000;  ///< ticks per second of pts and dts; Opus 48000, else RTP's
  /// The body of the configuration box of ISO/IEC 14496-15 (avcC, hvcC), the AudioSpecificConfig of
  /// ISO/IEC 14496-3 §1.6.2.1, or the body of dOps (Opus in ISOBMFF §4.3.2).
  Bytes decoder_config;
  std::string rfc6381;  ///< "avc1.64001f", "hvc1.1.6.L93.B0", "mp4a.40.2", "opus"

  // Video, in pixels after cropping; frames per second as declared, 0 when not.
  uint16_t width = 0;
  uint16_t height = 0;
  double fps = 0;
  uint8_t reorder_depth = 0;  ///< most frames that precede one in decoding and follow it in output

  // Audio.
  uint32_t sample_rate = 0;
  uint8_t channels = 0;

  /// Same configuration: no new run is needed between two such tracks.
  friend bool operator==(const TrackInfo&, const TrackInfo&) = default;
};

using TrackInfoPtr = std::shared_ptr<const TrackInfo>;

}  // namespace vedette::media
