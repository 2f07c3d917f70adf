// SPDX-License-Identifier: Apache-2.0
// H.265 over RTP, RFC 7798: single NAL units, aggregation and fragmentation packets, without
// decoding order numbers. Pure; confined to its receiver.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "rtp/video_assembler.h"

namespace vedette::rtp {

class H265Depacketizer {
 public:
  /// Errors: kUnsupported for sprop-max-don-diff or sprop-depack-buf-nalus above 0.
  [[nodiscard]] static Result<H265Depacketizer> create(std::string_view fmtp, uint32_t clock_rate,
                                                       UnitSink& sink);
  [[nodiscard]] Result<void> push(const RtpPacket& packet, Loss loss, const Arrival& arrival);
  void flush() { assembler_->flush(); }

 private:
  H265Depacketizer(uint32_t clock_rate, UnitSink& sink);
  Result<void> push_fragment(ByteSpan payload);

  UnitSink* sink_;
  std::unique_ptr<VideoAssembler> assembler_;
};

}  // namespace vedette::rtp
