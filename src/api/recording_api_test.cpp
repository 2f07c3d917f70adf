// SPDX-License-Identifier: Apache-2.0
// The routes of what is recorded: the timeline, ranges as MP4, snapshots.
#include "api/api_fixture.h"

namespace vedette::api {
namespace {

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

// A player that keeps the parameters of the beginning shows rubbish where a picture's size changes.
TEST_F(ApiTest, a_range_ends_where_the_picture_changes_its_size) {
  record_door();
  vision::EncoderOptions options;
  options.width = 192;
  options.height = 96;
  auto encoder = vision::VideoEncoder::create(options).value();
  std::vector<media::AccessUnitPtr> aus;
  ASSERT_TRUE(encoder->encode(vision::Picture(192, 96), aus));
  ASSERT_TRUE(encoder->finish(aus));
  playback::FileMaker::Piece piece;
  piece.start_us = kStart + 1'000'000;
  piece.video = {{static_cast<uint32_t>(aus.at(0)->data.size()), 90'000, 0, true}};
  piece.data = aus.at(0)->data;
  playback::FileMaker(archive_, "bb", {encoder->track()}).add(piece).write();
  const std::string media = "/api/v1/cameras/door/media.mp4?" + kRange;
  const auto first = get(media);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.headers.get("Vedette-End-Us"), std::to_string(kStart + 1'000'000));
  const auto rest = get(
      "/api/v1/cameras/door/media.mp4?from_us=" + std::string(first.headers.get("Vedette-End-Us")) +
      "&to_us=" + std::to_string(kStart + 5'000'000));
  ASSERT_EQ(rest.status, 200) << rest.body;
  EXPECT_EQ(rest.headers.get("Vedette-Start-Us"), std::to_string(kStart + 1'000'000));
  EXPECT_EQ(rest.headers.get("Vedette-End-Us"), std::to_string(kStart + 2'000'000));
  EXPECT_EQ(get(media + "&frames=key").headers.get("Vedette-End-Us"),
            std::to_string(kStart + 2'000'000));
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
  EXPECT_EQ(
      detail_of(get("/api/v1/cameras/door/snapshot.jpg")),
      "at_us is missing: it must be a whole number, in microseconds; a moment is UTC since 1970");
  EXPECT_EQ(problem_of(get(at + "5&rendition=redacted")), "501 unsupported");
}

}  // namespace
}  // namespace vedette::api
