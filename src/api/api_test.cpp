// SPDX-License-Identifier: Apache-2.0
// Every route through the router, on fakes.
#include <type_traits>

#include "api/api_fixture.h"
#include "mp4/test_tracks.h"

namespace vedette::api {
namespace {

// A route without a policy does not compile.
static_assert(!std::is_constructible_v<Route, Method, std::string, Handler>);
static_assert(!std::is_constructible_v<Route, std::string, SocketHandler>);
static_assert(std::is_constructible_v<Route, Method, std::string, auth::Policy, Handler>);
static_assert(std::is_constructible_v<Route, std::string, auth::Policy, SocketHandler>);

TEST_F(ApiTest, says_that_it_is_there) {
  const auto response = get("/healthz");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"ok"})");
  EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(ask(Method::kHead, "/healthz").status, 200);
}

TEST_F(ApiTest, a_supervisor_waits_for_no_handler_thread_and_others_do) {
  net::Request request;
  request.path = "/healthz";
  ASSERT_TRUE(router_->handle_at_once(request));
  EXPECT_EQ(router_->handle_at_once(request)->body, R"({"status":"ok"})");
  for (const char* path : {"/metrics", "/api/v1/status", "/api/v1/health", "/"}) {
    request.path = path;
    EXPECT_FALSE(router_->handle_at_once(request)) << path;
  }
}

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

TEST_F(ApiTest, shows_the_timeline_with_open_gaps) {
  add_door();
  archive_.span_list = {{{kStart}, {kStart + 1'000'000}, stream::StreamKind::kMain}};
  archive_.gap_list = {{1,
                        "door",
                        stream::StreamKind::kMain,
                        {kStart + 1'000'000},
                        std::nullopt,
                        "unreachable",
                        "The camera does not answer.",
                        {kStart}}};
  archive_.activity = {1, 255, 128, 2};
  const auto response = get("/api/v1/timeline?camera=door&buckets=5&" + kRange);
  ASSERT_EQ(response.status, 200);
  const json::value camera = json::parse(response.body).at("cameras").at(0);
  EXPECT_EQ(json::serialize(camera.at("activity")), R"({"motion":[0,100,50,0,null]})");
  archive_.usual = {1, 128, 0, 1, 1};
  const auto coarse = get("/api/v1/timeline?camera=door&buckets=5&" + kRange);
  EXPECT_EQ(json::serialize(json::parse(coarse.body).at("cameras").at(0).at("activity")),
            R"({"motion":[0,100,50,0,null],"motion_mean":[0,50,null,0,0]})");
  EXPECT_EQ(camera.at("spans").at(0).at("end_us").as_int64(), kStart + 1'000'000);
  EXPECT_EQ(camera.at("gaps").at(0).at("end_us").as_int64(), clock_.wall().us);
  EXPECT_TRUE(camera.at("gaps").at(0).at("open").as_bool());
  EXPECT_EQ(json::parse(get("/api/v1/timeline?" + kRange).body).at("cameras").as_array().size(), 1u)
      << "all cameras when none is named";
  EXPECT_EQ(problem_of(get("/api/v1/timeline?camera=gate&" + kRange)), "404 not_found");
  for (const char* query :
       {"", "from_us=1", "from_us=a&to_us=2", "from_us=2&to_us=2", "from_us=-1&to_us=2",
        "from_us=1&to_us=2&buckets=0", "from_us=1&to_us=2&buckets=10001"}) {
    EXPECT_EQ(problem_of(get("/api/v1/timeline?" + std::string(query))), "400 invalid_argument")
        << query;
  }
}

TEST_F(ApiTest, serves_a_range_as_mp4) {
  record_door();
  const auto response = get("/api/v1/cameras/door/media.mp4?" + kRange);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.headers.get("Content-Type"), "video/mp4");
  EXPECT_EQ(response.headers.get("Vedette-Start-Us"), std::to_string(kStart));
  EXPECT_EQ(response.headers.get("Vedette-End-Us"), std::to_string(kStart + 1'000'000));
  EXPECT_FALSE(response.etag.empty());
  ASSERT_TRUE(response.source);
  Bytes head(8);
  ASSERT_TRUE(response.source->read_at(0, head));
  EXPECT_EQ(as_text(head).substr(4), "ftyp");
}

