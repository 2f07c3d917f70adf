// SPDX-License-Identifier: Apache-2.0
#include "rtp/h265_depacketizer.h"

#include <array>

#include "media/nal.h"
#include "rtp/fmtp.h"

namespace vedette::rtp {
namespace {

// RFC 7798 §4.4.
constexpr uint8_t kAggregation = 48;
constexpr uint8_t kFragmentation = 49;
constexpr uint8_t kPaci = 50;

}  // namespace

H265Depacketizer::H265Depacketizer(uint32_t clock_rate, UnitSink& sink)
    : sink_(&sink),
      assembler_(std::make_unique<VideoAssembler>(media::Codec::kH265, clock_rate, sink)) {}

Result<H265Depacketizer> H265Depacketizer::create(std::string_view fmtp, uint32_t clock_rate,
                                                  UnitSink& sink) {
  const Fmtp parameters(fmtp);
  if (parameters.number("sprop-max-don-diff").value_or(0) > 0 ||
      parameters.number("sprop-depack-buf-nalus").value_or(0) > 0) {
    return make_error(ErrorCode::kUnsupported,
                      "H.265 with decoding order numbers (sprop-max-don-diff) is not supported");
  }
  H265Depacketizer self(clock_rate, sink);
  for (const char* name : {"sprop-vps", "sprop-sps", "sprop-pps"}) {
    if (const auto sprop = parameters.find(name)) self.assembler_->parameters().put_sprop(*sprop);
  }
  return self;
}

Result<void> H265Depacketizer::push(const RtpPacket& packet, Loss loss, const Arrival& arrival) {
  assembler_->begin_packet(packet, loss, arrival);
  if (packet.payload.size() == 1) {
    sink_->on_malformed();  // half a header
  } else if (!packet.payload.empty()) {
    const uint8_t type = media::h265_nal_type(packet.payload[0]);
    if (type == kAggregation) {
      VEDETTE_TRY(assembler_->add_aggregate(packet.payload.subspan(2)));
    } else if (type == kFragmentation) {
      VEDETTE_TRY(push_fragment(packet.payload));
    } else if (type >= kPaci) {
      sink_->on_malformed();
    } else {
      VEDETTE_TRY(assembler_->add_nal(packet.payload));
    }
  }
  assembler_->end_packet(packet);
  return ok();
}

Result<void> H265Depacketizer::push_fragment(ByteSpan payload) {  // §4.4.3
  if (payload.size() < 3) {
    sink_->on_malformed();
    return ok();
  }
  const uint8_t fu_header = payload[2];
  const std::array<uint8_t, 2> nal_header = {
      static_cast<uint8_t>((payload[0] & 0x81) | (fu_header & 0x3F) << 1), payload[1]};
  return assembler_->add_fragment({fu_header, nal_header, payload.subspan(3)});
}

}  // namespace vedette::rtp
