// SPDX-License-Identifier: Apache-2.0
#include "onvif/services.h"

#include <gtest/gtest.h>

#include "onvif/soap.h"
#include "onvif/testing_answers.h"

namespace vedette::onvif {
namespace {

TEST(Profiles, of_vendors_give_main_and_sub_by_size) {
  struct Row {
    const char* file;
    const char* main;
    const char* sub;  ///< "": none
    Encoding encoding;
  };
  const Row rows[] = {{"axis_p32_profiles.xml", "profile_1_h264", "", Encoding::kH264},
                      {"hikvision_ds2cd_profiles.xml", "Profile_1", "Profile_2", Encoding::kH264},
                      {"reolink_rlc_profiles.xml", "000", "001", Encoding::kH264},
                      {"h265_in_ver10_profiles.xml", "p0", "p1", Encoding::kH265}};
  for (const Row& row : rows) {
    const auto profiles = parse_profiles(fixture(row.file));
    ASSERT_TRUE(profiles.has_value()) << row.file;
    const auto channels = choose_streams(*profiles);
    ASSERT_TRUE(channels.has_value()) << row.file;
    ASSERT_EQ(channels->size(), 1U) << row.file;
    EXPECT_EQ(channels->front().main.token, row.main);
    EXPECT_EQ(channels->front().main.encoding, row.encoding) << row.file;
    EXPECT_EQ(channels->front().sub ? channels->front().sub->token : "", row.sub);
  }
}

TEST(Profiles, of_a_recorder_are_one_camera_per_channel) {
  const auto channels = choose_streams(*parse_profiles(fixture("dahua_nvr_profiles.xml")));
  ASSERT_TRUE(channels.has_value());
  ASSERT_EQ(channels->size(), 2U);
  EXPECT_EQ((*channels)[0].main.width, 1920);
  EXPECT_EQ((*channels)[0].sub->width, 704);
  EXPECT_EQ((*channels)[1].main.fps, 25);
  EXPECT_EQ((*channels)[1].sub->height, 288);
}

TEST(Profiles, with_nothing_to_record_say_what_there_is) {
  Profile jpeg;
  jpeg.encoding = Encoding::kJpeg;
  const auto channels = choose_streams({jpeg});
  ASSERT_FALSE(channels.has_value());
  EXPECT_EQ(channels.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(channels.error().what.find("jpeg"), std::string::npos);
  EXPECT_NE(choose_streams({}).error().what.find("no video"), std::string::npos);
}

TEST(MediaAddress, is_that_of_ver10_whatever_else_there_is) {
  const auto address = parse_media_address(fixture("axis_services.xml"));
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(*address, "http://192.168.1.90/onvif/services");
}

TEST(DateAndTime, without_utc_is_not_guessed) {
  EXPECT_EQ(parse_date_and_time(fixture("local_time_only.xml")).error().code, ErrorCode::kNotFound);
}

TEST(DateAndTime, that_is_no_date_is_none) {
  for (const char* date : {"<Year>2026</Year><Month>13</Month><Day>1</Day>",
                           "<Year>2026</Year><Month>2</Month><Day>30</Day>",
                           "<Year>0</Year><Month>1</Month><Day>1</Day>", ""}) {
    const std::string answer =
        "<E:Envelope xmlns:E='e'><E:Body><GetSystemDateAndTimeResponse><SystemDateAndTime>"
        "<UTCDateTime><Time><Hour>1</Hour></Time><Date>" +
        std::string(date) +
        "</Date></UTCDateTime></SystemDateAndTime></GetSystemDateAndTimeResponse></E:Body>"
        "</E:Envelope>";
    std::string envelope = answer;
    for (size_t at = 0; (at = envelope.find("E:", at)) != std::string::npos;) envelope.erase(at, 2);
    EXPECT_EQ(parse_date_and_time(envelope).error().code, ErrorCode::kNotFound) << date;
  }
}

TEST(Fault, of_a_refused_login_is_unauthenticated_in_every_dialect) {
  for (const char* file : {"hikvision_not_authorized.xml", "dahua_soap11_fault.xml"}) {
    const auto fault = find_fault(fixture(file));
    ASSERT_TRUE(fault.has_value()) << file;
    EXPECT_EQ(fault->code, ErrorCode::kUnauthenticated) << file;
  }
  EXPECT_EQ(find_fault(build_fault("ActionNotSupported", "x"))->code, ErrorCode::kUnsupported);
  EXPECT_EQ(find_fault(build_fault("InvalidArgVal", "x"))->code, ErrorCode::kFailedPrecondition);
}

TEST(Fault, is_not_seen_where_there_is_none) {
  EXPECT_FALSE(find_fault(fixture("axis_services.xml")).has_value());
  EXPECT_FALSE(find_fault("<html>").has_value());
  EXPECT_FALSE(find_fault("").has_value());
}

TEST(UsernameToken, is_the_worked_example) {
  // base64(SHA-1(nonce ‖ created ‖ password)), computed with openssl dgst -sha1.
  const UsernameToken token =
      make_token({"viewer", "secret", Bytes(16, 'n'), {1'795'356'207'200'000}});
  EXPECT_EQ(token.nonce, "bm5ubm5ubm5ubm5ubm5ubg==");
  EXPECT_EQ(token.created, "2026-11-22T14:03:27.200Z");
  EXPECT_EQ(token.digest, "dzfyL+w/QrsS1JNW8g74UtMQMSk=");
}

TEST(UsernameToken, matches_only_its_password) {
  UsernameToken token = make_token({"viewer", "secret", Bytes(16, 7), {1'795'356'207'200'000}});
  EXPECT_TRUE(token_matches(token, "secret"));
  EXPECT_FALSE(token_matches(token, "Secret"));
  EXPECT_FALSE(token_matches(token, ""));
  token.nonce = "no base64!";
  EXPECT_FALSE(token_matches(token, "secret"));
}

TEST(Envelope, holds_no_password_and_no_stray_markup) {
  const UsernameToken token = make_token({"<user>&", "top secret", Bytes(16, 1), {0}});
  const std::string envelope = build_envelope(get_stream_uri("a<b").body, token);
  EXPECT_EQ(envelope.find("top secret"), std::string::npos);
  EXPECT_NE(envelope.find("&lt;user&gt;&amp;"), std::string::npos);
  EXPECT_NE(envelope.find("a&lt;b"), std::string::npos);
}

}  // namespace
}  // namespace vedette::onvif
