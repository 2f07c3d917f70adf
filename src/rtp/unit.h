// SPDX-License-Identifier: Apache-2.0
// What a depacketizer hands on: one access unit that still has the camera's timestamp.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "media/track.h"
#include "rtp/packet.h"
#include "rtp/timeline.h"

namespace vedette::rtp {

struct Unit {
  uint32_t timestamp = 0;
  int64_t offset = 0;  ///< ticks after `timestamp`, for several frames of one packet
  ByteSpan data;       ///< as AccessUnit::data; valid during the call only
  media::TrackInfoPtr track;
  Arrival arrival;  ///< of its last packet
  Reordering reordering = Reordering::kImpossible;
  bool random_access = false;
  bool damaged = false;
  int8_t qp = -1;
};

/// Implemented by the receiver; called inside push().
class UnitSink {
 public:
  virtual void on_unit(const Unit& unit) = 0;
  /// An access unit was dropped because nothing says yet how to decode it.
  virtual void on_no_parameters() = 0;
  /// Something could not be read and was skipped.
  virtual void on_malformed() = 0;

 protected:
  ~UnitSink() = default;
};

/// Whether packets are missing between this one and the one before.
enum class Loss : uint8_t { kNone, kBefore };

}  // namespace vedette::rtp
