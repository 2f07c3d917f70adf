// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <memory>

#include <gtest/gtest.h>

#include "vision/decode.h"
#include "vision/encoder.h"
#include "vision/jpeg.h"

namespace vedette::vision {
namespace {

/// A bright square that steps to the right over a grey ground.
Picture square_at(int step) {
  Picture picture(160, 96);
  std::fill(picture.y.begin(), picture.y.end(), uint8_t{90});
  std::fill(picture.u.begin(), picture.u.end(), uint8_t{128});
  std::fill(picture.v.begin(), picture.v.end(), uint8_t{128});
  for (size_t y = 32; y < 64; ++y)
    for (size_t x = 0; x < 32; ++x) picture.y[y * 160 + x + static_cast<size_t>(step) * 8] = 220;
  return picture;
}

struct Coded {
  media::TrackInfoPtr track;
  std::vector<media::AccessUnitPtr> aus;

  std::vector<ByteSpan> spans() const {
    std::vector<ByteSpan> out;
    for (const auto& au : aus) out.push_back(au->data);
    return out;
  }
};

EncoderOptions small(media::Codec codec, int b_frames) {
  EncoderOptions options;
  options.codec = codec;
  options.width = 160;
  options.height = 96;
  options.fps = 15;
  options.bitrate = 400'000;
  options.gop = 8;
  options.b_frames = b_frames;
  return options;
}

Coded code(const EncoderOptions& options, int frames) {
  auto encoder = VideoEncoder::create(options);
  EXPECT_TRUE(encoder) << encoder.error().message();
  Coded coded;
  for (int i = 0; i < frames; ++i) EXPECT_TRUE((*encoder)->encode(square_at(i % 16), coded.aus));
  EXPECT_TRUE((*encoder)->finish(coded.aus));
  coded.track = (*encoder)->track();
  return coded;
}

int luma_at(const AVFrame& frame, int x, int y) { return frame.data[0][y * frame.linesize[0] + x]; }

struct CodecRow {
  const char* name;
  media::Codec codec;
  int b_frames;
};
class EveryCodec : public testing::TestWithParam<CodecRow> {};
INSTANTIATE_TEST_SUITE_P(Codecs, EveryCodec,
                         testing::Values(CodecRow{"h264", media::Codec::kH264, 0},
                                         CodecRow{"h264_b", media::Codec::kH264, 2},
                                         CodecRow{"h265", media::Codec::kH265, 0},
                                         CodecRow{"h265_b", media::Codec::kH265, 2}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(EveryCodec, gives_one_access_unit_per_picture_and_an_idr_every_gop) {
  const Coded coded = code(small(GetParam().codec, GetParam().b_frames), 24);
  ASSERT_EQ(coded.aus.size(), 24u);
  EXPECT_EQ(coded.track->width, 160);
  EXPECT_EQ(coded.track->height, 96);
  for (size_t i = 0; i < coded.aus.size(); ++i) {
    EXPECT_EQ(coded.aus[i]->random_access, i % 8 == 0) << i;
    EXPECT_EQ(coded.aus[i]->dts, static_cast<int64_t>(i) * 6000) << i;
    EXPECT_GE(coded.aus[i]->pts, coded.aus[i]->dts) << i;
  }
}

TEST_P(EveryCodec, codes_the_same_pictures_to_the_same_bytes) {
  const EncoderOptions options = small(GetParam().codec, GetParam().b_frames);
  const Coded once = code(options, 12);
  const Coded again = code(options, 12);
  ASSERT_EQ(once.aus.size(), again.aus.size());
  for (size_t i = 0; i < once.aus.size(); ++i) EXPECT_EQ(once.aus[i]->data, again.aus[i]->data);
}

TEST_P(EveryCodec, the_last_access_unit_is_the_picture_that_is_shown) {
  if (GetParam().b_frames > 0) GTEST_SKIP() << "order of output is another test's matter";
  const Coded coded = code(small(GetParam().codec, 0), 8);
  const auto all = coded.spans();
  for (const size_t count : {1u, 4u, 8u}) {
    const auto frame = decode_last(*coded.track, std::span(all).first(count));
    ASSERT_TRUE(frame) << frame.error().message();
    const int x = static_cast<int>(count - 1) * 8;
    EXPECT_NEAR(luma_at(**frame, x + 16, 48), 220, 16) << count;
    EXPECT_NEAR(luma_at(**frame, x + 48, 48), 90, 16) << count;
  }
}

TEST_P(EveryCodec, any_prefix_of_a_gop_gives_a_picture) {
  const Coded coded = code(small(GetParam().codec, GetParam().b_frames), 16);
  const auto all = coded.spans();
  for (size_t count = 1; count <= all.size(); ++count)
    EXPECT_TRUE(decode_to_jpeg(*coded.track, std::span(all).first(count))) << count;
}

/// Width and height of the SOF0 segment (ITU-T T.81 §B.2.2).
std::pair<int, int> jpeg_size(const Bytes& jpeg) {
  for (size_t i = 0; i + 9 < jpeg.size(); ++i)
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc0)
      return {jpeg[i + 7] << 8 | jpeg[i + 8], jpeg[i + 5] << 8 | jpeg[i + 6]};
  return {0, 0};
}

struct SizeRow {
  uint16_t max_width;
  int width, height;
};

TEST(Jpeg, is_scaled_down_and_never_up) {
  const Coded coded = code(small(media::Codec::kH264, 0), 1);
  for (const SizeRow& row : {SizeRow{0, 160, 96}, SizeRow{80, 80, 48}, SizeRow{100, 100, 60},
                             SizeRow{1000, 160, 96}, SizeRow{1, 16, 10}}) {
    const auto jpeg = decode_to_jpeg(*coded.track, coded.spans(), {row.max_width, 80});
    ASSERT_TRUE(jpeg) << jpeg.error().message();
    EXPECT_EQ(jpeg_size(*jpeg), std::pair(row.width, row.height)) << row.max_width;
    EXPECT_EQ((*jpeg)[0], 0xff);
    EXPECT_EQ((*jpeg)[1], 0xd8);
  }
}

TEST(Jpeg, more_quality_takes_more_bytes) {
  auto encoder = VideoEncoder::create(small(media::Codec::kH264, 0));
  ASSERT_TRUE(encoder);
  Picture texture = square_at(0);
  for (size_t i = 0; i < texture.y.size(); ++i)
    texture.y[i] = static_cast<uint8_t>(60 + i * i % 97 + i / 160);
  Coded coded;
  coded.track = (*encoder)->track();
  ASSERT_TRUE((*encoder)->encode(texture, coded.aus));
  ASSERT_TRUE((*encoder)->finish(coded.aus));
  const auto poor = decode_to_jpeg(*coded.track, coded.spans(), {0, 10});
  const auto fine = decode_to_jpeg(*coded.track, coded.spans(), {0, 100});
  EXPECT_LT(poor->size(), fine->size());
}

TEST(Jpeg, refuses_what_cannot_become_a_picture) {
  const Coded coded = code(small(media::Codec::kH264, 0), 2);
  const auto spans = coded.spans();
  const auto code_of = [&](const media::TrackInfo& track, std::span<const ByteSpan> aus) {
    const auto jpeg = decode_to_jpeg(track, aus);
    return jpeg ? ErrorCode::kInternal : jpeg.error().code;
  };
  media::TrackInfo audio = *coded.track;
  audio.codec = media::Codec::kAac;
  EXPECT_EQ(code_of(audio, spans), ErrorCode::kInvalidArgument);
  media::TrackInfo bare = *coded.track;
  bare.decoder_config.clear();
  EXPECT_EQ(code_of(bare, spans), ErrorCode::kInvalidArgument);
  media::TrackInfo huge = *coded.track;
  huge.width = 8193;
  EXPECT_EQ(code_of(huge, spans), ErrorCode::kUnsupported);
  EXPECT_EQ(code_of(*coded.track, {}), ErrorCode::kInvalidArgument);
  const Bytes garbage = {0, 0, 0, 2, 0x65, 0xff};
  const std::vector<ByteSpan> broken = {garbage};
  EXPECT_EQ(code_of(*coded.track, broken), ErrorCode::kDataLoss);
  const Bytes nothing;
  const std::vector<ByteSpan> empty = {nothing};
  EXPECT_EQ(code_of(*coded.track, empty), ErrorCode::kDataLoss);
}

TEST(Encoder, refuses_sizes_and_codecs_it_does_not_have) {
  EncoderOptions options = small(media::Codec::kAac, 0);
  EXPECT_EQ(VideoEncoder::create(options).error().code, ErrorCode::kUnsupported);
  options = small(media::Codec::kH264, 0);
  options.width = 9000;
  EXPECT_EQ(VideoEncoder::create(options).error().code, ErrorCode::kUnsupported);
  options = small(media::Codec::kH264, 0);
  options.fps = 0;
  EXPECT_EQ(VideoEncoder::create(options).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace vedette::vision
