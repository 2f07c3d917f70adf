// SPDX-License-Identifier: Apache-2.0
#include "vision/jpeg.h"

#include <algorithm>

#include "vision/av.h"
#include "vision/decode.h"

namespace vedette::vision {
namespace {

struct Size {
  int width;
  int height;
};

Size scaled(const AVFrame& frame, uint16_t max_width) {
  if (max_width == 0 || frame.width <= max_width) return {frame.width, frame.height};
  const int width = std::max<int>(max_width, 16);
  const int64_t height = (int64_t{frame.height} * width + frame.width / 2) / frame.width;
  return {width, std::max(1, static_cast<int>(height))};
}

/// ITU-T H.264 §E.2.1 leaves the matrix open when a camera does not say; then size decides, as in
/// every player.
int matrix_of(const AVFrame& frame) {
  if (frame.colorspace == AVCOL_SPC_UNSPECIFIED || frame.colorspace == AVCOL_SPC_RGB)
    return frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
  return frame.colorspace;
}

/// JFIF pictures are BT.601 in full range, whatever the camera coded.
Result<AvFrame> to_jfif(const AVFrame& from, Size size) {
  const auto pixel_format = static_cast<AVPixelFormat>(from.format);
  const AvScaler scaler(sws_getContext(from.width, from.height, pixel_format, size.width,
                                       size.height, AV_PIX_FMT_YUVJ420P, SWS_AREA, nullptr, nullptr,
                                       nullptr));
  if (!scaler) return make_error(ErrorCode::kUnsupported, "no scaler for this pixel format");
  const bool full_range = from.color_range == AVCOL_RANGE_JPEG;
  sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(matrix_of(from)), full_range ? 1 : 0,
                           sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16);
  AvFrame to(av_frame_alloc());
  if (!to) return make_error(ErrorCode::kResourceExhausted, "out of memory");
  to->format = AV_PIX_FMT_YUVJ420P;
  to->width = size.width;
  to->height = size.height;
  if (const int rc = av_frame_get_buffer(to.get(), 0); rc < 0)
    return av_failure(ErrorCode::kResourceExhausted, "reserving a picture", rc);
  if (sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to->data, to->linesize) < 0)
    return make_error(ErrorCode::kInternal, "scaling failed");
  return to;
}

/// 1..100 to the scale of libavcodec's MPEG quantisers, 2 (best) to 31.
int quantiser(uint8_t quality) {
  const int wanted = std::clamp<int>(quality, 1, 100);
  return 2 + (100 - wanted) * 29 / 99;
}

Result<Bytes> encode(const AVFrame& picture, uint8_t quality) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  const AvContext encoder(codec ? avcodec_alloc_context3(codec) : nullptr);
  const AvPacket packet(av_packet_alloc());
  if (!encoder || !packet) return make_error(ErrorCode::kUnsupported, "no JPEG encoder");
  encoder->width = picture.width;
  encoder->height = picture.height;
  encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
  encoder->time_base = {1, 25};
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_QSCALE;
  encoder->global_quality = quantiser(quality) * FF_QP2LAMBDA;
  if (const int rc = avcodec_open2(encoder.get(), codec, nullptr); rc < 0)
    return av_failure(ErrorCode::kUnsupported, "opening the JPEG encoder", rc);
  if (const int rc = avcodec_send_frame(encoder.get(), &picture); rc < 0)
    return av_failure(ErrorCode::kInternal, "coding the JPEG", rc);
  if (const int rc = avcodec_receive_packet(encoder.get(), packet.get()); rc < 0)
    return av_failure(ErrorCode::kInternal, "coding the JPEG", rc);
  return Bytes(packet->data, packet->data + packet->size);
}

}  // namespace

Result<Bytes> decode_to_jpeg(const media::TrackInfo& track, std::span<const ByteSpan> aus,
                             const JpegOptions& options) {
  VEDETTE_ASSIGN(const AvFrame decoded, decode_last(track, aus));
  VEDETTE_ASSIGN(const AvFrame picture, to_jfif(*decoded, scaled(*decoded, options.max_width)));
  picture->quality = quantiser(options.quality) * FF_QP2LAMBDA;
  return encode(*picture, options.quality);
}

}  // namespace vedette::vision
