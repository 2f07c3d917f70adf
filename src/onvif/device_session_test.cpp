// SPDX-License-Identifier: Apache-2.0
// The conversation against our own device and against answers of others.
#include "onvif/device_session.h"

#include <gtest/gtest.h>

#include "onvif/served_device.h"
#include "onvif/soap.h"
#include "onvif/testing_answers.h"

namespace vedette::onvif {
namespace {

constexpr WallTime kNow{1'795'356'207'000'000};

ServedDevice make_device() {
  ServedDevice device;
  device.information = {"Vedette", "Sim", "1.0", "42"};
  device.service = "http://10.0.0.9/onvif/device_service";  // what it believes of itself
  device.media = "http://10.0.0.9:8080/onvif/media_service";
  device.streams = {
      {{"sub", "Sub", "0", Encoding::kH264, 640, 360, 10, 256}, "rtsp://10.0.0.9:8554/cam0/sub"},
      {{"main", "Main", "0", Encoding::kH264, 1920, 1080, 15, 2048}, "rtsp://10.0.0.9:8554/cam0"}};
  device.user = "viewer";
  device.password = "secret";
  return device;
}

struct Talk {
  DeviceSession session;
  int requests = 0;
};

/// Until the session is done; the device's clock is `ahead` of ours.
Talk talk(const ServedDevice& device, const std::string& user, const std::string& password,
          Duration ahead = Duration(0)) {
  Talk talk{DeviceSession({{false, "192.168.1.20", 80, "/onvif/device_service"}, user, password})};
  while (!talk.session.done() && ++talk.requests < 50) {
    const auto request = talk.session.request(kNow, Bytes(16, 9));
    EXPECT_EQ(request.url.host, "192.168.1.20");
    const Served served = serve(device, request.envelope, kNow + ahead, false);
    HttpMessage answer;
    answer.status = served.status;
    answer.body = served.envelope;
    talk.session.on_response(answer, kNow);
  }
  return talk;
}

TEST(DeviceSession, turns_an_address_and_a_password_into_streams) {
  Talk talked = talk(make_device(), "viewer", "secret");
  ASSERT_TRUE(talked.session.done());
  auto& result = talked.session.result();
  ASSERT_TRUE(result.has_value()) << result.error().message();
  EXPECT_EQ(talked.requests, 6);
  EXPECT_EQ(result->information.model, "Sim");
  ASSERT_EQ(result->cameras.size(), 1U);
  const OfferedCamera& camera = result->cameras[0];
  EXPECT_EQ(camera.main.url, "rtsp://192.168.1.20:8554/cam0");
  EXPECT_EQ(camera.main.profile.width, 1920);
  ASSERT_TRUE(camera.sub.has_value());
  EXPECT_EQ(camera.sub->url, "rtsp://192.168.1.20:8554/cam0/sub");
}

TEST(DeviceSession, logs_in_by_the_clock_of_the_device) {
  for (const auto ahead : {std::chrono::hours(8), std::chrono::hours(-24 * 365 * 5)}) {
    Talk talked = talk(make_device(), "viewer", "secret", ahead);
    ASSERT_TRUE(talked.session.result().has_value()) << talked.session.result().error().message();
    EXPECT_EQ(talked.session.result()->clock_offset, Duration(ahead));
  }
}

TEST(DeviceSession, finds_the_media_service_wherever_the_device_says_that_it_is) {
  ServedDevice device = make_device();
  device.media = "/onvif/media";
  DeviceSession session({{false, "192.168.1.20", 8899, "/onvif/device"}, "viewer", "secret"});
  std::string last;
  while (!session.done()) {
    const auto request = session.request(kNow, Bytes(16, 9));
    last = request.url.text();
    HttpMessage answer;
    answer.body = serve(device, request.envelope, kNow, false).envelope;
    answer.status = 200;
    session.on_response(answer, kNow);
  }
  EXPECT_TRUE(session.result().has_value());
  EXPECT_EQ(last, "http://192.168.1.20:8899/onvif/media");
}

TEST(DeviceSession, blames_the_camera_for_an_address_that_is_none) {
  for (const char* media : {"", "onvif/media", "ftp://10.0.0.9/"}) {
    ServedDevice device = make_device();
    device.media = media;
    Talk talked = talk(device, "viewer", "secret");
    ASSERT_FALSE(talked.session.result().has_value()) << media;
    EXPECT_EQ(talked.session.result().error().code, ErrorCode::kUnsupported) << media;
    EXPECT_NE(talked.session.result().error().what.find("give the address of its stream"),
              std::string::npos);
  }
  ServedDevice device = make_device();
  device.streams = {{device.streams[1].profile, "rtsp:/nowhere"}};
  Talk talked = talk(device, "viewer", "secret");
  ASSERT_FALSE(talked.session.result().has_value());
  EXPECT_EQ(talked.session.result().error().code, ErrorCode::kUnsupported);
}

TEST(DeviceSession, leaves_out_the_channels_of_a_recorder_that_have_no_stream) {
  ServedDevice device = make_device();
  const auto channel = [](const std::string& source, const std::string& url) {
    return ServedDevice::Stream{{"p" + source, "", source, Encoding::kH264, 1280, 720, 15, 1024},
                                url};
  };
  device.streams = {channel("0", "http://10.0.0.9/mjpeg"), channel("1", "rtsp://10.0.0.9/2"),
                    channel("2", ""), channel("3", "rtsp://10.0.0.9/4"), channel("4", "")};
  Talk talked = talk(device, "viewer", "secret");
  auto& result = talked.session.result();
  ASSERT_TRUE(result.has_value()) << result.error().message();
  ASSERT_EQ(result->cameras.size(), 2U);
  EXPECT_EQ(result->cameras[0].name, "Sim 2");
  EXPECT_EQ(result->cameras[0].main.url, "rtsp://192.168.1.20/2");
  EXPECT_EQ(result->cameras[1].name, "Sim 4");
  EXPECT_EQ(result->cameras[1].main.url, "rtsp://192.168.1.20/4");

  device.streams = {channel("0", ""), channel("1", "")};
  talked = talk(device, "viewer", "secret");
  ASSERT_FALSE(talked.session.result().has_value());
  EXPECT_EQ(talked.session.result().error().code, ErrorCode::kDataLoss);
}

TEST(DeviceSession, says_that_the_password_is_wrong) {
  Talk talked = talk(make_device(), "viewer", "wrong");
  ASSERT_FALSE(talked.session.result().has_value());
  EXPECT_EQ(talked.session.result().error().code, ErrorCode::kUnauthenticated);
  EXPECT_NE(talked.session.result().error().what.find("refuses"), std::string::npos);
}

TEST(DeviceSession, says_that_a_password_is_wanted) {
  Talk talked = talk(make_device(), "", "");
  ASSERT_FALSE(talked.session.result().has_value());
  EXPECT_EQ(talked.session.result().error().code, ErrorCode::kUnauthenticated);
  EXPECT_NE(talked.session.result().error().what.find("wants a user"), std::string::npos);
}

TEST(DeviceSession, needs_no_login_where_none_is_asked) {
  ServedDevice device = make_device();
  device.user.clear();
  EXPECT_TRUE(talk(device, "", "").session.result().has_value());
}

/// What comes of `answer` to the first request.
Error first_answer(int status, const std::string& body) {
  DeviceSession session({{false, "192.168.1.20", 80, "/"}, "viewer", "secret"});
  HttpMessage answer;
  answer.status = status;
  answer.body = body;
  session.on_response(answer, kNow);
  EXPECT_TRUE(session.done());
  return session.done() && !session.result() ? session.result().error() : Error{};
}

TEST(DeviceSession, does_not_follow_a_redirect) {
  const Error error = first_answer(302, "");
  EXPECT_EQ(error.code, ErrorCode::kFailedPrecondition);
  EXPECT_NE(error.what.find("not followed"), std::string::npos);
}

TEST(DeviceSession, knows_a_router_from_a_camera) {
  EXPECT_EQ(first_answer(404, "<html>").code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(first_answer(200, "<html><body>Welcome</body></html>").code,
            ErrorCode::kFailedPrecondition);
  EXPECT_EQ(first_answer(200, fixture("billion_laughs.xml")).code, ErrorCode::kFailedPrecondition);
}

TEST(DeviceSession, goes_on_where_the_time_wants_a_login) {
  DeviceSession session({{false, "192.168.1.20", 80, "/"}, "viewer", "secret"});
  HttpMessage answer;
  answer.status = 401;
  session.on_response(answer, kNow);
  EXPECT_FALSE(session.done());
  EXPECT_NE(session.request(kNow, Bytes(16, 1)).envelope.find("UsernameToken"), std::string::npos);
  session.leave_login_to_http();
  EXPECT_EQ(session.request(kNow, Bytes(16, 1)).envelope.find("UsernameToken"), std::string::npos);
}

TEST(DeviceSession, asks_for_services_where_capabilities_fail) {
  DeviceSession session({{false, "192.168.1.90", 80, "/"}, "viewer", "secret"});
  const auto answer = [&](int status, const std::string& body) {
    HttpMessage message;
    message.status = status;
    message.body = body;
    session.on_response(message, kNow);
  };
  answer(200, fixture("local_time_only.xml"));
  answer(500, build_fault("ActionNotSupported", "no information"));
  answer(500, build_fault("ActionNotSupported", "no capabilities"));
  EXPECT_NE(session.request(kNow, {}).envelope.find("GetServices"), std::string::npos);
  answer(200, fixture("axis_services.xml"));
  EXPECT_EQ(session.request(kNow, {}).url.text(), "http://192.168.1.90/onvif/services");
  answer(200, fixture("axis_p32_profiles.xml"));
  ASSERT_FALSE(session.done());
  answer(200, "<s:Envelope xmlns:s='s'><s:Body/></s:Envelope>");
  ASSERT_TRUE(session.done());
  EXPECT_EQ(session.result().error().code, ErrorCode::kDataLoss);
}

TEST(ServedDevice, refuses_a_token_that_is_old_or_for_another_user) {
  const ServedDevice device = make_device();
  const auto ask = [&](const std::string& user, Duration age) {
    const auto token = make_token({user, "secret", Bytes(16, 3), kNow - age});
    return serve(device, build_envelope(get_profiles().body, token), kNow, false);
  };
  EXPECT_EQ(ask("viewer", std::chrono::minutes(1)).status, 200);
  EXPECT_TRUE(ask("viewer", std::chrono::minutes(6)).refused);
  EXPECT_TRUE(ask("viewer", std::chrono::minutes(-6)).refused);
  EXPECT_TRUE(ask("admin", Duration(0)).refused);
}

TEST(ServedDevice, has_no_other_profiles_than_its_own) {
  const Served served =
      serve(make_device(), build_envelope(get_stream_uri("other").body), kNow, true);
  EXPECT_EQ(served.status, 400);
  EXPECT_EQ(find_fault(served.envelope)->code, ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace vedette::onvif
