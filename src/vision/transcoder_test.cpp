// SPDX-License-Identifier: Apache-2.0
#include "vision/transcoder.h"

#include <gtest/gtest.h>

#include "vision/decode.h"
#include "vision/encoder.h"

namespace vedette::vision {
namespace {

struct Source {
  media::TrackInfoPtr track;
  std::vector<media::AccessUnitPtr> aus;
};

/// Grey pictures, each brighter than the last, so that one is known from the other.
Source code(media::Codec codec, int frames, int b_frames = 0, int width = 320) {
  EncoderOptions options;
  options.codec = codec;
  options.width = width;
  options.height = width / 2;
  options.fps = 10;
  options.bitrate = 300'000;
  options.gop = 10;
  options.b_frames = b_frames;
  auto encoder = VideoEncoder::create(options).value();
  std::vector<media::AccessUnitPtr> coded;
  for (int i = 0; i < frames; ++i) {
    Picture picture(options.width, options.height);
    std::fill(picture.y.begin(), picture.y.end(), static_cast<uint8_t>(40 + 8 * i));
    std::fill(picture.u.begin(), picture.u.end(), uint8_t{128});
    std::fill(picture.v.begin(), picture.v.end(), uint8_t{128});
    EXPECT_TRUE(encoder->encode(picture, coded));
  }
  EXPECT_TRUE(encoder->finish(coded));
  Source source{encoder->track(), {}};
  for (const auto& one : coded) {
    auto au = std::make_shared<media::AccessUnit>(*one);
    au->utc = WallTime{1'700'000'000'000'000 + ticks_to_us(au->pts, 90'000)};
    source.aus.push_back(std::move(au));
  }
  return source;
}

int luma_of(const std::vector<media::AccessUnitPtr>& aus, size_t count) {
  std::vector<ByteSpan> spans;
  for (size_t i = 0; i < count; ++i) spans.push_back(aus[i]->data);
  const auto frame = decode_last(*aus[0]->track, spans);
  return frame ? (*frame)->data[0][(*frame)->linesize[0] * 20 + 20] : -1;
}

TEST(Transcoder, gives_each_picture_of_h265_at_once_as_h264_with_its_own_time) {
  const Source source = code(media::Codec::kH265, 15);
  auto transcoder = Transcoder::create(source.track);
  ASSERT_TRUE(transcoder) << transcoder.error().message();
  std::vector<media::AccessUnitPtr> out;
  for (size_t i = 0; i < source.aus.size(); ++i) {
    ASSERT_TRUE((*transcoder)->transcode(*source.aus[i], true, out));
    ASSERT_EQ(out.size(), i + 1) << "nothing is held back";
    EXPECT_EQ(out[i]->utc.us, source.aus[i]->utc.us);
    EXPECT_EQ(out[i]->pts, source.aus[i]->pts);
    EXPECT_EQ(out[i]->track->codec, media::Codec::kH264);
    EXPECT_NEAR(luma_of(out, i + 1), 40 + 8 * static_cast<int>(i), 4);
  }
  EXPECT_TRUE(out[0]->random_access);
}

TEST(Transcoder, puts_reordered_pictures_in_the_order_of_showing) {
  const Source source = code(media::Codec::kH265, 20, 2);
  auto transcoder = Transcoder::create(source.track).value();
  std::vector<media::AccessUnitPtr> out;
  for (const auto& au : source.aus) ASSERT_TRUE(transcoder->transcode(*au, true, out));
  ASSERT_GE(out.size(), 15u);
  for (size_t i = 1; i < out.size(); ++i) {
    EXPECT_GT(out[i]->dts, out[i - 1]->dts);
    EXPECT_EQ(out[i]->pts, out[i]->dts);
  }
}

TEST(Transcoder, decodes_the_past_without_coding_it) {
  const Source source = code(media::Codec::kH265, 10);
  auto transcoder = Transcoder::create(source.track).value();
  std::vector<media::AccessUnitPtr> out;
  for (size_t i = 0; i < 10; ++i) ASSERT_TRUE(transcoder->transcode(*source.aus[i], i == 9, out));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_TRUE(out[0]->random_access);
  EXPECT_NEAR(luma_of(out, 1), 40 + 72, 4);
}

TEST(Transcoder, scales_wide_pictures_down) {
  const Source source = code(media::Codec::kH265, 1, 0, 640);
  auto transcoder = Transcoder::create(source.track, {320}).value();
  EXPECT_EQ(transcoder->track()->width, 320);
  EXPECT_EQ(transcoder->track()->height, 160);
}

TEST(Transcoder, goes_on_after_a_hole_and_after_garbage) {
  const Source source = code(media::Codec::kH265, 20);
  auto transcoder = Transcoder::create(source.track).value();
  std::vector<media::AccessUnitPtr> out;
  ASSERT_TRUE(transcoder->transcode(*source.aus[0], true, out));
  media::AccessUnit garbage = *source.aus[1];
  garbage.data = Bytes(500, 0x55);
  EXPECT_TRUE(transcoder->transcode(garbage, true, out));
  garbage.data.clear();
  EXPECT_TRUE(transcoder->transcode(garbage, true, out));
  transcoder->restart();
  const size_t before = out.size();
  ASSERT_TRUE(transcoder->transcode(*source.aus[10], true, out));
  ASSERT_EQ(out.size(), before + 1);
  EXPECT_EQ(out.back()->utc.us, source.aus[10]->utc.us);
}

TEST(Transcoder, refuses_what_it_cannot_decode) {
  auto empty = std::make_shared<media::TrackInfo>();
  EXPECT_EQ(Transcoder::create(empty).error().code, ErrorCode::kInvalidArgument);
  auto huge = std::make_shared<media::TrackInfo>(*code(media::Codec::kH265, 1).track);
  huge->width = 9000;
  EXPECT_EQ(Transcoder::create(huge).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace vedette::vision
