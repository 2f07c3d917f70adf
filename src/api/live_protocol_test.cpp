// SPDX-License-Identifier: Apache-2.0
#include "api/live_protocol.h"

#include <gtest/gtest.h>

namespace vedette::api::live {
namespace {

TEST(LiveProtocol, writes_the_example_of_the_document) {
  Header header;
  header.flags = kRandomAccess | kDiscontinuity;
  header.sub = 0x0102;
  header.utc = WallTime{1'795'356'207'200'384};
  header.pts_us = 1'000'000;
  Bytes message = encode(header);
  const Bytes payload = {0, 0, 0, 1, 0x65};
  message.insert(message.end(), payload.begin(), payload.end());
  const Bytes want = {0x01, 0x03, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00,  //
                      0x00, 0x06, 0x60, 0xdd, 0xf0, 0xf9, 0xb8, 0x80,  //
                      0x00, 0x00, 0x00, 0x00, 0x00, 0x0f, 0x42, 0x40,  //
                      0x00, 0x00, 0x00, 0x01, 0x65};
  EXPECT_EQ(message, want);
  EXPECT_EQ(decode(message).value(), header);
}

TEST(LiveProtocol, reads_what_a_page_sends) {
  const auto message =
      parse_message(R"({"op":"subscribe","sub":7,"camera":"door","stream":"auto","format":"fmp4",)"
                    R"("audio":true,"rendition":"clear","new":1})");
  ASSERT_TRUE(message) << message.error().message();
  const auto& subscribe = std::get<Subscribe>(*message);
  EXPECT_EQ(subscribe.sub, 7);
  EXPECT_EQ(subscribe.camera, "door");
  EXPECT_EQ(subscribe.stream, StreamChoice::kAuto);
  EXPECT_EQ(subscribe.format, Format::kFmp4);
  EXPECT_TRUE(subscribe.audio);
  EXPECT_EQ(subscribe.rendition, "clear");
  EXPECT_EQ(std::get<Unsubscribe>(*parse_message(R"({"op":"unsubscribe","sub":65535})")).sub,
            65535);
  EXPECT_EQ(std::get<Ping>(*parse_message(R"({"op":"ping","t":-5})")).t, -5);
}

TEST(LiveProtocol, a_page_says_what_it_decodes_and_may_know_more_than_we_do) {
  const auto codecs = [](const char* more) {
    const auto message =
        parse_message(std::string(R"({"op":"subscribe","sub":1,"camera":"a")") + more + "}");
    return std::get<Subscribe>(message.value()).codecs;
  };
  using media::Codec;
  EXPECT_EQ(codecs(""), (std::vector{Codec::kH264, Codec::kH265}));
  EXPECT_EQ(codecs(R"(,"codecs":["av1","h264"])"), std::vector{Codec::kH264});
  EXPECT_EQ(codecs(R"(,"codecs":[])"), std::vector<Codec>());
}

TEST(LiveProtocol, refuses_each_wrong_message_with_a_reason) {
  for (const char* text :
       {"",
        "x",
        "[]",
        "{}",
        R"({"op":5})",
        R"({"op":"fly"})",
        R"({"op":"subscribe"})",
        R"({"op":"subscribe","sub":0,"camera":"a"})",
        R"({"op":"subscribe","sub":65536,"camera":"a"})",
        R"({"op":"subscribe","sub":1.5,"camera":"a"})",
        R"({"op":"subscribe","sub":1})",
        R"({"op":"subscribe","sub":1,"camera":""})",
        R"({"op":"subscribe","sub":1,"camera":"a","stream":"x"})",
        R"({"op":"subscribe","sub":1,"camera":"a","format":"x"})",
        R"({"op":"subscribe","sub":1,"camera":"a","audio":1})",
        R"({"op":"subscribe","sub":1,"camera":"a","video":"no"})",
        R"({"op":"subscribe","sub":1,"camera":"a","video":false})",
        R"({"op":"subscribe","sub":1,"camera":"a","video":false,"audio":true,"format":"fmp4"})",
        R"({"op":"subscribe","sub":1,"camera":"a","codecs":"h264"})",
        R"({"op":"subscribe","sub":1,"camera":"a","codecs":[264]})",
        R"({"op":"subscribe","sub":1,"camera":"a","rendition":1})",
        R"({"op":"unsubscribe","sub":"1"})",
        R"({"op":"ping","t":"now"})",
        R"([[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]])"}) {
    const auto message = parse_message(text);
    ASSERT_FALSE(message) << text;
    EXPECT_EQ(message.error().code, ErrorCode::kInvalidArgument) << text;
    EXPECT_FALSE(message.error().what.empty()) << text;
  }
  EXPECT_FALSE(parse_message(std::string(kMaxMessageBytes + 1, ' ')));
}

TEST(LiveProtocol, finds_the_number_of_a_message_it_refuses) {
  EXPECT_EQ(sub_of(R"({"op":"subscribe","sub":9,"camera":5})"), 9);
  EXPECT_EQ(sub_of(R"({"op":"subscribe","sub":-9})"), 0);
  EXPECT_EQ(sub_of("garbage"), 0);
}

TEST(LiveProtocol, refuses_binary_that_is_not_ours) {
  Bytes message = encode({});
  EXPECT_TRUE(decode(message));
  message[0] = 4;
  EXPECT_FALSE(decode(message));
  message[0] = 1;
  message[6] = 1;
  EXPECT_FALSE(decode(message));
  EXPECT_FALSE(decode(ByteSpan(message).first(23)));
}

TEST(LiveProtocol, messages_are_utf_8_whatever_a_camera_says) {
  State state;
  state.message = "f\xfcr";
  EXPECT_NE(state_message(7, state).find("f\uFFFDr"), std::string::npos);
  EXPECT_NE(error_message(7, "not_found", "\xff").find("\uFFFD"), std::string::npos);
}

}  // namespace
}  // namespace vedette::api::live
