// SPDX-License-Identifier: Apache-2.0
#include "vision/encoder.h"

#include <optional>
#include <utility>

#include "base/assert.h"
#include "media/nal.h"
#include "media/track_info.h"
#include "vision/av.h"
#include "vision/jpeg.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace vedette::vision {
namespace {

constexpr uint32_t kTimescale = 90000;

uint8_t nal_type(media::Codec codec, ByteSpan nal) {
  return codec == media::Codec::kH264 ? media::h264_nal_type(nal[0]) : media::h265_nal_type(nal[0]);
}

/// As AccessUnit::data wants it.
Bytes to_length_prefixed(media::Codec codec, ByteSpan annex_b) {
  const bool h264 = codec == media::Codec::kH264;
  Bytes out;
  out.reserve(annex_b.size() + 16);
  for (const ByteSpan nal : media::split_annex_b(annex_b)) {
    const uint8_t type = nal_type(codec, nal);
    const bool outside = h264 ? type >= media::h264::kSps && type <= media::h264::kAud
                              : type >= media::h265::kVps && type <= media::h265::kAud;
    if (!outside) media::append_nal(out, nal);
  }
  return out;
}

Result<media::TrackInfoPtr> make_track(const EncoderOptions& options, ByteSpan headers) {
  media::ParameterSets sets;
  for (const ByteSpan nal : media::split_annex_b(headers)) {
    const uint8_t type = nal_type(options.codec, nal);
    if (type == media::h265::kVps && options.codec == media::Codec::kH265) sets.vps.push_back(nal);
    const bool h264 = options.codec == media::Codec::kH264;
    if (type == (h264 ? media::h264::kSps : media::h265::kSps)) sets.sps.push_back(nal);
    if (type == (h264 ? media::h264::kPps : media::h265::kPps)) sets.pps.push_back(nal);
  }
  VEDETTE_ASSIGN(media::TrackInfo track, media::make_video_track_info(options.codec, sets));
  return std::make_shared<const media::TrackInfo>(std::move(track));
}

std::string private_options(const EncoderOptions& options) {
  // scenecut off and keyint = min-keyint: an IDR stands exactly every `gop` frames, so that loops
  // join without a jump and tests can count.
  const std::string gop = std::to_string(options.gop);
  const std::string common = "scenecut=0:keyint=" + gop + ":min-keyint=" + gop +
                             ":bframes=" + std::to_string(options.b_frames) +
                             ":repeat-headers=0:annexb=1";
  // x264 waits for the next picture to know how long this one lasts, unless the rate is constant.
  const std::string delay = options.low_delay ? ":rc-lookahead=0:sync-lookahead=0:force-cfr=1" : "";
  if (options.codec == media::Codec::kH264) return common + ":threads=1:open_gop=0" + delay;
  return common + ":open-gop=0:pools=none:frame-threads=1:no-wpp=1:log-level=none";
}

Result<void> configure(AVCodecContext& context, const EncoderOptions& options) {
  context.width = options.width;
  context.height = options.height;
  context.pix_fmt = AV_PIX_FMT_YUV420P;
  context.time_base = {1, options.fps};
  context.framerate = {options.fps, 1};
  context.gop_size = options.gop;
  context.max_b_frames = options.b_frames;
  context.bit_rate = options.bitrate;
  context.rc_max_rate = options.bitrate * 3 / 2;
  context.rc_buffer_size = static_cast<int>(options.bitrate * 2);
  context.thread_count = 1;
  context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  context.color_range = AVCOL_RANGE_MPEG;
  context.colorspace = AVCOL_SPC_BT709;
  context.color_primaries = AVCOL_PRI_BT709;
  context.color_trc = AVCOL_TRC_BT709;
  const bool h264 = options.codec == media::Codec::kH264;
  const std::string params = private_options(options);
  const int preset = av_opt_set(context.priv_data, "preset", options.preset.c_str(), 0);
  const int rest =
      av_opt_set(context.priv_data, h264 ? "x264-params" : "x265-params", params.c_str(), 0);
  const int forced = av_opt_set(context.priv_data, "forced-idr", "1", 0);
  if (preset < 0 || rest < 0 || forced < 0)
    return make_error(ErrorCode::kUnsupported, "this libavcodec has no libx264/libx265 options");
  return ok();
}

class LibavEncoder final : public VideoEncoder {
 public:
  LibavEncoder(const EncoderOptions& options, AvContext context, media::TrackInfoPtr track)
      : options_(options),
        context_(std::move(context)),
        frame_(av_frame_alloc()),
        packet_(av_packet_alloc()),
        track_(std::move(track)) {
    VEDETTE_ASSERT(frame_ && packet_);
  }

