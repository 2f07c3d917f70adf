// SPDX-License-Identifier: Apache-2.0
// Parameter sets, slice headers and configuration records against values that x264, x265 and
// ffmpeg's trace_headers gave, and against what cameras publicly known sent.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "media/aac.h"
#include "media/bit_reader.h"
#include "media/decoder_config.h"
#include "media/g711_to_opus.h"
#include "media/h264.h"
#include "media/h265.h"
#include "media/nal.h"
#include "media/track_info.h"

namespace vedette::media {
namespace {

Bytes hex(std::string_view text) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}

TEST(BitReader, DropsEmulationPreventionAndStopsAtTheEnd) {
  const Bytes bytes = hex("000003010000030000030180");
  BitReader reader(bytes);
  EXPECT_EQ(reader.bits(24), 0x000001U);
  EXPECT_EQ(reader.bits(16), 0U);
  EXPECT_EQ(reader.bits(32), 0x00000180U);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.bits(1), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.ue(), 0U);
}

TEST(BitReader, ReadsExpGolombCodes) {
  const Bytes bytes = hex("a64280");  // 1 010 011 00100 0010 1
  BitReader reader(bytes, Escaping::kNone);
  EXPECT_EQ(reader.ue(), 0U);
  EXPECT_EQ(reader.se(), 1);
  EXPECT_EQ(reader.se(), -1);
  EXPECT_EQ(reader.ue(), 3U);
  EXPECT_EQ(reader.bits(4), 2U);
  const Bytes zeros(16, 0);
  BitReader endless(zeros, Escaping::kNone);
  endless.ue();
  EXPECT_FALSE(endless.ok());
}

TEST(BitReader, KnowsTheStopBit) {
  const struct {
    const char* bytes;
    int read;
    bool more;
  } rows[] = {{"80", 0, false},  {"c0", 0, true},        {"c0", 1, false}, {"ff80", 8, false},
              {"ff80", 7, true}, {"ff800000", 8, false}, {"ff", 7, false}, {"0180", 8, false}};
  for (const auto& row : rows) {
    const Bytes bytes = hex(row.bytes);
    BitReader reader(bytes);
    reader.bits(row.read);
    EXPECT_EQ(reader.more_rbsp_data(), row.more) << row.bytes << " after " << row.read;
  }
}

TEST(Nal, SplitsAtStartCodesOfBothLengths) {
  const Bytes bytes = hex("aa00000001bbcc000001dd000000000001ee0000");
  const auto nals = split_annex_b(bytes);
  ASSERT_EQ(nals.size(), 4U);
  EXPECT_EQ(nals[0].size(), 1U);
  EXPECT_EQ(nals[1].size(), 2U);
  EXPECT_EQ(nals[3][0], 0xEE);
  EXPECT_TRUE(split_annex_b({}).empty());
  EXPECT_TRUE(split_annex_b(hex("00000001000001")).empty());
}

TEST(Nal, WalksLengthPrefixedUnits) {
  Bytes data;
  append_nal(data, hex("0102"));
  append_nal(data, hex("03"));
  EXPECT_TRUE(is_length_prefixed(data));
  NalReader reader(data);
  EXPECT_EQ(reader.next()->size(), 2U);
  EXPECT_EQ(reader.next()->size(), 1U);
  EXPECT_FALSE(reader.next().has_value());
  data.pop_back();
  EXPECT_FALSE(is_length_prefixed(data));
  EXPECT_FALSE(is_length_prefixed(hex("00000000")));
  EXPECT_TRUE(is_length_prefixed({}));
}

struct VideoRow {
  const char* name;
  Codec codec;
  const char* vps;
  const char* sps;
  const char* pps;
  const char* rfc6381;
  int width, height;
  double fps;
  int reorder;
};

