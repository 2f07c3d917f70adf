// SPDX-License-Identifier: Apache-2.0
// A file or scene as RTP packets in the order in which a camera sends them, made once and shared by
// every camera and client that serves it. Immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/access_unit.h"

namespace vedette::sim {

/// What stands in an RTP header besides sequence, timestamp and SSRC, and where the payload is.
struct ServedPacket {
  uint64_t offset = 0;  ///< of the payload, in ServedStream::payload
  uint16_t size = 0;    ///< of the payload
  uint8_t marker_and_type = 0;
};

struct ServedFrame {
  int64_t due_us = 0;     ///< after the loop's beginning; frames are in this order
  int64_t rtp_ticks = 0;  ///< its timestamp, from the loop's beginning
  uint32_t first_packet = 0;
  uint32_t packet_count = 0;
  uint8_t track = 0;
  bool random_access = false;  ///< of video only
};

struct ServedTrack {
  media::TrackInfoPtr info;
  uint32_t clock_rate = 90000;
  /// By how much presentation may lag behind sending: no picture is older when it is sent than its
  /// timestamp says.
  int64_t reorder_ticks = 0;
};

struct ServedStream {
  std::vector<ServedTrack> tracks;  ///< video first
  std::vector<ServedFrame> frames;  ///< not empty; the first is a random access point
  std::vector<ServedPacket> packets;
  Bytes payload;
  int64_t loop_us = 0;  ///< the next loop begins this long after the last
  std::string sdp;
  std::vector<std::string> controls;

  /// The timestamp distance of one loop.
  [[nodiscard]] int64_t loop_ticks(const ServedTrack& track) const;
};
using ServedStreamPtr = std::shared_ptr<const ServedStream>;

/// Access units of one track, in decode order.
struct TrackUnits {
  std::vector<media::AccessUnitPtr> aus;
  int64_t end_dts = 0;  ///< where the last one ends
};

/// `tracks`: video, then audio if there is any. Errors: those of the packetizer, data_loss when
/// there is no frame to start with.
[[nodiscard]] Result<ServedStreamPtr> serve(const std::vector<TrackUnits>& tracks, size_t mtu);

/// Every sample of the first video track and of the first AAC track of an MP4 file.
[[nodiscard]] Result<std::vector<TrackUnits>> read_mp4(const std::string& path);

/// `a` up to the first key frame after `period`, then as much of `b`, and so on round both: what a
/// camera sends whose settings are changed again and again. Both are of the same codec and have
/// one track.
[[nodiscard]] Result<ServedStreamPtr> alternate(const ServedStream& a, const ServedStream& b,
                                                Duration period);

}  // namespace vedette::sim
