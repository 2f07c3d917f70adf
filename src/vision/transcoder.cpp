// SPDX-License-Identifier: Apache-2.0
#include "vision/transcoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <deque>
#include <utility>

#include "vision/decode.h"
#include "vision/encoder.h"

namespace vedette::vision {
namespace {

constexpr uint32_t kTimescale = 90000;
/// H.265 may reorder 16 pictures; what is older than this was never put out.
constexpr size_t kMaxWaiting = 64;

EncoderOptions coding_of(const media::TrackInfo& from, const TranscoderOptions& options) {
  EncoderOptions coding;
  const int width = std::min<int>(from.width, options.max_width);
  coding.width = std::max(2, width / 2 * 2);
  coding.height = std::max(2, from.height * coding.width / std::max<int>(1, from.width) / 2 * 2);
  const double fps = from.fps >= 1 && from.fps <= 120 ? from.fps : options.fps;
  coding.fps = std::max(1, static_cast<int>(std::lround(fps)));
  coding.gop = 2 * coding.fps;
  // A tenth of a bit per pixel: plain at this preset, and 1.4 Mbit/s for 720p at 15.
  coding.bitrate =
      std::max<int64_t>(200'000, int64_t{coding.width} * coding.height * coding.fps / 10);
  if (options.keys == KeyFrames::kAll) {
    // Half a bit per pixel: the picture has no other to lean on.
    coding.fps = coding.gop = 1;
    coding.bitrate = std::max<int64_t>(200'000, int64_t{coding.width} * coding.height / 2);
  }
  coding.preset = "ultrafast";
  coding.low_delay = true;
  return coding;
}

/// When the access unit was, which the picture that comes of it still is.
struct Timing {
  int64_t number = 0;
  int64_t pts = 0;
  WallTime utc;
  uint32_t utc_error_us = 0;
  media::UtcSource utc_source = media::UtcSource::kArrival;
  MonoTime arrival;
  bool emit = false;
  bool damaged = false;
  bool key = false;
};

class LibavTranscoder final : public Transcoder {
 public:
  LibavTranscoder(media::TrackInfoPtr from, AvContext decoder, KeyFrames keys,
                  std::unique_ptr<VideoEncoder> encoder)
      : from_(std::move(from)),
        keys_(keys),
        decoder_(std::move(decoder)),
        encoder_(std::move(encoder)),
        packet_(av_packet_alloc()),
        frame_(av_frame_alloc()),
        picture_(encoder_->track()->width, encoder_->track()->height) {
    VEDETTE_ASSERT(packet_ && frame_);
  }

  const media::TrackInfoPtr& track() const override { return encoder_->track(); }

  Result<void> transcode(const media::AccessUnit& au, bool emit,
                         std::vector<media::AccessUnitPtr>& out) override {
    if (av_new_packet(packet_.get(), static_cast<int>(au.data.size())) < 0)
      return make_error(ErrorCode::kResourceExhausted, "out of memory");
    if (!au.data.empty()) std::memcpy(packet_->data, au.data.data(), au.data.size());
    packet_->pts = packet_->dts = ++number_;
    timings_.push_back({number_, us_to_ticks(ticks_to_us(au.pts, from_->timescale), kTimescale),
                        au.utc, au.utc_error_us, au.utc_source, au.arrival, emit, au.damaged,
                        wants_key(au)});
    if (timings_.size() > kMaxWaiting) timings_.pop_front();
    (void)avcodec_send_packet(decoder_.get(), packet_.get());
    av_packet_unref(packet_.get());
    return show_all(out);
  }

  Result<void> finish(std::vector<media::AccessUnitPtr>& out) override {
    (void)avcodec_send_packet(decoder_.get(), nullptr);
    auto shown = show_all(out);
    restart();
    return shown;
  }

  void restart() override {
    avcodec_flush_buffers(decoder_.get());
    timings_.clear();
  }

 private:
  [[nodiscard]] bool wants_key(const media::AccessUnit& au) const {
    return keys_ == KeyFrames::kAll || (keys_ == KeyFrames::kOfTrack && au.random_access);
  }

  Result<void> show_all(std::vector<media::AccessUnitPtr>& out) {
    while (avcodec_receive_frame(decoder_.get(), frame_.get()) >= 0) {
      auto coded = show(out);
      av_frame_unref(frame_.get());
      VEDETTE_TRY(std::move(coded));
    }
    return ok();
  }

  Result<void> show(std::vector<media::AccessUnitPtr>& out) {
    const auto timing = std::find_if(timings_.begin(), timings_.end(),
                                     [&](const Timing& one) { return one.number == frame_->pts; });
    if (timing == timings_.end()) return ok();
    const Timing when = *timing;
    timings_.erase(timing);
    if (!when.emit || when.pts <= last_pts_) return ok();
    VEDETTE_TRY(scale());
    std::vector<media::AccessUnitPtr> coded;
    VEDETTE_TRY(encoder_->encode(picture_, coded, when.key));
    for (const media::AccessUnitPtr& one : coded) {
      auto au = std::make_shared<media::AccessUnit>(*one);
      au->pts = au->dts = when.pts;
      au->utc = when.utc;
      au->utc_error_us = when.utc_error_us;
      au->utc_source = when.utc_source;
      au->arrival = when.arrival;
      au->damaged = when.damaged;
      last_pts_ = when.pts;
      out.push_back(std::move(au));
    }
    return ok();
  }

  Result<void> scale() {
    if (frame_->width > kMaxPictureSide || frame_->height > kMaxPictureSide)
      return make_error(ErrorCode::kUnsupported, "the picture is larger than 8192x8192");
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame_->width, frame_->height,
                                       static_cast<AVPixelFormat>(frame_->format), picture_.width,
                                       picture_.height, AV_PIX_FMT_YUV420P, SWS_FAST_BILINEAR,
                                       nullptr, nullptr, nullptr));
    if (!scaler_) return make_error(ErrorCode::kUnsupported, "no way to scale this pixel format");
    const std::array<uint8_t*, 4> planes = {picture_.y.data(), picture_.u.data(), picture_.v.data(),
                                            nullptr};
    const std::array<int, 4> strides = {picture_.width, picture_.chroma_width(),
                                        picture_.chroma_width(), 0};
    sws_scale(scaler_.get(), frame_->data, frame_->linesize, 0, frame_->height, planes.data(),
              strides.data());
    return ok();
  }

  media::TrackInfoPtr from_;
  KeyFrames keys_;
  AvContext decoder_;
  std::unique_ptr<VideoEncoder> encoder_;
  AvPacket packet_;
  AvFrame frame_;
  AvScaler scaler_;
  Picture picture_;
  std::deque<Timing> timings_;
  int64_t number_ = 0;
  int64_t last_pts_ = INT64_MIN;
};

}  // namespace

Result<std::unique_ptr<Transcoder>> Transcoder::create(media::TrackInfoPtr from,
                                                       const TranscoderOptions& options) {
  silence_av();
  VEDETTE_ASSIGN(AvContext decoder, open_decoder(*from));
  if (from->width < 2 || from->height < 2)
    return make_error(ErrorCode::kInvalidArgument, "a track without a size");
  const EncoderOptions coding = coding_of(*from, options);
  VEDETTE_ASSIGN(auto encoder, VideoEncoder::create(coding));
  return std::unique_ptr<Transcoder>(std::make_unique<LibavTranscoder>(
      std::move(from), std::move(decoder), options.keys, std::move(encoder)));
}

}  // namespace vedette::vision