TEST(VideoTrack, ComesFromParameterSets) {
  const VideoRow rows[] = {
      {"x264 without B-frames", Codec::kH264, "", "6764000aacb208f60220000003002000000303c1e244c9",
       "68ebc3cb22c0", "avc1.64000a", 64, 48, 15, 0},
      {"x264 with B-frames, odd size", Codec::kH264, "",
       "6764000aac56245278888c0440000003004000000c83c4896260", "68e88e3cb22c", "avc1.64000a", 66,
       50, 25, 2},
      {"Reolink, no VUI", Codec::kH264, "", "67640033ac1514a0a03d90", "68ee3cb0", "avc1.640033",
       640, 480, 0, 0},
      {"Reolink doorbell, bytes after the SPS", Codec::kH264, "",
       "67640033ac1514a0a03da1000004f6000063380404", "68ee3cb0", "avc1.640033", 640, 480, 10, 0},
      {"x265 without B-frames", Codec::kH265, "40010c01ffff01600000030090000003000003001eba0240",
       "42010101600000030090000003000003001ea0288107111196e92930bc05a020000003002000000301e1",
       "4401c073c189", "hvc1.1.6.L30.90", 66, 50, 15, 0},
      {"x265 with B-frames", Codec::kH265, "40010c01ffff01600000030090000003000003001e959409",
       "42010101600000030090000003000003001ea024839c92659596e4caf0168080000003008000000c84",
       "4401c173d989", "hvc1.1.6.L30.90", 66, 50, 25, 2},
  };
  for (const auto& row : rows) {
    const auto track = make_video_track_info(row.codec, hex(row.vps), hex(row.sps), hex(row.pps));
    ASSERT_TRUE(track.has_value()) << row.name << ": " << track.error().message();
    EXPECT_EQ(track->rfc6381, row.rfc6381) << row.name;
    EXPECT_EQ(track->width, row.width) << row.name;
    EXPECT_EQ(track->height, row.height) << row.name;
    EXPECT_DOUBLE_EQ(track->fps, row.fps) << row.name;
    EXPECT_EQ(track->reorder_depth, row.reorder) << row.name;
    const auto sets = parameter_sets_of(*track);
    ASSERT_TRUE(sets.has_value()) << row.name;
    const auto again = make_video_track_info(row.codec, *sets);
    ASSERT_TRUE(again.has_value()) << row.name;
    EXPECT_EQ(*again, *track) << row.name;
  }
}

TEST(VideoTrack, RefusesWhatIsNoParameterSet) {
  const Bytes sps = hex("6764000aacb208f60220000003002000000303c1e244c9");
  const Bytes pps = hex("68ebc3cb22c0");
  EXPECT_FALSE(make_video_track_info(Codec::kH264, {}, pps, sps).has_value());
  EXPECT_FALSE(make_video_track_info(Codec::kH264, {}, {}, {}).has_value());
  EXPECT_FALSE(make_video_track_info(Codec::kH265, {}, sps, pps).has_value());
  for (size_t cut = 0; cut < 8; ++cut)
    EXPECT_FALSE(parse_h264_sps(ByteSpan(sps).first(cut)).has_value()) << cut;
}

struct SliceRow {
  const char* nal;
  SliceType type;
  int qp;
};

TEST(Slice, H264QpMatchesFfmpeg) {
  const auto sps = parse_h264_sps(hex("6764000aac56245278888c0440000003004000000c83c4896260"));
  const auto pps = parse_h264_pps(hex("68e88e3cb22c"));
  ASSERT_TRUE(sps && pps);
  const SliceRow rows[] = {
      {"6588820015fffef6737c0a6b6db0952e", SliceType::kI, 13},
      {"419a10b6217f8c8636f890a845d98f54", SliceType::kP, 12},  // with weighted prediction
      {"419a22a4f04104190b809e03fc801012004060278040813f0c447f855440728b", SliceType::kP, 20},
      {"419e3195137ffd96049ad18b171dc507", SliceType::kB, 26},
      {"019e4114888f6b861980376882de5290", SliceType::kB, 27},
  };
  for (const auto& row : rows) {
    const auto slice = parse_h264_slice(hex(row.nal), *sps, *pps);
    ASSERT_TRUE(slice.has_value()) << row.nal;
    EXPECT_EQ(slice->type, row.type) << row.nal;
    EXPECT_EQ(slice->qp, row.qp) << row.nal;
    EXPECT_TRUE(slice->first_in_picture);
  }
}

