// SPDX-License-Identifier: Apache-2.0
// The common half of the depacketizer fuzz targets: the input is a script of packets with their
// loss, timestamps and markers, so that a fuzzer reaches states that bytes alone would not.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "media/nal.h"
#include "rtp/rtcp.h"
#include "rtp/track_receiver.h"

namespace vedette::rtp {

inline void check(bool holds) {
  if (!holds) std::abort();
}

/// What must hold of all access units of one receiver.
class Invariants {
 public:
  void drain(TrackReceiver& receiver) {
    while (const auto au = receiver.pop()) {
      check(au->track != nullptr);
      check(au->pts >= au->dts);
      check(!any_ || au->dts > last_dts_);
      check(!au->data.empty() && au->data.size() <= kMaxAccessUnitSize);
      if (is_video(au->track->codec)) check(media::is_length_prefixed(au->data));
      check(!au->random_access || !au->track->decoder_config.empty());
      last_dts_ = au->dts;
      any_ = true;
    }
  }

 private:
  bool any_ = false;
  int64_t last_dts_ = 0;
};

/// Byte 0: options (1 UDP, 2 parameter sets in fmtp). Then per packet: flags (1 marker, 2 next
/// timestamp, 4 a packet lost before, 8 a byte of signed timestamp steps follows, 16 the packet
/// comes before the last one, 32 an RTCP report follows it), a 16-bit size, the payload.
inline void run_script(ByteSpan script, TrackSetup setup, const std::string& fmtp) {
  ByteReader reader(script);
  const uint8_t options = reader.u8();
  setup.ordered = (options & 1) == 0;
  if ((options & 2) != 0) setup.fmtp = fmtp;
  auto receiver = TrackReceiver::create(setup);
  if (!receiver) return;
  Invariants invariants;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  Arrival now;
  while (reader.remaining() > 0) {
    const uint8_t flags = reader.u8();
    if ((flags & 2) != 0) timestamp += 3000;
    if ((flags & 4) != 0) ++sequence;
    if ((flags & 8) != 0)
      timestamp += static_cast<uint32_t>(static_cast<int8_t>(reader.u8())) * 0x10001;
    const ByteSpan payload = reader.bytes(reader.u16());
    now.mono.us += 10'000;
    now.wall.us += 10'000;
    ByteWriter packet;
    packet.u8(0x80);
    packet.u8((flags & 1) != 0 ? 0xE0 : 0x60);
    packet.u16((flags & 16) != 0 ? sequence - 1U : sequence++);
    packet.u32(timestamp);
    packet.u32(1);
    packet.bytes(payload);
    if (!(*receiver)->push_rtp(packet.view(), now)) return;
    if ((flags & 32) != 0) {
      const SenderReport report{1, wall_to_ntp(now.wall), timestamp, 0, 0};
      (*receiver)->push_rtcp(build_sender_report(report, "c"), now);
    }
    invariants.drain(**receiver);
  }
  static_cast<void>((*receiver)->make_receiver_report(now.mono + std::chrono::seconds(10)));
  (*receiver)->flush();
  invariants.drain(**receiver);
}

}  // namespace vedette::rtp
