// SPDX-License-Identifier: Apache-2.0
// One video track decoded and coded again as H.264, for a viewer who cannot decode what the camera
// sends. One picture in, one out: nothing is held back but what the camera itself reordered.
// Confined to one thread; single-threaded inside.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "media/access_unit.h"
#include "media/track.h"

namespace vedette::vision {

enum class KeyFrames : uint8_t {
  kOwn,      ///< where the encoder puts them
  kOfTrack,  ///< there, and wherever the track has one
  kAll,      ///< single pictures: each is one, and is coded as a picture to be looked at
};

struct TranscoderOptions {
  int max_width = 1280;  ///< wider pictures are scaled down, keeping their shape
  double fps = 15;       ///< of tracks that do not declare theirs; steers bit rate and GOP only
  KeyFrames keys = KeyFrames::kOwn;
};

class Transcoder {
 public:
  /// Errors: unsupported (no decoder or encoder, or a picture larger than kMaxPictureSide),
  /// invalid_argument (not video, or without decoder configuration).
  [[nodiscard]] static Result<std::unique_ptr<Transcoder>> create(
      media::TrackInfoPtr from, const TranscoderOptions& options = {});
  virtual ~Transcoder() = default;

  /// Of everything that comes out; timescale 90000.
  [[nodiscard]] virtual const media::TrackInfoPtr& track() const = 0;

  /// REQUIRES: au.track equals the track of create(), the first one after create() or restart() is
  /// a random access unit. With `emit` the pictures that are complete are coded and appended to
  /// `out` with the times of the access units they came from; without, they are decoded only, as
  /// the next ones need them. A damaged access unit is no error: the decoder conceals what it can.
  virtual Result<void> transcode(const media::AccessUnit& au, bool emit,
                                 std::vector<media::AccessUnitPtr>& out) = 0;
  /// Gives what the decoder still holds back because later pictures might come before it. The next
  /// access unit is a random access unit.
  virtual Result<void> finish(std::vector<media::AccessUnitPtr>& out) = 0;
  /// Something is missing before the next access unit, which is a random access unit.
  virtual void restart() = 0;
};

}  // namespace vedette::vision
