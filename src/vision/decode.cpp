// SPDX-License-Identifier: Apache-2.0
#include "vision/decode.h"

#include <algorithm>
#include <cstring>

#include "vision/jpeg.h"

namespace vedette::vision {
namespace {

// A GOP cut at 2 s has at most a few hundred access units; a caller that passes more is refused.
constexpr size_t kMaxAccessUnits = 4096;

Result<void> check(const media::TrackInfo& track) {
  if (!media::is_video(track.codec))
    return make_error(ErrorCode::kInvalidArgument, "not a video track");
  if (track.decoder_config.empty())
    return make_error(ErrorCode::kInvalidArgument, "the track has no decoder configuration");
  if (track.width > kMaxPictureSide || track.height > kMaxPictureSide)
    return make_error(ErrorCode::kUnsupported, "the picture is larger than 8192x8192");
  return ok();
}

/// Keeps the newest picture of `wanted` among those that are ready.
void drain(AVCodecContext* decoder, int64_t wanted, AvFrame& scratch, AvFrame& best) {
  while (avcodec_receive_frame(decoder, scratch.get()) >= 0) {
    const bool better = !best || scratch->pts == wanted || best->pts != wanted;
    if (better) best.reset(av_frame_clone(scratch.get()));
    av_frame_unref(scratch.get());
  }
}

}  // namespace

Result<AvContext> open_decoder(const media::TrackInfo& track) {
  VEDETTE_TRY(check(track));
  const AVCodec* codec = avcodec_find_decoder(
      track.codec == media::Codec::kH264 ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC);
  AvContext context(codec ? avcodec_alloc_context3(codec) : nullptr);
  if (!context) return make_error(ErrorCode::kUnsupported, "no decoder for this codec");
  const size_t size = track.decoder_config.size();
  context->extradata = static_cast<uint8_t*>(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE));
  if (!context->extradata) return make_error(ErrorCode::kResourceExhausted, "out of memory");
  std::memcpy(context->extradata, track.decoder_config.data(), size);
  context->extradata_size = static_cast<int>(size);
  context->thread_count = 1;
  context->max_pixels = int64_t{kMaxPictureSide} * kMaxPictureSide;
  if (const int rc = avcodec_open2(context.get(), codec, nullptr); rc < 0)
    return av_failure(ErrorCode::kDataLoss, "opening the decoder", rc);
  return context;
}

Result<AvFrame> decode_last(const media::TrackInfo& track, std::span<const ByteSpan> aus) {
  silence_av();
  if (aus.empty() || aus.size() > kMaxAccessUnits)
    return make_error(ErrorCode::kInvalidArgument, "no access units to decode, or too many");
  VEDETTE_ASSIGN(const AvContext decoder, open_decoder(track));
  const AvPacket packet(av_packet_alloc());
  AvFrame scratch(av_frame_alloc());
  if (!packet || !scratch) return make_error(ErrorCode::kResourceExhausted, "out of memory");

  const auto last = static_cast<int64_t>(aus.size()) - 1;
  AvFrame best;
  for (size_t i = 0; i < aus.size(); ++i) {
    if (av_new_packet(packet.get(), static_cast<int>(aus[i].size())) < 0)
      return make_error(ErrorCode::kResourceExhausted, "out of memory");
    if (!aus[i].empty()) std::memcpy(packet->data, aus[i].data(), aus[i].size());
    packet->pts = packet->dts = static_cast<int64_t>(i);
    // Nothing refers to a picture that is not a reference, so only the last one must be whole.
    decoder->skip_frame = packet->pts == last ? AVDISCARD_DEFAULT : AVDISCARD_NONREF;
    // A damaged access unit is no reason to show nothing: the decoder conceals what it can.
    (void)avcodec_send_packet(decoder.get(), packet.get());
    av_packet_unref(packet.get());
    drain(decoder.get(), last, scratch, best);
  }
  (void)avcodec_send_packet(decoder.get(), nullptr);
  drain(decoder.get(), last, scratch, best);
  if (!best) return make_error(ErrorCode::kDataLoss, "no picture could be decoded");
  if (best->width > kMaxPictureSide || best->height > kMaxPictureSide)
    return make_error(ErrorCode::kUnsupported, "the picture is larger than 8192x8192");
  return best;
}

}  // namespace vedette::vision
