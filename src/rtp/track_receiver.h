// SPDX-License-Identifier: Apache-2.0
// The RTP and RTCP packets of one SDP media in, access units in decode order out. It reorders
// (UDP), assembles, places everything on the session's timeline (docs/design/time.md) and follows
// changes of the parameter sets. What a camera may get wrong is in quirks_test.cpp, by vendor.
// Pure; confined to the shard of its camera.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "media/access_unit.h"
#include "rtp/packet.h"
#include "rtp/timeline.h"

namespace vedette::rtp {

/// Beyond this the track ends with an error.
inline constexpr size_t kMaxAccessUnitSize = size_t{16} << 20;

struct TrackSetup {
  media::Codec codec = media::Codec::kH264;
  uint32_t clock_rate = 90000;  ///< of rtpmap
  uint8_t payload_type = 96;    ///< packets of another type are ignored
  uint8_t channels = 1;         ///< of rtpmap; audio only
  std::string fmtp;             ///< the parameters of a=fmtp after the payload type
  bool ordered = true;          ///< TCP: packets come in order, a hole is a loss at once
  MonoTime session_start;       ///< where pts 0 of every track of the session lies
};

/// Counters since creation.
struct ReceiverStats {
  uint64_t packets = 0;     ///< RTP packets of this track taken in
  uint64_t bytes = 0;       ///< their sizes
  uint64_t lost = 0;        ///< holes in the sequence numbers when it was given up on them
  uint64_t reordered = 0;   ///< held back until their predecessors came
  uint64_t duplicates = 0;  ///< seen before, or too late to be of use
  uint64_t foreign = 0;     ///< of another payload type or another SSRC
  uint64_t malformed = 0;   ///< packets or parts of them that could not be read
  uint64_t access_units = 0;
  uint64_t damaged = 0;        ///< access units that may lack something
  uint64_t no_parameters = 0;  ///< access units dropped: no parameter sets yet
  uint64_t clock_jumps = 0;    ///< of the camera's media clock
  uint64_t bad_reports = 0;    ///< RTCP that was not used: unreadable, or not a credible clock
  uint32_t jitter_us = 0;      ///< interarrival jitter, RFC 3550 §6.4.1
  std::optional<Timeline::CameraClock> camera_clock;
};

class TrackReceiver {
 public:
  /// Errors: kUnsupported for interleaved H.264 (packetization-mode=2), H.265 with decoding order
  /// numbers, AAC modes other than AAC-hbr and AAC-lbr, Opus, and a clock rate other than 90000 for
  /// video or 4000 to 192000 for sound. Unreadable parameter sets are not an error: they may come
  /// in the stream.
  [[nodiscard]] static Result<std::unique_ptr<TrackReceiver>> create(const TrackSetup& setup);
  ~TrackReceiver();
  TrackReceiver(const TrackReceiver&) = delete;
  TrackReceiver& operator=(const TrackReceiver&) = delete;

  /// One whole RTP packet. An error only when the track cannot go on (kResourceExhausted: an
  /// access unit beyond kMaxAccessUnitSize; kFailedPrecondition: the camera now sends another codec
  /// than it described, so that it must be asked again); bad packets are counted and skipped.
  [[nodiscard]] Result<void> push_rtp(ByteSpan packet, const Arrival& arrival);
  /// A compound RTCP packet of the same media.
  void push_rtcp(ByteSpan compound, const Arrival& arrival);
  /// From RTP-Info of the PLAY response, before the first packet: the RTP time of session_start.
  /// Used only when the first packet agrees with it to within 10 s, as many cameras send nonsense.
  void set_rtp_info(uint32_t rtptime, std::optional<uint16_t> sequence);

  /// The next complete access unit in decode order, nullptr when there is none yet. An access unit
  /// is complete at its marker or, for cameras whose markers have proved wrong, when the next one
  /// begins; the first two of a session always wait for that proof.
  [[nodiscard]] media::AccessUnitPtr pop();
  /// The session ended: makes what was received whole but waits for its successor poppable.
  void flush();

  /// Every 5 s a compound of receiver report and SDES for the camera, else nullopt. Never before
  /// the first packet.
  [[nodiscard]] std::optional<Bytes> make_receiver_report(MonoTime now);
  [[nodiscard]] const ReceiverStats& stats() const;

 private:
  struct Impl;
  explicit TrackReceiver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette::rtp