TEST(Slice, H265QpMatchesFfmpeg) {
  const auto sps = parse_h265_sps(
      hex("42010101600000030090000003000003001ea024839c92659596e4caf0168080000003008000000c84"));
  const auto pps = parse_h265_pps(hex("4401c173d989"));
  ASSERT_TRUE(sps && pps);
  const SliceRow rows[] = {
      {"2801af1d42ad98b3c2f9ece3c13886c6", SliceType::kI, 33},
      {"0201d02149e10c63a8efe0441c5d3eff", SliceType::kP, 33},
      {"0201e044957810c18489c8f1371a0cd8", SliceType::kB, 35},
      {"0001e024fd7e8886030a52608cce0087", SliceType::kB, 36},
  };
  for (const auto& row : rows) {
    const auto slice = parse_h265_slice(hex(row.nal), *sps, *pps);
    ASSERT_TRUE(slice.has_value()) << row.nal;
    EXPECT_EQ(slice->type, row.type) << row.nal;
    EXPECT_EQ(slice->qp, row.qp) << row.nal;
  }
}

TEST(Slice, RecoveryPointIsFoundBehindOtherMessages) {
  EXPECT_EQ(h264_recovery_point(hex("06060184"
                                    "80")),
            0U);
  EXPECT_EQ(h264_recovery_point(hex("06"
                                    "0502aabb"
                                    "060140"
                                    "80")),
            1U);
  EXPECT_FALSE(h264_recovery_point(hex("060502aabb80")).has_value());
  EXPECT_FALSE(h264_recovery_point(hex("0605ff")).has_value());
  EXPECT_FALSE(h264_recovery_point({}).has_value());
}

TEST(Aac, ConfigurationsParseAndBuild) {
  const struct {
    const char* bytes;
    uint32_t rate;
    int channels;
    int type;
  } rows[] = {
      {"1210", 44100, 2, 2}, {"1408", 16000, 1, 2}, {"1190", 48000, 2, 2}, {"1588", 8000, 1, 2}};
  for (const auto& row : rows) {
    const auto config = parse_audio_specific_config(hex(row.bytes));
    ASSERT_TRUE(config.has_value()) << row.bytes;
    EXPECT_EQ(config->sample_rate, row.rate);
    EXPECT_EQ(config->channels, row.channels);
    EXPECT_EQ(config->object_type, row.type);
    EXPECT_EQ(build_audio_specific_config(*config), hex(row.bytes));
    EXPECT_EQ(make_aac_track_info(hex(row.bytes), row.rate)->rfc6381, "mp4a.40.2");
  }
  AudioSpecificConfig odd{2, 11111, 1, 960};
  const auto back = parse_audio_specific_config(build_audio_specific_config(odd));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->sample_rate, 11111U);
  EXPECT_EQ(back->frame_length, 960);
  EXPECT_FALSE(parse_audio_specific_config(hex("12")).has_value());
  EXPECT_FALSE(parse_audio_specific_config(hex("1790")).has_value());
}

TEST(G711, DecodesTheTables) {
  EXPECT_EQ(decode_pcmu(0xFF), 0);
  EXPECT_EQ(decode_pcmu(0x80), 32124);
  EXPECT_EQ(decode_pcmu(0x00), -32124);
  EXPECT_EQ(decode_pcma(0xD5), 8);
  EXPECT_EQ(decode_pcma(0xAA), 32256);
  EXPECT_EQ(decode_pcma(0x2A), -32256);
}

TEST(G711, BecomesOpusWithItsConfiguration) {
  auto encoder = G711ToOpus::create({Codec::kPcmu, 2, 8000});
  ASSERT_TRUE(encoder.has_value());
  const auto dops = parse_dops((*encoder)->track().decoder_config);
  ASSERT_TRUE(dops.has_value());
  EXPECT_EQ(dops->channels, 2);
  EXPECT_EQ(dops->input_sample_rate, 8000U);
  EXPECT_GT(dops->pre_skip, 0);
  const Bytes silence(G711ToOpus::frame_samples(8000) * 2, 0xFF);
  const auto packet = (*encoder)->encode(silence);
  ASSERT_TRUE(packet.has_value());
  EXPECT_FALSE(packet->empty());
  EXPECT_FALSE(parse_dops(hex("0001")).has_value());
}

}  // namespace
}  // namespace vedette::media
