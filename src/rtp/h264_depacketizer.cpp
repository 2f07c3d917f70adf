// SPDX-License-Identifier: Apache-2.0
#include "rtp/h264_depacketizer.h"

#include <array>

#include "media/nal.h"
#include "rtp/fmtp.h"

namespace vedette::rtp {
namespace {

// RFC 6184 Table 1.
constexpr uint8_t kStapA = 24;
constexpr uint8_t kStapB = 25;
constexpr uint8_t kMtap24 = 27;
constexpr uint8_t kFuA = 28;
constexpr uint8_t kFuB = 29;

}  // namespace

H264Depacketizer::H264Depacketizer(uint32_t clock_rate, UnitSink& sink)
    : sink_(&sink),
      assembler_(std::make_unique<VideoAssembler>(media::Codec::kH264, clock_rate, sink)) {}

Result<H264Depacketizer> H264Depacketizer::create(std::string_view fmtp, uint32_t clock_rate,
                                                  UnitSink& sink) {
  const Fmtp parameters(fmtp);
  if (parameters.number("packetization-mode").value_or(0) == 2)
    return make_error(ErrorCode::kUnsupported, "H.264 in interleaved mode is not supported");
  H264Depacketizer self(clock_rate, sink);
  if (const auto sprop = parameters.find("sprop-parameter-sets"))
    self.assembler_->parameters().put_sprop(*sprop);
  return self;
}

Result<void> H264Depacketizer::push(const RtpPacket& packet, Loss loss, const Arrival& arrival) {
  assembler_->begin_packet(packet, loss, arrival);
  if (!packet.payload.empty()) {
    const uint8_t type = media::h264_nal_type(packet.payload[0]);
    if (type == kStapA) {
      VEDETTE_TRY(assembler_->add_aggregate(packet.payload.subspan(1)));
    } else if (type == kFuA) {
      VEDETTE_TRY(push_fragment(packet.payload));
    } else if ((type >= kStapB && type <= kMtap24) || type == kFuB) {
      sink_->on_malformed();  // need decoding order numbers, which mode 2 alone has
    } else {
      VEDETTE_TRY(assembler_->add_nal(packet.payload));
    }
  }
  assembler_->end_packet(packet);
  return ok();
}

Result<void> H264Depacketizer::push_fragment(ByteSpan payload) {  // §5.8
  if (payload.size() < 2) {
    sink_->on_malformed();
    return ok();
  }
  const uint8_t fu_header = payload[1];
  const std::array<uint8_t, 1> nal_header = {
      static_cast<uint8_t>((payload[0] & 0xE0) | (fu_header & 0x1F))};
  return assembler_->add_fragment({fu_header, nal_header, payload.subspan(2)});
}

}  // namespace vedette::rtp
