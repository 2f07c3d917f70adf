// SPDX-License-Identifier: Apache-2.0
// H.264 over RTP, RFC 6184: single NAL units, STAP-A and FU-A, whatever packetization-mode says (0
// and 1; cameras declare 0 and fragment all the same). Pure; confined to its receiver.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "rtp/video_assembler.h"

namespace vedette::rtp {

class H264Depacketizer {
 public:
  /// Errors: kUnsupported for packetization-mode=2 (interleaved).
  [[nodiscard]] static Result<H264Depacketizer> create(std::string_view fmtp, uint32_t clock_rate,
                                                       UnitSink& sink);
  [[nodiscard]] Result<void> push(const RtpPacket& packet, Loss loss, const Arrival& arrival);
  void flush() { assembler_->flush(); }

 private:
  H264Depacketizer(uint32_t clock_rate, UnitSink& sink);
  Result<void> push_fragment(ByteSpan payload);

  UnitSink* sink_;
  std::unique_ptr<VideoAssembler> assembler_;
};

}  // namespace vedette::rtp
