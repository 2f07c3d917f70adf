// SPDX-License-Identifier: Apache-2.0
// A camera that changes its codec in the middle of a session: fault 14 of docs/trust.md.
#include "rtp/other_codec.h"

#include <gtest/gtest.h>

#include "rtp/test_stream.h"

namespace vedette::rtp {
namespace {

using media::Codec;
using test::Camera;
using test::hex;

Bytes aggregate(Bytes header, std::initializer_list<Bytes> nals) {
  ByteWriter out;
  out.bytes(header);
  for (const Bytes& nal : nals) {
    out.u16(static_cast<uint16_t>(nal.size()));
    out.bytes(nal);
  }
  return out.take();
}

Result<void> push(Camera& camera, ByteSpan payload) {
  const Bytes packet = test::rtp_packet(
      {true, camera.payload_type, camera.sequence++, camera.timestamp, camera.ssrc, payload});
  return camera.receiver->push_rtp(packet, camera.now);
}

TEST(Fault14, parameter_sets_of_the_other_codec_are_recognised) {
  struct Row {
    const char* name;
    Codec described;
    Bytes payload;
    bool other;
  };
  const Bytes stap = hex("78");
  const Bytes ap = hex("6001");
  const Row rows[] = {
      {"H.265 SPS", Codec::kH264, test::h265_sps(), true},
      {"H.265 sets in an aggregate", Codec::kH264,
       aggregate(ap, {test::h265_vps(), test::h265_sps(), test::h265_pps()}), true},
      {"H.264 SPS", Codec::kH265, test::h264_sps(), true},
      {"H.264 sets in an aggregate", Codec::kH265,
       aggregate(stap, {test::h264_sps(), test::h264_pps()}), true},
      {"its own, H.264", Codec::kH264, test::h264_sps(), false},
      {"its own aggregate, H.264", Codec::kH264,
       aggregate(stap, {test::h264_sps(), test::h264_pps()}), false},
      {"its own, H.265", Codec::kH265, test::h265_sps(), false},
      {"its own aggregate, H.265", Codec::kH265,
       aggregate(ap, {test::h265_vps(), test::h265_sps(), test::h265_pps()}), false},
      {"garbage that begins like it", Codec::kH264, hex("42010000000000"), false},
      {"an aggregate cut short", Codec::kH264, hex("600100ff4201"), false},
      {"nothing", Codec::kH264, {}, false},
      {"sound", Codec::kPcmu, test::h264_sps(), false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(holds_other_codec(row.described, row.payload), row.other) << row.name;
  for (const Codec codec : {Codec::kH264, Codec::kH265})
    for (const char letter : std::string("IiPpBEAFST"))
      EXPECT_FALSE(holds_other_codec(codec, test::nal(codec, letter))) << letter;
}

TEST(Fault14, a_session_ends_at_the_first_picture_of_the_other_codec) {
  struct Row {
    TrackSetup setup;
    Bytes sps;
  };
  const Row rows[] = {{test::h264_setup(true), test::h265_sps()},
                      {test::h265_setup(true), test::h264_sps()}};
  for (const Row& row : rows) {
    Camera camera(row.setup);
    camera.feed("I* @P* @P*");
    camera.next_frame();
    const auto pushed = push(camera, row.sps);
    ASSERT_FALSE(pushed);
    EXPECT_EQ(pushed.error().code, ErrorCode::kFailedPrecondition);
    EXPECT_NE(pushed.error().what.find("it is asked again"), std::string::npos);
    camera.receiver->flush();
    EXPECT_EQ(camera.received(), "I P P") << "what came before is whole";
  }
}

TEST(Fault14, a_session_ends_when_only_another_payload_type_comes) {
  Camera camera(test::h264_setup(true));
  camera.feed("I* @P*");
  camera.payload_type = 97;
  int taken = 0;
  while (taken < 1000 && push(camera, test::nal(Codec::kH265, 'P'))) ++taken;
  EXPECT_EQ(taken, 31);
}

TEST(Fault14, packets_of_another_type_beside_the_picture_end_nothing) {
  Camera camera(test::h264_setup(true));
  camera.feed("I*");
  for (int i = 0; i < 40; ++i) {
    camera.payload_type = 97;
    const uint16_t sequence = camera.sequence;
    for (int k = 0; k < 20; ++k) EXPECT_TRUE(push(camera, hex("0102030405")));
    camera.payload_type = 96;
    camera.sequence = sequence;
    camera.feed("@P*");
  }
  camera.receiver->flush();
  EXPECT_EQ(camera.take().size(), 41U);
}

}  // namespace
}  // namespace vedette::rtp
