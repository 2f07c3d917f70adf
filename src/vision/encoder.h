// SPDX-License-Identifier: Apache-2.0
// H.264 and H.265 coding of pictures, for the simulator's scenes and for tests. Confined to one
// thread; single-threaded inside, and the same pictures give the same bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "media/access_unit.h"
#include "media/track.h"
#include "vision/picture.h"

namespace vedette::vision {

struct EncoderOptions {
  media::Codec codec = media::Codec::kH264;
  int width = 1280;
  int height = 720;
  int fps = 15;
  int64_t bitrate = 2'000'000;  ///< bit/s, on average
  int gop = 30;                 ///< frames from one IDR to the next, exactly
  int b_frames = 0;             ///< at most this many in a row
  std::string preset = "superfast";
  bool low_delay = false;  ///< H.264: each access unit comes out with its own picture
};

class VideoEncoder {
 public:
  /// Errors: unsupported (no such encoder in this libavcodec, or a size or rate it refuses).
  [[nodiscard]] static Result<std::unique_ptr<VideoEncoder>> create(const EncoderOptions& options);
  virtual ~VideoEncoder() = default;

  /// Of every access unit this encoder gives; timescale 90000.
  [[nodiscard]] virtual const media::TrackInfoPtr& track() const = 0;

  /// Codes one picture. REQUIRES: its size is that of the options.
  /// Appends the access units that are complete to `out`, in decode order; dts starts at 0 and
  /// counts one frame per picture. utc and arrival are left at zero. `key`: decoding may start at
  /// this picture, whatever `gop` says; the next key frame is counted from here.
  virtual Result<void> encode(const Picture& picture, std::vector<media::AccessUnitPtr>& out,
                              bool key = false) = 0;
  /// Appends what is still held back; nothing may be encoded afterwards.
  virtual Result<void> finish(std::vector<media::AccessUnitPtr>& out) = 0;
};

}  // namespace vedette::vision