TEST_F(ApiTest, serves_the_key_frames_of_a_range) {
  record_door();
  const std::string media = "/api/v1/cameras/door/media.mp4?" + kRange;
  const auto all = get(media + "&frames=all");
  for (const char* more : {"&frames=key", "&frames=key&every_us=60000000"}) {
    const auto keys = get(media + more);
    ASSERT_EQ(keys.status, 200) << keys.body;
    EXPECT_EQ(keys.headers.get("Content-Type"), "video/mp4");
    EXPECT_EQ(keys.headers.get("Vedette-Start-Us"), std::to_string(kStart));
    EXPECT_EQ(keys.headers.get("Vedette-End-Us"), std::to_string(kStart + 1'000'000));
    EXPECT_NE(keys.etag, all.etag);
    Bytes head(8);
    ASSERT_TRUE(keys.source->read_at(0, head));
    EXPECT_EQ(as_text(head).substr(4), "ftyp");
  }
  EXPECT_EQ(problem_of(get(media + "&frames=some")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(media + "&frames=key&every_us=-1")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(media + "&every_us=5")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get("/api/v1/cameras/door/media.mp4?frames=key&from_us=1&to_us=2")),
            "404 not_found");
}

TEST_F(ApiTest, sends_what_is_h264_already_as_it_is_when_h264_is_asked_for) {
  record_door();
  const std::string media = "/api/v1/cameras/door/media.mp4?" + kRange;
  for (const char* more : {"&video=h264", "&video=h264&frames=key"}) {
    const auto response = get(media + more);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(response.source);
    EXPECT_FALSE(response.stream);
    EXPECT_FALSE(response.headers.has("Vedette-Converted-From"));
  }
  EXPECT_EQ(problem_of(get(media + "&video=h263")), "400 invalid_argument");
}

TEST_F(ApiTest, converts_h265_for_who_asks_and_says_what_to_do_when_it_may_not) {
  record_door(media::Codec::kH265);
  transcode::Pool pool(clock_, {0.5, 1280, false, nullptr});
  use_transcoder(&pool);
  const std::string media = "/api/v1/cameras/door/media.mp4?" + kRange;
  for (const char* more : {"&video=h264", "&video=h264&frames=key"}) {
    const auto response = get(media + more);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(response.stream);
    EXPECT_TRUE(response.etag.empty());
    EXPECT_EQ(response.headers.get("Vedette-Start-Us"), std::to_string(kStart));
    EXPECT_EQ(response.headers.get("Vedette-Converted-From").substr(0, 4), "hvc1");
  }
  EXPECT_TRUE(get(media).source) << "recorded when nothing is said";
  transcode::Pool off(clock_, {0, 1280, false, nullptr});
  use_transcoder(&off);
  const auto refused = get(media + "&video=h264");
  EXPECT_EQ(problem_of(refused), "503 resource_exhausted");
  EXPECT_NE(detail_of(refused).find("--transcode-budget"), std::string::npos);
}

TEST_F(ApiTest, says_why_there_is_no_picture) {
  record_door();
  const std::string media = "/api/v1/cameras/door/media.mp4?";
  EXPECT_EQ(problem_of(get(media + "from_us=1&to_us=2")), "404 not_found");
  EXPECT_EQ(problem_of(get(media + kRange + "&stream=sub")), "404 not_found");
  EXPECT_EQ(problem_of(get(media + kRange + "&stream=third")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(media + "from_us=0&to_us=86400000001")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(media + kRange + "&rendition=redacted")), "501 unsupported");
  EXPECT_EQ(problem_of(get(media + kRange + "&rendition=x")), "400 invalid_argument");
  ASSERT_TRUE(archive_.files.remove("/video/aa.mp4"));
  EXPECT_EQ(problem_of(get(media + kRange)), "404 not_found") << "retention was faster";
}

TEST_F(ApiTest, takes_a_snapshot) {
  record_door();
  const std::string at = "/api/v1/cameras/door/snapshot.jpg?at_us=";
  const auto response = get(at + std::to_string(kStart + 5) + "&width=64");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.headers.get("Content-Type"), "image/jpeg");
  EXPECT_EQ(response.headers.get("Vedette-At-Us"), std::to_string(kStart));
  EXPECT_EQ(response.body.substr(0, 2), "\xff\xd8");
  EXPECT_EQ(problem_of(get(at + std::to_string(kStart - 5))), "404 not_found");
  EXPECT_EQ(problem_of(get(at + "now")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(at + "5&width=1")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(at + "5&rendition=redacted")), "501 unsupported");
}

