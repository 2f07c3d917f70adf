// SPDX-License-Identifier: Apache-2.0
// Where the 32-bit RTP timestamps of one track lie on the session's timeline and what UTC that is.
// docs/design/time.md is the reasoning and holds the worked example that timeline_test.cpp checks.
// Pure; confined to its receiver.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/access_unit.h"
#include "rtp/packet.h"
#include "rtp/rtcp.h"

namespace vedette::rtp {

/// Whether an access unit may lie before one that was decoded earlier (only B slices do).
enum class Reordering : uint8_t { kImpossible, kPossible };

class Timeline {
 public:
  /// A timestamp that runs ahead of real time by more than this is a jump of the camera's clock.
  static constexpr Duration kMaxLead = std::chrono::seconds(5);
  /// One that falls back by more than this is a jump, even where B-frames are possible…
  static constexpr Duration kMaxReorder = std::chrono::seconds(2);
  /// …and where they are not, less than this is unevenness and is straightened.
  static constexpr Duration kMaxUnevenness = std::chrono::milliseconds(200);
  /// A camera's UTC further from ours than this is not used.
  static constexpr Duration kMaxClockError = std::chrono::seconds(2);
  /// A sender report that speaks of a moment further away than this is not of this stream.
  static constexpr Duration kMaxReportAge = std::chrono::seconds(10);
  /// How long the smallest delay seen is remembered, at least.
  static constexpr Duration kDelayWindow = std::chrono::seconds(15);
  /// How far RTP-Info may be from the arrival of the first packet.
  static constexpr Duration kMaxRtpInfoError = std::chrono::seconds(10);

  struct Stamp {
    int64_t pts = 0;  ///< ticks since session_start
    WallTime utc;
    uint32_t utc_error_us = 0;
    media::UtcSource utc_source = media::UtcSource::kArrival;
  };

  /// The camera's UTC against ours, as its last sender report about this stream said.
  struct CameraClock {
    Duration offset{0};    ///< camera minus ours
    Duration error{0};     ///< what encoder and network may have delayed the pictures by
    bool believed = true;  ///< false: too far from ours, so that pictures are dated by arrival
    friend bool operator==(const CameraClock&, const CameraClock&) = default;
  };

  /// REQUIRES: clock_rate > 0.
  Timeline(uint32_t clock_rate, MonoTime session_start);

  void set_rtp_info(uint32_t rtptime) { rtp_info_ = rtptime; }
  /// Places one access unit (in decode order). Two never get the same pts unless they share
  /// their RTP timestamp.
  Stamp place(uint32_t timestamp, const Arrival& arrival,
              Reordering reordering = Reordering::kImpossible);
  /// False when the report is not used.
  bool on_sender_report(const SenderReport& report, const Arrival& arrival);
  /// Another source took over (SSRC change): its timestamps have nothing to do with the old ones.
  void restart() {
    restarted_ = true;
    camera_clock_.reset();
  }

  [[nodiscard]] uint64_t jumps() const { return jumps_; }
  /// None as long as no report has said it, and after a change of source.
  [[nodiscard]] const std::optional<CameraClock>& camera_clock() const { return camera_clock_; }

 private:
  /// One pair fixes the mapping of timestamps to pts; it moves along with the stream.
  struct Mapping {
    uint32_t timestamp = 0;
    int64_t pts = 0;
    [[nodiscard]] int64_t to_pts(uint32_t other) const {
      return pts + static_cast<int32_t>(other - timestamp);
    }
  };
  /// What a sender report said, in our terms.
  struct Anchor {
    int64_t pts = 0;
    WallTime utc;
    MonoTime received;
    int64_t disagreement_us = 0;  ///< with the UTC by arrival
  };
  struct Epoch {
    Mapping mapping;
    std::optional<Anchor> anchor;
  };

  [[nodiscard]] int64_t ticks(Duration d) const { return us_to_ticks(d.count(), clock_rate_); }
  [[nodiscard]] int64_t us(int64_t pts) const { return ticks_to_us(pts, clock_rate_); }
  [[nodiscard]] int64_t first_pts(uint32_t timestamp, const Arrival& arrival) const;
  [[nodiscard]] int64_t live_pts(const Arrival& arrival) const;
  [[nodiscard]] bool is_jump(int64_t pts, const Arrival& arrival, Reordering reordering) const;
  int64_t next_pts(uint32_t timestamp, const Arrival& arrival, Reordering reordering);
  int64_t jump(uint32_t timestamp, const Arrival& arrival);
  void follow_arrival(int64_t pts, const Arrival& arrival);
  [[nodiscard]] WallTime utc_by_arrival(int64_t pts, const Arrival& arrival) const;
  bool use_report(const SenderReport& report, const Arrival& arrival);

  uint32_t clock_rate_;
  MonoTime session_start_;
  std::optional<uint32_t> rtp_info_;
  bool started_ = false;
  bool restarted_ = false;
  Epoch epoch_;
  std::optional<Epoch> before_jump_;
  int64_t newest_pts_ = 0;
  uint64_t jumps_ = 0;
  std::optional<CameraClock> camera_clock_;
  /// Monotonic time in us at which pts 0 would have arrived over the fastest path seen lately, and
  /// what it is the smaller of.
  int64_t earliest_us_ = 0;
  int64_t this_window_us_ = 0;
  int64_t last_window_us_ = 0;
  MonoTime window_start_;
  struct PendingReport {
    SenderReport report;
    Arrival arrival;
  };
  std::optional<PendingReport> pending_report_;  ///< came before the first packet
};

}  // namespace vedette::rtp
