// SPDX-License-Identifier: Apache-2.0
// RTP and RTCP packets as they come from a socket, and fmtp parameters. Byte 0 picks which.
#include <string>

#include "base/base64.h"
#include "rtp/fmtp.h"
#include "rtp/fuzz_stream.h"
#include "rtp/packet.h"

namespace {

using namespace vedette;
using namespace vedette::rtp;

void fuzz_fmtp(ByteSpan input) {
  const Fmtp fmtp(as_text(input));
  static_cast<void>(fmtp.number("sizelength"));
  if (const auto value = fmtp.find("config")) {
    if (const auto bytes = decode_hex(*value)) check(bytes->size() * 2 == value->size());
  }
  check(decode_base64(encode_base64(input)) == Bytes(input.begin(), input.end()));
  check(decode_base64(as_text(input)).size() <= input.size());
  if (const auto bytes = parse_base64(as_text(input)))
    check(encode_base64(*bytes).size() == input.size());
  TrackSetup setup;
  setup.fmtp = std::string(as_text(input));
  for (const auto codec : {media::Codec::kH264, media::Codec::kH265, media::Codec::kAac}) {
    setup.codec = codec;
    static_cast<void>(TrackReceiver::create(setup));
  }
}

void fuzz_rtcp(ByteSpan input) {
  const auto compound = parse_rtcp(input);
  if (!compound || !compound->sender_report) return;
  const Bytes built = build_sender_report(*compound->sender_report, "x");
  const auto again = parse_rtcp(built);
  check(again && again->sender_report);
  check(again->sender_report->ntp == compound->sender_report->ntp);
  if (const auto wall = ntp_to_wall(compound->sender_report->ntp))
    check(ntp_to_wall(wall_to_ntp(*wall)) == wall);
}

// Packets of one stream, each after its 1-byte size.
void fuzz_rtp(ByteSpan input, bool ordered) {
  TrackSetup setup;
  setup.ordered = ordered;
  auto receiver = TrackReceiver::create(setup);
  check(receiver.has_value());
  ByteReader reader(input);
  Invariants invariants;
  Arrival now;
  while (reader.remaining() > 0) {
    const ByteSpan bytes = reader.bytes(reader.u8());
    if (const auto packet = parse_rtp(bytes))
      check(packet->payload.size() + kRtpHeaderSize <= bytes.size());
    now.mono.us += 20'000;
    if (!(*receiver)->push_rtp(bytes, now)) return;
    (*receiver)->push_rtcp(bytes, now);
    invariants.drain(**receiver);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ByteSpan rest(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      fuzz_fmtp(rest);
      break;
    case 1:
      fuzz_rtcp(rest);
      break;
    default:
      fuzz_rtp(rest, data[0] % 4 == 2);
  }
  return 0;
}