TEST_F(ApiTest, tells_its_status_and_counts) {
  add_door();
  StreamStatus stream;
  stream.state = CameraState::kRecording;
  stream.packets = 1234;
  stream.ring_bytes = 250'000;
  stream.last_fragment = clock_.wall() - std::chrono::seconds(2);
  cameras_.entries[0].status.streams = {stream};
  EXPECT_EQ(get("/api/v1/status").status, 200);
  get("/api/v1/nothing");
  const auto response = get("/metrics");
  EXPECT_EQ(response.status, 200);
  for (const char* line :
       {R"(vedette_stream_packets_total{camera="door",stream="main"} 1234)",
        R"(vedette_stream_up{camera="door",stream="main"} 1)",
        R"(vedette_stream_ring_bytes{camera="door",stream="main"} 250000)",
        R"(vedette_stream_last_fragment_age_seconds{camera="door",stream="main"} 2)",
        R"(vedette_http_requests_total{status="4xx"} 1)", "vedette_live_sockets 0",
        R"(vedette_volume_up{path="/srv/old"} 0)"}) {
    EXPECT_NE(response.body.find(line), std::string::npos) << line << "\n" << response.body;
  }
}

TEST_F(ApiTest, starts_shows_and_cancels_fsck) {
  EXPECT_TRUE(json::parse(get("/api/v1/fsck").body).at("started_us").is_null());
  const net::Response started = ask(Method::kPost, "/api/v1/fsck", R"({"rebuild":true})");
  EXPECT_EQ(started.status, 202);
  const json::value running = json::parse(started.body);
  EXPECT_TRUE(running.at("running").as_bool());
  EXPECT_TRUE(running.at("rebuild").as_bool());
  EXPECT_FALSE(running.at("quick").as_bool());
  EXPECT_EQ(running.at("progress").at("of_files").to_number<int>(), 10);
  EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/fsck", "{}")), "409 already_running");
  EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/fsck", R"({"quick":"yes"})")).substr(0, 3),
            "400");
  EXPECT_EQ(ask(Method::kDelete, "/api/v1/fsck").status, 202);
  const json::value report = json::parse(get("/api/v1/fsck").body).at("report");
  EXPECT_FALSE(report.at("clean").as_bool());
  EXPECT_TRUE(report.at("cancelled").as_bool());
  EXPECT_EQ(report.at("problems").to_number<int>(), 1);
  EXPECT_EQ(report.at("counts").at("unlisted_file").to_number<int>(), 1);
  EXPECT_EQ(report.at("findings").at(1).at("kind").as_string(), "foreign_file");
  EXPECT_TRUE(report.at("findings").at(1).at("note").as_bool());
}

