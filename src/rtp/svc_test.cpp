// SPDX-License-Identifier: Apache-2.0
// Scalable streams: fault 13 of docs/trust.md. What comes out must be what a camera without layers
// would have sent, byte for byte: that is what makes any player show it. ISO/IEC 14496-10 Annex G
// (Annex F of later editions), RFC 6190; ISO/IEC 23008-2 §7.4.2.2 and Annex F.
#include <map>

#include <gtest/gtest.h>

#include "media/nal.h"
#include "rtp/test_stream.h"

namespace vedette::rtp {
namespace {

using media::Codec;
using test::Camera;
using test::hex;

// A stream by its NAL units: "/" ends a picture, and what is in `layers` by the letter comes as it
// stands there.
std::vector<Bytes> received(TrackSetup setup, std::string_view notation,
                            const std::map<char, Bytes>& layers) {
  Camera camera(std::move(setup));
  for (size_t i = 0; i < notation.size(); ++i) {
    if (notation[i] == '/') {
      camera.next_frame();
      continue;
    }
    const bool last = i + 1 == notation.size() || notation[i + 1] == '/';
    const auto layer = layers.find(notation[i]);
    camera.payload(
        layer == layers.end() ? test::nal(camera.setup.codec, notation[i]) : layer->second, last);
  }
  camera.receiver->flush();
  std::vector<Bytes> units;
  for (const auto& au : camera.take()) {
    EXPECT_FALSE(au->damaged);
    units.push_back(au->data);
  }
  EXPECT_EQ(camera.stats().malformed, 0U);
  EXPECT_EQ(camera.stats().damaged, 0U);
  return units;
}

// Prefix (14) before each slice, as encoders of temporal layers send them.
TEST(Fault13, h264_temporal_layers_are_what_a_plain_decoder_reads) {
  const std::map<char, Bytes> layers = {{'0', hex("6e80400f")},   // temporal_id 0, IDR
                                        {'1', hex("4e81402f")},   // temporal_id 1
                                        {'2', hex("0e81404f")}};  // temporal_id 2, no reference
  const auto plain = received(test::h264_setup(), "STI/P/P/P/I/P", {});
  const auto layered = received(test::h264_setup(), "ST0I/2P/1P/2P/0I/2P", layers);
  EXPECT_EQ(plain.size(), 6U);
  EXPECT_EQ(layered, plain);
}

// Subset SPS (15), and slices (20) of a layer of twice the size behind each picture, whose PPS
// counts from 1. A marker stands only at the end of the last layer.
TEST(Fault13, h264_spatial_layers_are_recorded_as_their_base_layer) {
  Bytes subset = test::other_h264_sps();
  subset[0] = 0x6f;
  const std::map<char, Bytes> layers = {{'N', subset},
                                        {'0', hex("6e80400f")},
                                        {'X', hex("7480480f888411aabbccddee")},
                                        {'Y', hex("5481480f9a3b11aabbccddee")},
                                        {'K', hex("1e00112233")}};  // 30: PACSI
  const auto plain = received(test::h264_setup(), "STI/P/P/STI/P", {});
  const auto layered = received(test::h264_setup(), "SNTK0IX/0PY/K0PYY/SNT0IX/0PY", layers);
  EXPECT_EQ(plain.size(), 5U);
  EXPECT_EQ(layered, plain);
}

// Temporal layers of H.265 are in every header: all of them are kept, with their types TSA and STSA
// (2 to 5), and none begins a recording.
TEST(Fault13, h265_temporal_layers_are_all_kept) {
  Bytes tsa = test::nal(Codec::kH265, 'P');
  tsa[0] = 2 << 1;  // TSA_N
  tsa[1] = 2;       // temporal id 1
  Bytes stsa = test::nal(Codec::kH265, 'P');
  stsa[0] = 5 << 1;  // STSA_R
  stsa[1] = 3;       // temporal id 2
  Camera camera(test::h265_setup());
  camera.feed("VSTI* @");
  for (const Bytes& nal : {tsa, stsa, tsa}) {
    camera.payload(nal, true);
    camera.next_frame();
  }
  camera.feed("P* @I*");
  camera.receiver->flush();
  const auto aus = camera.take();
  ASSERT_EQ(aus.size(), 6U);
  for (size_t i = 0; i < aus.size(); ++i) EXPECT_EQ(aus[i]->random_access, i == 0 || i == 5) << i;
  EXPECT_EQ(Bytes(aus[1]->data.begin() + 4, aus[1]->data.end()), tsa);
  EXPECT_EQ(Bytes(aus[2]->data.begin() + 4, aus[2]->data.end()), stsa);
}

// A layer of another size, or another eye (SHVC, MV-HEVC), with its own sets.
TEST(Fault13, h265_layers_of_another_size_are_left_out) {
  const auto in_layer_1 = [](Bytes nal) {
    nal[1] = static_cast<uint8_t>(nal[1] | 8);
    return nal;
  };
  const std::map<char, Bytes> layers = {{'x', in_layer_1(test::nal(Codec::kH265, 'I'))},
                                        {'y', in_layer_1(test::nal(Codec::kH265, 'P'))},
                                        {'s', in_layer_1(test::h265_sps())},
                                        {'t', in_layer_1(test::h265_pps())}};
  const auto plain = received(test::h265_setup(), "VSTI/P/P/I/P", {});
  const auto layered = received(test::h265_setup(), "VSsTtIx/Py/Py/Ix/Py", layers);
  EXPECT_EQ(plain.size(), 5U);
  EXPECT_EQ(layered, plain);
}

}  // namespace
}  // namespace vedette::rtp