  const media::TrackInfoPtr& track() const override { return track_; }

  Result<void> encode(const Picture& picture, std::vector<media::AccessUnitPtr>& out,
                      bool key) override {
    VEDETTE_ASSERT(picture.width == options_.width && picture.height == options_.height);
    frame_->format = AV_PIX_FMT_YUV420P;
    frame_->width = picture.width;
    frame_->height = picture.height;
    // The encoder copies what it keeps, so the frame may point into the caller's planes.
    frame_->data[0] = const_cast<uint8_t*>(picture.y.data());
    frame_->data[1] = const_cast<uint8_t*>(picture.u.data());
    frame_->data[2] = const_cast<uint8_t*>(picture.v.data());
    frame_->linesize[0] = picture.width;
    frame_->linesize[1] = frame_->linesize[2] = picture.chroma_width();
    frame_->pts = count_++;
    frame_->pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    const int rc = avcodec_send_frame(context_.get(), frame_.get());
    if (rc < 0) return av_failure(ErrorCode::kInternal, "coding a picture", rc);
    return collect(out);
  }

  Result<void> finish(std::vector<media::AccessUnitPtr>& out) override {
    (void)avcodec_send_frame(context_.get(), nullptr);
    return collect(out);
  }

 private:
  Result<void> collect(std::vector<media::AccessUnitPtr>& out) {
    for (;;) {
      const int rc = avcodec_receive_packet(context_.get(), packet_.get());
      if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF) return ok();
      if (rc < 0) return av_failure(ErrorCode::kInternal, "coding a picture", rc);
      // The first dts is minus the reorder delay; ours start at 0.
      if (!first_dts_) first_dts_ = packet_->dts;
      auto au = std::make_shared<media::AccessUnit>();
      au->track = track_;
      au->pts = to_ticks(packet_->pts - *first_dts_);
      au->dts = to_ticks(packet_->dts - *first_dts_);
      au->random_access = (packet_->flags & AV_PKT_FLAG_KEY) != 0;
      const ByteSpan coded(packet_->data, static_cast<size_t>(packet_->size));
      au->data = to_length_prefixed(options_.codec, coded);
      out.push_back(std::move(au));
      av_packet_unref(packet_.get());
    }
  }
  int64_t to_ticks(int64_t frames) const { return frames * int64_t{kTimescale} / options_.fps; }

  EncoderOptions options_;
  AvContext context_;
  AvFrame frame_;
  AvPacket packet_;
  media::TrackInfoPtr track_;
  int64_t count_ = 0;
  std::optional<int64_t> first_dts_;
};

}  // namespace

Result<std::unique_ptr<VideoEncoder>> VideoEncoder::create(const EncoderOptions& options) {
  silence_av();
  const bool h264 = options.codec == media::Codec::kH264;
  if (!h264 && options.codec != media::Codec::kH265)
    return make_error(ErrorCode::kUnsupported, "only H.264 and H.265 are encoded");
  if (options.width < 16 || options.height < 16 || options.width > kMaxPictureSide ||
      options.height > kMaxPictureSide || options.fps < 1 || options.fps > 240 || options.gop < 1)
    return make_error(ErrorCode::kUnsupported, "picture size, frame rate or GOP out of range");
  const AVCodec* codec = avcodec_find_encoder_by_name(h264 ? "libx264" : "libx265");
  AvContext context(codec ? avcodec_alloc_context3(codec) : nullptr);
  if (!context)
    return make_error(ErrorCode::kUnsupported,
                      std::string("this libavcodec has no ") + (h264 ? "libx264" : "libx265"));
  VEDETTE_TRY(configure(*context, options));
  if (const int rc = avcodec_open2(context.get(), codec, nullptr); rc < 0)
    return av_failure(ErrorCode::kUnsupported, "opening the encoder", rc);
  const ByteSpan header(context->extradata, static_cast<size_t>(context->extradata_size));
  VEDETTE_ASSIGN(media::TrackInfoPtr track, make_track(options, header));
  return std::unique_ptr<VideoEncoder>(
      std::make_unique<LibavEncoder>(options, std::move(context), std::move(track)));
}

}  // namespace vedette::vision
