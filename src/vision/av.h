// SPDX-License-Identifier: Apache-2.0
// Owners of libav objects and the one mapping of its errors. Included by .cpp files only: no
// header that others see knows libav.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette::vision {

struct AvFree {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};
using AvContext = std::unique_ptr<AVCodecContext, AvFree>;
using AvFrame = std::unique_ptr<AVFrame, AvFree>;
using AvPacket = std::unique_ptr<AVPacket, AvFree>;
using AvScaler = std::unique_ptr<SwsContext, AvFree>;

/// "doing: what libav says".
[[nodiscard]] inline Error av_failure(ErrorCode code, std::string_view doing, int av_code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(av_code, text, sizeof text);
  return make_error(code, std::string(doing) + ": " + text);
}

/// libav writes to stderr by itself unless told not to; what matters comes back as an Error.
inline void silence_av() { av_log_set_level(AV_LOG_QUIET); }

}  // namespace vedette::vision
