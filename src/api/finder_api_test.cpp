// SPDX-License-Identifier: Apache-2.0
#include "api/api_fixture.h"

namespace vedette::api {
namespace {

ingest::FoundDevice device_at(const std::string& host, uint16_t port, const std::string& name) {
  ingest::FoundDevice device;
  device.host = host;
  device.service = {false, host, port, "/onvif/device_service"};
  device.self.name = name;
  return device;
}

onvif::OfferedStream stream_at(const std::string& url, int width, int height) {
  onvif::OfferedStream stream;
  stream.url = url;
  stream.profile.encoding = onvif::Encoding::kH264;
  stream.profile.width = width;
  stream.profile.height = height;
  stream.profile.fps = 15;
  return stream;
}

TEST_F(ApiTest, lists_the_devices_of_the_network_and_marks_those_that_are_added) {
  ASSERT_EQ(post(R"({"name":"Door","url":"rtsp://u:pw@192.168.1.20/live"})").status, 201);
  finder_.report.devices = {device_at("192.168.1.20", 80, "Door"),
                            device_at("192.168.1.30", 80, ""), device_at("127.0.0.1", 8090, "A"),
                            device_at("127.0.0.1", 8091, "B")};
  finder_.report.network = true;
  finder_.report.interfaces = {{"lo", "127.0.0.1", true}, {"eth0", "192.168.1.5", false}};
  const auto answer = ask(Method::kPost, "/api/v1/discovery");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::value found = json::parse(answer.body);
  EXPECT_TRUE(found.at("network").as_bool());
  EXPECT_EQ(found.at("interfaces").as_array().size(), 2U);
  const auto& devices = found.at("devices").as_array();
  ASSERT_EQ(devices.size(), 4U);
  EXPECT_EQ(devices[0].at("address").as_string(), "http://192.168.1.20/onvif/device_service");
  EXPECT_EQ(devices[0].at("cameras").as_array().at(0).as_string(), "door");
  EXPECT_TRUE(devices[1].at("name").is_null());
  EXPECT_TRUE(devices[1].at("cameras").as_array().empty());
}

TEST_F(ApiTest, says_that_only_this_machine_was_asked) {
  finder_.report.interfaces = {{"lo", "127.0.0.1", true}};
  const json::value found = json::parse(ask(Method::kPost, "/api/v1/discovery").body);
  EXPECT_FALSE(found.at("network").as_bool());
}

TEST_F(ApiTest, asks_a_device_what_it_offers) {
  ASSERT_EQ(post(R"({"name":"Gate","url":"rtsp://u:pw@192.168.1.20:554/two"})").status, 201);
  finder_.offer.information = {"Maker", "Model", "1.2", "serial"};
  finder_.offer.clock_offset = std::chrono::seconds(-90);
  finder_.offer.cameras = {
      {"Model 1", stream_at("rtsp://192.168.1.20/one", 1920, 1080),
       stream_at("rtsp://192.168.1.20/one-sub", 640, 360)},
      {"Model 2", stream_at("rtsp://192.168.1.20/two", 1280, 720), std::nullopt}};
  const auto answer = ask(Method::kPost, "/api/v1/probe",
                          R"({"address":"192.168.1.20","user":"viewer","password":"secret"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(finder_.asked.password, "secret");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  const json::value offer = json::parse(answer.body);
  EXPECT_EQ(offer.at("device").at("clock_offset_us").as_int64(), -90'000'000);
  const auto& cameras = offer.at("cameras").as_array();
  ASSERT_EQ(cameras.size(), 2U);
  EXPECT_EQ(cameras[0].at("streams").as_array().size(), 2U);
  EXPECT_EQ(cameras[0].at("streams").as_array()[1].at("kind").as_string(), "sub");
  EXPECT_TRUE(cameras[0].at("camera").is_null());
  EXPECT_EQ(cameras[1].at("camera").as_string(), "gate");
}

media::AccessUnitPtr key_picture() {
  vision::EncoderOptions options;
  options.width = 320;
  options.height = 240;
  auto encoder = vision::VideoEncoder::create(options).value();
  std::vector<media::AccessUnitPtr> aus;
  EXPECT_TRUE(encoder->encode(vision::Picture(320, 240), aus));
  EXPECT_TRUE(encoder->finish(aus));
  return aus.at(0);
}

TEST_F(ApiTest, tries_a_stream_and_shows_its_picture) {
  add_door();
  finder_.stream.key_frame = key_picture();
  finder_.stream.fps = 14.985;
  finder_.stream.audio = media::Codec::kAac;
  const auto answer =
      ask(Method::kPost, "/api/v1/probe", R"({"url":"rtsp://viewer:secret@10.0.0.2/1"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  const json::value found = json::parse(answer.body);
  EXPECT_TRUE(found.at("device").is_null());
  const json::value& camera = found.at("cameras").at(0);
  EXPECT_EQ(camera.at("camera").as_string(), "door");
  EXPECT_EQ(camera.at("streams").at(0).at("width").as_int64(), 320);
  EXPECT_EQ(camera.at("streams").at(0).at("audio").as_string(), "aac");
  EXPECT_DOUBLE_EQ(camera.at("streams").at(0).at("fps").as_double(), 14.99);
  EXPECT_TRUE(camera.at("snapshot").as_string().starts_with("data:image/jpeg;base64,/9j/"));
}

TEST_F(ApiTest, has_a_code_for_each_way_in_which_a_camera_fails) {
  const std::string url = R"({"url":"rtsp://u:secret@192.168.1.20/x"})";
  const std::string address = R"({"address":"192.168.1.20"})";
  struct Row {
    ErrorCode error;
    std::string stream;
    std::string device;
  };
  const Row rows[] = {{ErrorCode::kUnavailable, "422 unreachable", "422 unreachable"},
                      {ErrorCode::kTimeout, "422 no_picture", "422 unreachable"},
                      {ErrorCode::kUnauthenticated, "422 wrong_password", "422 wrong_password"},
                      {ErrorCode::kNotFound, "422 no_such_path", "422 no_such_path"},
                      {ErrorCode::kFailedPrecondition, "422 not_rtsp", "422 no_onvif"},
                      {ErrorCode::kUnsupported, "422 unsupported", "422 unsupported"},
                      {ErrorCode::kResourceExhausted, "429 busy", "429 busy"}};
  for (const Row& row : rows) {
    finder_.failure = make_error(row.error, "in words");
    const auto tried = ask(Method::kPost, "/api/v1/probe", url);
    EXPECT_EQ(problem_of(tried), row.stream);
    EXPECT_EQ(tried.body.find("secret"), std::string::npos);
    EXPECT_EQ(detail_of(tried), "in words");
    EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/probe", address)), row.device);
  }
}

TEST_F(ApiTest, takes_a_login_apart_from_the_address) {
  finder_.failure = make_error(ErrorCode::kUnavailable, "away");
  (void)ask(Method::kPost, "/api/v1/probe",
            R"({"url":"rtsp://old:one@192.168.1.20/x","user":"viewer","password":"p@ss"})");
  ASSERT_TRUE(finder_.tried.has_value());
  EXPECT_EQ(finder_.tried->user, "viewer");
  EXPECT_EQ(finder_.tried->password, "p@ss");
}

TEST_F(ApiTest, refuses_a_question_that_is_none) {
  for (const char* body :
       {"{}", R"({"url":"rtsp://h/x","address":"h"})", R"({"url":7})", R"({"address":"h","x":""})",
        R"({"url":"http://192.168.1.20/"})", R"({"url":""})"}) {
    const auto answer = ask(Method::kPost, "/api/v1/probe", body);
    EXPECT_EQ(problem_of(answer), "400 invalid_argument") << body;
  }
  EXPECT_FALSE(finder_.tried.has_value());
}

TEST_F(ApiTest, tries_a_stored_camera_with_the_password_that_nobody_sees) {
  add_door();  // rtsp://u:secret@10.0.0.2/1
  const auto test = [&](const std::string& url) {
    finder_.tried.reset();
    finder_.failure = make_error(ErrorCode::kUnavailable, "nobody there");
    return ask(Method::kPost, "/api/v1/probe", R"({"url":")" + url + R"("})");
  };
  EXPECT_EQ(problem_of(test("rtsp://u:***@10.0.0.2/2")), "422 unreachable");
  ASSERT_TRUE(finder_.tried);
  EXPECT_EQ(finder_.tried->password, "secret");
  EXPECT_EQ(finder_.tried->path, "/2") << "another stream of the same camera";
  ASSERT_EQ(post(R"({"id":"gate","name":"Gate","url":"rtsp://u:other@10.0.0.2/1"})").status, 201);
  (void)ask(Method::kPost, "/api/v1/probe", R"({"camera":"gate","url":"rtsp://u:***@10.0.0.2/1"})");
  EXPECT_EQ(finder_.tried->password, "other") << "of the camera that is meant";
  for (const char* elsewhere :
       {"rtsp://u:***@10.0.0.3/1", "rtsp://u:***@10.0.0.2:99/1", "rtsp://admin:***@10.0.0.2/1"}) {
    const auto refused = test(elsewhere);
    EXPECT_EQ(problem_of(refused), "400 invalid_argument") << elsewhere;
    EXPECT_EQ(field_of(refused), "password");
    EXPECT_FALSE(finder_.tried) << "a password goes to nobody else than whom it was meant for";
  }
}

TEST_F(ApiTest, a_password_in_a_path_is_restored_for_the_camera_and_hidden_in_the_answer) {
  ASSERT_EQ(post(R"({"id":"dvr","name":"D","url":"rtsp://10.0.0.7/user=me_password=geheim_ch=1"})")
                .status,
            201);
  finder_.stream.key_frame = key_picture();
  const auto ask_for = [&](const std::string& fields) {
    finder_.tried.reset();
    return ask(Method::kPost, "/api/v1/probe", "{" + fields + "}");
  };
  const auto shown = ask_for(R"("url":"rtsp://10.0.0.7/user=me_password=***_ch=2")");
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(finder_.tried->path, "/user=me_password=geheim_ch=2");
  EXPECT_EQ(shown.body.find("geheim"), std::string::npos) << shown.body;
  const auto elsewhere = ask_for(R"("url":"rtsp://10.0.0.8/user=me_password=***_ch=2")");
  EXPECT_EQ(problem_of(elsewhere), "400 invalid_argument");
  const auto literal =
      ask_for(R"("url":"rtsp://10.0.0.7/user=me_password=***_ch=2","user":"x","password":"y")");
  EXPECT_EQ(problem_of(literal), "400 invalid_argument");
  EXPECT_FALSE(finder_.tried) << "neither to another host, nor as three stars";
}

}  // namespace
}  // namespace vedette::api
