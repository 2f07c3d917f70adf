// SPDX-License-Identifier: Apache-2.0
// The routes of cameras.
#include "api/api_fixture.h"
#include "mp4/test_tracks.h"

namespace vedette::api {
namespace {

TEST_F(ApiTest, adds_shows_changes_and_removes_a_camera) {
  const auto added = post(R"({"id":"door","name":"Door","url":"rtsp://u:secret@10.0.0.2/1",)"
                          R"("sub_url":"rtsp://10.0.0.2/2","transport":"udp",)"
                          R"("retention":{"max_age_us":1209600000000}})");
  EXPECT_EQ(added.status, 201);
  EXPECT_EQ(added.headers.get("Location"), "/api/v1/cameras/door");
  EXPECT_EQ(added.body.find("secret"), std::string::npos) << "passwords never leave";
  EXPECT_EQ(cameras_.entries[0].camera.main_url, "rtsp://u:secret@10.0.0.2/1");
  EXPECT_EQ(cameras_.entries[0].camera.retention.max_age_us, 1209600000000);
  EXPECT_EQ(get("/api/v1/cameras").status, 200);
  EXPECT_EQ(get("/api/v1/cameras/door").status, 200);

  const auto changed = ask(Method::kPatch, "/api/v1/cameras/door",
                           R"({"name":"Back","url":"rtsp://u:***@10.0.0.2/1","sub_url":null})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(cameras_.entries[0].camera.name, "Back");
  EXPECT_EQ(cameras_.entries[0].camera.main_url, "rtsp://u:secret@10.0.0.2/1")
      << "an address as it was shown keeps its password";
  EXPECT_FALSE(cameras_.entries[0].camera.sub_url);
  EXPECT_EQ(ask(Method::kPatch, "/api/v1/cameras/door", "{}").status, 200);
  EXPECT_EQ(cameras_.updates, 2) << "saved again: what the camera refused is tried again";

  EXPECT_EQ(ask(Method::kDelete, "/api/v1/cameras/door").status, 204);
  EXPECT_EQ(problem_of(get("/api/v1/cameras/door")), "404 not_found");
  EXPECT_EQ(problem_of(ask(Method::kDelete, "/api/v1/cameras/door")), "404 not_found");
  EXPECT_EQ(problem_of(ask(Method::kPatch, "/api/v1/cameras/door", "{}")), "404 not_found");
}

TEST_F(ApiTest, a_password_outlives_every_change_of_its_address_but_not_of_its_place) {
  ASSERT_EQ(post(R"({"id":"door","name":"D","url":"rtsp://me%40x:s%2Fcret@10.0.0.2/1",)"
                 R"("sub_url":"rtsp://10.0.0.2/user=me_password=geheim_channel=1"})")
                .status,
            201);
  const auto patch = [&](const std::string& field, const std::string& url) {
    return ask(Method::kPatch, "/api/v1/cameras/door", "{\"" + field + "\":\"" + url + "\"}");
  };
  const store::Camera& door = cameras_.entries[0].camera;
  EXPECT_EQ(get("/api/v1/cameras/door").body.find("geheim"), std::string::npos);
  EXPECT_EQ(patch("url", "rtsp://me%40x:***@10.0.0.2/2").status, 200);
  EXPECT_EQ(door.main_url, "rtsp://me%40x:s%2Fcret@10.0.0.2/2") << "another path";
  EXPECT_EQ(patch("url", "rtsp://me@x:***@10.0.0.2:554/3").status, 200);
  EXPECT_EQ(door.main_url, "rtsp://me@x:s%2Fcret@10.0.0.2:554/3") << "spelt otherwise";
  EXPECT_EQ(patch("sub_url", "rtsp://10.0.0.2/user=me_password=***_channel=2").status, 200);
  EXPECT_EQ(door.sub_url, "rtsp://10.0.0.2/user=me_password=geheim_channel=2");
  EXPECT_EQ(patch("sub_url", "rtsp://me%40x:***@10.0.0.2/sub").status, 200);
  EXPECT_EQ(door.sub_url, "rtsp://me%40x:s%2Fcret@10.0.0.2/sub") << "that of the main stream";
  const store::Camera before = door;
  for (const char* url :
       {"rtsp://me%40x:***@10.0.0.3/1", "rtsp://me%40x:***@10.0.0.2:8554/1",
        "rtsps://me%40x:***@10.0.0.2/1", "rtsp://you:***@10.0.0.2/1", "rtsp://10.0.0.9/?pwd=***"}) {
    const auto refused = patch("url", url);
    EXPECT_EQ(problem_of(refused), "400 invalid_argument") << url;
    EXPECT_EQ(field_of(refused), "url");
    EXPECT_NE(detail_of(refused).find("goes nowhere else by itself"), std::string::npos);
    EXPECT_EQ(door, before) << url;
  }
  EXPECT_EQ(problem_of(post(R"({"name":"New","url":"rtsp://u:***@10.0.0.2/1"})")),
            "400 invalid_argument")
      << "a new camera has no password to restore";
}

TEST_F(ApiTest, a_new_password_is_that_of_both_streams_of_one_account) {
  ASSERT_EQ(post(R"({"id":"door","name":"D","url":"rtsp://u:old@10.0.0.2/1",)"
                 R"("sub_url":"rtsp://u:old@10.0.0.2/2"})")
                .status,
            201);
  const auto save = [&](const std::string& url, const std::string& sub) {
    return ask(Method::kPatch, "/api/v1/cameras/door",
               R"({"sub_url":")" + sub + R"(","url":")" + url + R"("})");
  };
  const store::Camera& door = cameras_.entries[0].camera;
  ASSERT_EQ(save("rtsp://u:new@10.0.0.2/1", "rtsp://u:***@10.0.0.2/2").status, 200);
  EXPECT_EQ(door.main_url, "rtsp://u:new@10.0.0.2/1");
  EXPECT_EQ(door.sub_url, "rtsp://u:new@10.0.0.2/2");

  ASSERT_EQ(save("rtsp://u:new@10.0.0.2/1", "rtsp://u:other@10.0.0.2/2").status, 200);
  EXPECT_EQ(door.sub_url, "rtsp://u:other@10.0.0.2/2") << "what is written is meant";
  ASSERT_EQ(save("rtsp://u:newer@10.0.0.2/1", "rtsp://u:***@10.0.0.2/2").status, 200);
  EXPECT_EQ(door.sub_url, "rtsp://u:other@10.0.0.2/2") << "they had two passwords";
  ASSERT_EQ(save("rtsp://v:newest@10.0.0.2/1", "rtsp://u:***@10.0.0.2/2").status, 200);
  EXPECT_EQ(door.sub_url, "rtsp://u:other@10.0.0.2/2") << "another user's";
}

TEST_F(ApiTest, answers_are_utf_8_whatever_a_camera_says) {
  add_door();
  cameras_.entries[0].status.message = "401 Zugriff f\xfcr viewer \x80";
  const std::string body = get("/api/v1/cameras/door").body;
  EXPECT_NE(body.find("Zugriff f\uFFFDr viewer \uFFFD"), std::string::npos) << body;
}

TEST_F(ApiTest, shows_state_and_streams) {
  add_door();
  CameraStatus& status = cameras_.entries[0].status;
  status.state = CameraState::kDown;
  status.cause = "unreachable";
  status.message = "No picture since 09:12.";
  status.last_fragment = WallTime{kStart};
  StreamStatus main;
  main.video = mp4::h264_track();
  main.audio = mp4::opus_track();
  main.fps = 14.987;
  main.bitrate = 2'000'000;
  status.streams = {main, {stream::StreamKind::kSub}};
  const json::value camera = json::parse(get("/api/v1/cameras").body).at(0);
  EXPECT_EQ(camera.at("state").as_string(), "down");
  EXPECT_EQ(camera.at("cause").as_string(), "unreachable");
  const json::value& stream = camera.at("streams").at(0);
  EXPECT_EQ(stream.at("codec").as_string(), "h264");
  EXPECT_EQ(stream.at("width").as_int64(), 128);
  EXPECT_EQ(stream.at("audio").as_string(), "opus");
  EXPECT_TRUE(camera.at("streams").at(1).at("codec").is_null());
}

TEST_F(ApiTest, counts_the_letters_of_a_name_and_not_their_bytes) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "\u9580";
  const auto with = [](const std::string& text) {
    return R"({"name":")" + text + R"(","url":"rtsp://h/1"})";
  };
  EXPECT_EQ(post(with(name)).status, 201);
  EXPECT_EQ(problem_of(post(with(name + "a"))), "400 invalid_argument");
}

TEST_F(ApiTest, makes_an_id_from_the_name) {
  EXPECT_EQ(post(R"({"name":"Back Door 2!","url":"rtsp://h/1"})").status, 201);
  EXPECT_EQ(post(R"({"name":"Back door 2","url":"rtsp://h/1"})").status, 201);
  EXPECT_EQ(post(R"({"name":"Tür","url":"rtsps://[::1]:322/1"})").status, 201);
  EXPECT_EQ(post(R"({"name":"門","url":"rtsp://h"})").status, 201);
  std::string ids;
  for (const auto& entry : cameras_.entries) ids += entry.camera.id + " ";
  EXPECT_EQ(ids, "back-door-2 back-door-2-2 t-r camera ");
}

TEST_F(ApiTest, refuses_each_wrong_camera_with_a_line_for_a_person) {
  const struct {
    const char* body;
    const char* words;
    const char* field;  ///< "" for what is wrong with none of them
  } rows[] = {
      {"{", "not JSON", ""},
      {"[]", "must be a JSON object", ""},
      {"{}", "name: is missing", "name"},
      {R"({"name":"A"})", "url: is missing", "url"},
      {R"({"name":"A","url":"http://h"})", "must begin with rtsp:// or rtsps://", "url"},
      {R"({"name":"A","url":"rtsp://"})", "names no host", "url"},
      {R"({"name":"A","url":"rtsp://u:p@/x"})", "names no host", "url"},
      {R"({"name":"A","url":"rtsp://h:0/x"})", "port", "url"},
      {R"({"name":"A","url":"rtsp://h:70000/x"})", "port", "url"},
      {R"({"name":"A","url":"rtsp://h/a b"})", "%20", "url"},
      {R"({"name":"A","url":"rtsp://h","sub_url":"ftp://h"})", "sub_url: ", "sub_url"},
      {R"({"name":"A","url":5})", "url: must be text", "url"},
      {R"({"name":"  ","url":"rtsp://h"})", "name: ", "name"},
      {R"({"name":"a\nb","url":"rtsp://h"})", "name: ", "name"},
      {R"({"id":"../x","name":"A","url":"rtsp://h"})", "not an id", "id"},
      {R"({"name":"A","url":"rtsp://h","transport":"icmp"})", "transport", "transport"},
      {R"({"name":"A","url":"rtsp://h","retention":5})", "retention: must be", "retention"},
      {R"({"name":"A","url":"rtsp://h","retention":{"max_age_us":0}})", "above 0",
       "retention.max_age_us"},
      {R"({"name":"A","url":"rtsp://h","retention":{"days":5}})", "no field \"days\"", "retention"},
      {R"({"name":"A","url":"rtsp://h","face_gallery":[]})", "no field \"face_gallery\"", ""},
  };
  for (const auto& row : rows) {
    const auto response = post(row.body);
    EXPECT_EQ(response.status, 400) << row.body;
    EXPECT_NE(detail_of(response).find(row.words), std::string::npos)
        << row.body << ": " << detail_of(response);
    EXPECT_EQ(field_of(response), row.field) << row.body;
  }
  EXPECT_TRUE(cameras_.entries.empty());
  EXPECT_EQ(
      ask(Method::kPost, "/api/v1/cameras", "name=A", "application/x-www-form-urlencoded").status,
      400);
  add_door();
  const auto taken = post(R"({"id":"door","name":"B","url":"rtsp://h"})");
  EXPECT_EQ(problem_of(taken), "409 already_exists");
  EXPECT_EQ(field_of(taken), "id");
  const auto patch = [&](const char* body) {
    return ask(Method::kPatch, "/api/v1/cameras/door", body);
  };
  EXPECT_EQ(problem_of(patch(R"({"id":"gate"})")), "400 invalid_argument");
  EXPECT_EQ(field_of(patch(R"({"id":"gate"})")), "id");
  EXPECT_EQ(field_of(patch(R"({"sub_url":"ftp://h"})")), "sub_url");
  EXPECT_EQ(field_of(ask(Method::kPatch, "/api/v1/cameras/none", R"({"name":""})")), "");
}

}  // namespace
}  // namespace vedette::api
