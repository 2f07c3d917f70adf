// SPDX-License-Identifier: Apache-2.0
// The one value that crosses the system: the coded data of one instant of one track. Immutable and
// shared from the moment it is published; safe to read from any thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/time.h"
#include "media/track.h"

namespace vedette::media {

/// Where the UTC of an access unit comes from; the order is that of trust.
enum class UtcSource : uint8_t { kArrival = 0, kRtcp = 1 };

struct AccessUnit {
  TrackInfoPtr track;  ///< never null

  // On the track's own clock (track->timescale), counted from the start of the session. Unwrapped.
  // dts rises strictly within a session; pts >= dts.
  int64_t pts = 0;
  int64_t dts = 0;

  WallTime utc;               ///< of pts; an annotation, never an identity or an order
  uint32_t utc_error_us = 0;  ///< utc is right to within this
  UtcSource utc_source = UtcSource::kArrival;
  MonoTime arrival;  ///< when its last byte was read from the socket

  bool random_access =
      false;             ///< decoding may start here (IDR, CRA, BLA, recovery point; any audio)
  bool damaged = false;  ///< packets of it, or between it and its predecessor, were lost
  int8_t qp = -1;        ///< slice QP of the first slice, -1 when not known

  /// H.264 and H.265: NAL units, each after a 4-byte length, without parameter sets and access unit
  /// delimiters (those are in track->decoder_config). AAC, Opus: one raw frame.
  Bytes data;
};

using AccessUnitPtr = std::shared_ptr<const AccessUnit>;

}  // namespace vedette::media