TEST_F(ApiTest, serves_the_page_and_its_places) {
  const auto index = get("/");
  ASSERT_EQ(index.status, 200);
  EXPECT_EQ(index.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(index.headers.get("Cache-Control"), "no-cache");
  EXPECT_NE(index.headers.get("Content-Security-Policy").find("default-src 'none'"),
            std::string::npos);
  EXPECT_FALSE(index.etag.empty());
  const auto place = get("/watch/door@2026-11-22T14:03:27.2");
  EXPECT_EQ(place.headers.get("Content-Type"), "text/html; charset=utf-8");
  const auto script = get("/assets/app-1a2b3c.js");
  EXPECT_EQ(script.headers.get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(problem_of(get("/assets/gone.js")), "404 not_found");
  EXPECT_EQ(problem_of(get("/.secret.txt")), "404 not_found");
  EXPECT_EQ(problem_of(ask(Method::kPost, "/", "{}")), "405 method_not_allowed");
}

TEST_F(ApiTest, says_that_the_page_is_not_built) {
  const Services services{clock_, cameras_, *stored_, system_,   archive_, *exports_,
                          fsck_,  holds_,   *config_, *volumes_, finder_,  "/nonexistent"};
  router_ = make_router(services);
  EXPECT_NE(detail_of(get("/")).find("./run builds it"), std::string::npos);
}

TEST_F(ApiTest, knows_what_it_does_not_have) {
  EXPECT_EQ(problem_of(get("/api/v1/faces")), "404 not_found");
  EXPECT_EQ(problem_of(get("/api/v2/cameras")), "404 not_found");
  EXPECT_EQ(problem_of(get("/api/v1/cameras/")), "404 not_found");
  const auto wrong = ask(Method::kDelete, "/api/v1/cameras");
  EXPECT_EQ(problem_of(wrong), "405 method_not_allowed");
  EXPECT_EQ(wrong.headers.get("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(problem_of(get("/api/v1/live")), "426 upgrade_required");
}

TEST_F(ApiTest, opens_the_live_socket_and_no_other) {
  net::Request request;
  request.path = "/api/v1/live";
  auto answer = router_->open_websocket(request);
  EXPECT_TRUE(std::holds_alternative<std::unique_ptr<net::WebSocketHandler>>(answer));
  request.path = "/api/v1/cameras";
  EXPECT_EQ(std::get<net::Response>(router_->open_websocket(request)).status, 404);
}

const std::string kExport = R"({"camera":"door","from_us":)" + std::to_string(kStart) +
                            R"(,"to_us":)" + std::to_string(kStart + 10'000'000);

TEST_F(ApiTest, makes_an_export_and_hands_out_its_file) {
  const auto added =
      ask(Method::kPost, "/api/v1/exports", kExport + R"(,"form":"bundle","operator":"Moreau"})");
  ASSERT_EQ(added.status, 202) << added.body;
  const std::string address(added.headers.get("Location"));
  const json::value waiting = json::parse(get(address).body);
  EXPECT_EQ(waiting.at("state").as_string(), "queued");
  EXPECT_EQ(waiting.at("operator").as_string(), "Moreau");
  EXPECT_EQ(problem_of(get(address + "/file")), "409 not_done");

  EXPECT_TRUE(exports_->step());
  const json::value done = json::parse(get(address).body);
  EXPECT_EQ(done.at("state").as_string(), "done");
  EXPECT_EQ(done.at("size").as_int64(), 6);
  const auto file = get(std::string(done.at("file").as_string()));
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.headers.get("Content-Type"), "application/zip");
  EXPECT_EQ(file.source->size(), 6U);
  EXPECT_EQ(json::parse(get("/api/v1/exports").body).as_array().size(), 1U);

  EXPECT_EQ(ask(Method::kDelete, address).status, 204);
  EXPECT_EQ(problem_of(get(address)), "404 not_found");
  EXPECT_EQ(problem_of(get(address + "/file")), "404 not_found");
  EXPECT_EQ(problem_of(ask(Method::kDelete, address)), "404 not_found");
}

TEST_F(ApiTest, says_why_an_export_failed) {
  export_failure_ = make_error(ErrorCode::kNotFound, "nothing of \"door\" is recorded there");
  const auto added = ask(Method::kPost, "/api/v1/exports", kExport + "}");
  ASSERT_EQ(added.status, 202);
  exports_->step();
  const json::value failed = json::parse(get(std::string(added.headers.get("Location"))).body);
  EXPECT_EQ(failed.at("state").as_string(), "failed");
  EXPECT_EQ(failed.at("error").at("code").as_string(), "not_found");
  EXPECT_EQ(problem_of(get(std::string(added.headers.get("Location")) + "/file")), "409 not_done");
}

TEST_F(ApiTest, lets_only_so_many_exports_wait) {
  EXPECT_EQ(ask(Method::kPost, "/api/v1/exports", kExport + "}").status, 202);
  EXPECT_EQ(ask(Method::kPost, "/api/v1/exports", kExport + "}").status, 202);
  EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/exports", kExport + "}")), "429 too_many");
}

TEST_F(ApiTest, refuses_an_export_that_makes_no_sense) {
  const std::string week = std::to_string(kStart + 8 * 24 * 3600 * int64_t{1'000'000});
  for (const std::string& body : std::vector<std::string>{
           "{}", kExport + R"(,"form":"avi"})", kExport + R"(,"stream":"third"})",
           kExport + R"(,"operator":7})", kExport + R"(,"operator":"a\nb"})",
           kExport + R"(,"path":"/etc/passwd"})", R"({"camera":"../door","from_us":1,"to_us":2})",
           R"({"camera":"door","from_us":2,"to_us":2})",
           R"({"camera":"door","from_us":-1,"to_us":2})",
           R"({"camera":"door","from_us":)" + std::to_string(kStart) + R"(,"to_us":)" + week +
               "}"}) {
    EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/exports", body)), "400 invalid_argument")
        << body;
  }
  EXPECT_EQ(problem_of(get("/api/v1/exports/0123456789abcdef")), "404 not_found");
}

TEST_F(ApiTest, lists_its_routes_for_the_document) {
  const char* path = std::getenv("VEDETTE_API_EXCHANGES");
  if (path == nullptr) GTEST_SKIP() << "openapi_check.py asks for it";
  std::vector<const Route*> routes = {&router_->fallback()};
  for (const Route& route : router_->routes()) routes.push_back(&route);
  for (const Route* route : routes) {
    const json::object line{
        {"route", route->pattern()},
        {"method", json::string_view(net::to_string(route->method()))},
        {"operation", json::string_view(auth::to_string(route->policy().operation()))},
        {"object", json::string_view(auth::to_string(route->policy().object()))},
        {"rendition", json::string_view(auth::to_string(route->policy().pictures()))}};
    std::ofstream(path, std::ios::app) << json::serialize(line) << "\n";
  }
}

}  // namespace
}  // namespace vedette::api
