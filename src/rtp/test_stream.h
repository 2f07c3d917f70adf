// SPDX-License-Identifier: Apache-2.0
// Test vocabulary: small valid streams, packets from a compact notation, and a receiver with a
// clock of its own. Used by the tests of this folder only.
#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "media/access_unit.h"
#include "media/track.h"
#include "rtp/packet.h"
#include "rtp/track_receiver.h"

namespace vedette::rtp::test {

/// "67 64 00 0a" to bytes.
[[nodiscard]] Bytes hex(std::string_view text);

/// Parameter sets of x264 at 64x48: High, no B-frames declared beyond reordering 0.
[[nodiscard]] Bytes h264_sps();
[[nodiscard]] Bytes h264_pps();
/// The SPS of a 160x120 picture, to be another configuration.
[[nodiscard]] Bytes other_h264_sps();
[[nodiscard]] Bytes h265_vps();
[[nodiscard]] Bytes h265_sps();
[[nodiscard]] Bytes h265_pps();
[[nodiscard]] std::string h264_fmtp();
[[nodiscard]] std::string h265_fmtp();

/// A NAL unit from one letter: I (IDR slice), P, B (slices that begin a picture), i, p (further
/// slices of one), S (SPS), O (the other SPS), T (PPS), V (VPS), E (SEI), A (delimiter), F
/// (filler).
[[nodiscard]] Bytes nal(media::Codec codec, char letter, size_t size = 20);

/// A receiver that is fed in the notation of feed().
class Camera {
 public:
  explicit Camera(TrackSetup setup);

  /// One packet: the letters are NAL units, each a single NAL unit packet of its own; '*' after one
  /// sets its marker, '@' before one starts the next timestamp (one frame later), '-' loses the
  /// packet that follows, '.' passes a frame's time. "@STI* @P* @P*" is two frames after an IDR.
  void feed(std::string_view notation);
  /// A payload as it is, in a packet at the current timestamp.
  void payload(ByteSpan payload, bool marker = false);
  void payload(std::string_view hex_text, bool marker = false) { payload(hex(hex_text), marker); }
  /// Moves the camera's clock and ours by a frame (or the given ticks of the camera's).
  void next_frame() { pass(frame_ticks); }
  void pass(int64_t ticks);
  void lose(uint16_t packets = 1) { sequence = static_cast<uint16_t>(sequence + packets); }

  /// What came out since the last call: "I" or "P" per access unit (random access or not), "!"
  /// after a damaged one, '/' before one with another TrackInfo, the number of its NAL units when
  /// not 1: "I P P2 P! /I".
  [[nodiscard]] std::string received();
  /// The access units since the last call.
  std::vector<media::AccessUnitPtr> take();
  [[nodiscard]] const ReceiverStats& stats() const { return receiver->stats(); }

  TrackSetup setup;
  std::unique_ptr<TrackReceiver> receiver;
  uint16_t sequence = 100;
  uint32_t timestamp = 1000;
  uint32_t ssrc = 0x11223344;
  uint8_t payload_type = 96;
  int64_t frame_ticks = 6000;
  Arrival now{{5'000'000}, {1'700'000'000'000'000}};

 private:
  media::TrackInfoPtr last_track_;
};

[[nodiscard]] TrackSetup h264_setup(bool with_sprop = false);
[[nodiscard]] TrackSetup h265_setup(bool with_sprop = false);

/// A whole RTP packet.
[[nodiscard]] Bytes rtp_packet(const RtpPacket& packet);

}  // namespace vedette::rtp::test
