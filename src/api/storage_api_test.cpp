// SPDX-License-Identifier: Apache-2.0
// Storage, holds and the ledger through the router.
#include "api/api_fixture.h"

namespace vedette::api {
namespace {

constexpr int64_t kDay = 86'400'000'000;

store::Gap gap(int64_t id, int64_t start, std::optional<int64_t> end = std::nullopt) {
  store::Gap made{id,           "door",    stream::StreamKind::kMain, {start},
                  std::nullopt, "stalled", "Nothing came.",           {start},
                  std::nullopt};
  if (end) made.end = WallTime{*end};
  return made;
}

TEST_F(ApiTest, opens_the_ledger) {
  archive_.gap_list = {gap(1, kStart, kStart + 5)};
  archive_.gap_list[0].kind = stream::StreamKind::kSub;
  const auto response = get("/api/v1/ledger?kind=gap&" + kRange);
  ASSERT_EQ(response.status, 200);
  const json::value entry = json::parse(response.body).at("entries").at(0);
  EXPECT_EQ(entry.at("camera").as_string(), "door");
  EXPECT_EQ(entry.at("first_seen_us").as_int64(), kStart);
  EXPECT_TRUE(entry.at("alarm_us").is_null());
  EXPECT_EQ(problem_of(get("/api/v1/ledger?kind=view&" + kRange)), "501 unsupported");
  EXPECT_EQ(problem_of(get("/api/v1/ledger?kind=x&" + kRange)), "400 invalid_argument");
  EXPECT_EQ(problem_of(get("/api/v1/ledger?kind=gap")), "400 invalid_argument");
}

TEST_F(ApiTest, lists_holds_and_exports_as_the_ledger_has_them) {
  evidence::LedgerEntry entry;
  entry.camera = "door";
  entry.sequence = 7;
  entry.written = {kStart};
  entry.cause = "local-owner";
  entry.detail = "bundle by Moreau";
  entry.what = evidence::ExportEntry{{kStart - 9}, {kStart - 5}};
  system_.entries = {entry};
  const auto exported = json::parse(get("/api/v1/ledger?kind=export&camera=door&" + kRange).body);
  EXPECT_EQ(system_.asked.topic, store::LedgerTopic::kExports);
  EXPECT_EQ(system_.asked.camera, "door");
  const json::value made = json::parse(R"({"kind":"export","camera":"door","at_us":1795356207200000,
    "by":"local-owner","detail":"bundle by Moreau","stream":"main","from_us":1795356207199991,
    "to_us":1795356207199995})");
  EXPECT_EQ(exported.at("entries").at(0), made) << exported;
  system_.entries[0].what =
      evidence::HoldEntry{evidence::HoldEntry::Event::kLifted, 0xaa, {1}, {2}};
  const auto held = json::parse(get("/api/v1/ledger?kind=hold&" + kRange).body);
  EXPECT_EQ(system_.asked.topic, store::LedgerTopic::kHolds);
  EXPECT_EQ(held.at("entries").at(0).at("hold").as_string(), "00000000000000aa");
  EXPECT_EQ(held.at("entries").at(0).at("event").as_string(), "lifted");
}

TEST_F(ApiTest, says_which_volume_could_not_be_asked_about_holds_and_exports) {
  EXPECT_EQ(get("/api/v1/ledger?kind=export&" + kRange).body.find("unread"), std::string::npos);
  system_.unread = {{"/srv/old", "not mounted"}};
  const auto body = json::parse(get("/api/v1/ledger?kind=export&" + kRange).body);
  EXPECT_EQ(body.at("unread").at(0).at("path").as_string(), "/srv/old");
  EXPECT_EQ(body.at("unread").at(0).at("reason").as_string(), "not mounted");
}

TEST_F(ApiTest, asks_the_ledgers_for_no_more_than_a_page) {
  (void)get("/api/v1/ledger?kind=export&limit=5&" + kRange);
  EXPECT_EQ(system_.asked.limit, 6u) << "one more tells whether there is another page";
  const std::string cursor = "&cursor=" + std::to_string(kStart + 50) + "-3";
  (void)get("/api/v1/ledger?kind=export&limit=5&" + kRange + cursor);
  EXPECT_EQ(system_.asked.from, WallTime{kStart + 50});
}

TEST_F(ApiTest, gives_the_ledger_in_pages_that_miss_and_repeat_nothing) {
  for (int i = 0; i < 7; ++i) archive_.gap_list.push_back(gap(i + 1, kStart + i / 2, kStart + 100));
  std::string cursor;
  std::vector<int64_t> starts;
  for (int page = 0; page < 10; ++page) {
    const auto response = get("/api/v1/ledger?kind=gap&limit=2&" + kRange +
                              (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(response.status, 200) << response.body;
    const json::value body = json::parse(response.body);
    for (const auto& entry : body.at("entries").as_array())
      starts.push_back(entry.at("start_us").as_int64() - kStart);
    if (body.at("next").is_null()) break;
    cursor = std::string(body.at("next").as_string());
  }
  EXPECT_EQ(starts, (std::vector<int64_t>{0, 0, 1, 1, 2, 2, 3}));
  EXPECT_EQ(problem_of(get("/api/v1/ledger?kind=gap&limit=0&" + kRange)), "400 invalid_argument");
  EXPECT_EQ(problem_of(get("/api/v1/ledger?kind=gap&cursor=x&" + kRange)), "400 invalid_argument");
}

TEST_F(ApiTest, asks_about_another_device_until_it_is_confirmed) {
  add_door();
  CameraStatus& status = cameras_.entries[0].status;
  status.other_device = site::OtherDevice{{kStart}, "IP Camera(C1111)", "IP Camera(C2222)", "yard"};
  const json::value other = json::parse(get("/api/v1/cameras/door").body).at("other_device");
  EXPECT_EQ(other.at("since_us").as_int64(), kStart);
  EXPECT_EQ(other.at("was").as_string(), "IP Camera(C1111)");
  EXPECT_EQ(other.at("is").as_string(), "IP Camera(C2222)");
  EXPECT_EQ(other.at("looks_like").as_string(), "yard");
  const json::value alarm = json::parse(get("/api/v1/status").body).at("alarms").at(0);
  EXPECT_EQ(alarm.at("cause").as_string(), "other_device");
  EXPECT_EQ(alarm.at("message"), other.at("message"));
  const std::string metric = R"(vedette_camera_other_device{camera="door"} )";
  EXPECT_NE(get("/metrics").body.find(metric + "1"), std::string::npos);
  const net::Response confirmed = ask(Method::kPost, "/api/v1/cameras/door/device");
  EXPECT_EQ(confirmed.status, 200);
  EXPECT_TRUE(json::parse(confirmed.body).at("other_device").is_null());
  EXPECT_TRUE(json::parse(get("/api/v1/status").body).at("alarms").as_array().empty());
  EXPECT_NE(get("/metrics").body.find(metric + "0"), std::string::npos);
  EXPECT_EQ(ask(Method::kPost, "/api/v1/cameras/nobody/device").status, 404);
}

TEST_F(ApiTest, lists_alarms_as_events) {
  archive_.gap_list = {gap(1, kStart, kStart + 5), gap(2, kStart + 10)};
  archive_.gap_list[1].alarm = WallTime{kStart + 30};
  const json::value body = json::parse(get("/api/v1/ledger?kind=alarm&" + kRange).body);
  ASSERT_EQ(body.at("entries").as_array().size(), 1U);
  EXPECT_EQ(body.at("entries").at(0).at("at_us").as_int64(), kStart + 30);
  EXPECT_TRUE(body.at("entries").at(0).at("cleared_us").is_null());
}

TEST_F(ApiTest, lists_what_was_deleted_and_why) {
  system_.files = {{7,
                    "door",
                    stream::StreamKind::kMain,
                    {kStart},
                    {kStart + 5},
                    1000,
                    "aa",
                    "door/x.mp4",
                    store::DeletionReason::kQuota,
                    true,
                    {kStart + kDay}}};
  const json::value body = json::parse(get("/api/v1/ledger?kind=deletion&" + kRange).body);
  const json::value& entry = body.at("entries").at(0);
  EXPECT_EQ(entry.at("reason").as_string(), "quota");
  EXPECT_TRUE(entry.at("below_minimum").as_bool());
  EXPECT_EQ(entry.at("at_us").as_int64(), kStart + kDay);
}

TEST_F(ApiTest, tells_how_full_the_volumes_are_and_what_is_to_come) {
  store::CameraStorage door{"door", {.min_age_us = 14 * kDay}, 500, 3, 0.001, WallTime{kStart}, {}};
  door.forecast = {"door", 14 * kDay, 11 * kDay};
  system_.report.cameras = {door};
  system_.report.volumes = {{"aa", store::Outlook::kFills, 9 * kDay}};
  system_.report.holds = {{{"aa11", "door", {1}, {2}, "theft", "Anna", kStart}, 77}};
  archive_.gap_list = {gap(1, kStart - 2 * kDay, kStart), gap(2, kStart + 1, kStart + 11)};
  const auto response = get("/api/v1/storage");
  ASSERT_EQ(response.status, 200) << response.body;
  const json::value body = json::parse(response.body);
  EXPECT_EQ(body.at("volumes").at(0).at("full_in_us").as_int64(), 9 * kDay);
  EXPECT_EQ(body.at("volumes").at(0).at("outlook").as_string(), "fills");
  EXPECT_TRUE(body.at("volumes").at(1).at("full_in_us").is_null());
  EXPECT_EQ(body.at("volumes").at(1).at("outlook").as_string(), "idle") << "it is not there";
  EXPECT_EQ(body.at("volumes").at(0).at("quota_bytes").as_int64(), 900);
  EXPECT_EQ(body.at("cameras").at(0).at("keeps_us").as_int64(), 11 * kDay);
  EXPECT_EQ(body.at("cameras").at(0).at("gaps_today").as_int64(), 2);
  EXPECT_EQ(body.at("cameras").at(0).at("gap_us_today").as_int64(), kStart % kDay + 10)
      << "only what lies in today";
  EXPECT_EQ(body.at("holds").at(0).at("bytes").as_int64(), 77);
}

TEST_F(ApiTest, plans_without_deleting) {
  EXPECT_EQ(get("/api/v1/storage/plan").status, 200);
  EXPECT_EQ(system_.planned, store::PlanQuestion{});
  system_.files = {{7,
                    "door",
                    stream::StreamKind::kMain,
                    {kStart},
                    {kStart + 5},
                    1000,
                    "aa",
                    "door/x.mp4",
                    store::DeletionReason::kMaxAge,
                    false,
                    {kStart}}};
  const json::value body = json::parse(get("/api/v1/storage/plan?ahead_us=86400000000").body);
  EXPECT_EQ(system_.planned.ahead, Duration(kDay));
  EXPECT_EQ(body.at("bytes").as_int64(), 1000);
  store::DeletedFile other = system_.files[0];
  other.start = {kStart - 9};
  other.reason = store::DeletionReason::kQuota;
  other.below_minimum = true;
  system_.files.resize(1500, other);
  system_.files.back().camera = "yard";
  const json::value many = json::parse(get("/api/v1/storage/plan").body);
  EXPECT_EQ(many.at("deletions").as_array().size(), 1000U);
  EXPECT_EQ(json::serialize(many.at("cameras").at(0)),
            R"({"camera":"door","files":1499,"bytes":1499000,"oldest_us":)" +
                std::to_string(kStart - 9) + R"(,"newest_us":)" + std::to_string(kStart + 5) +
                R"(,"below_minimum":true,"reasons":["max_age","quota"]})")
      << "of all files, also those that are not listed";
  EXPECT_EQ(many.at("cameras").at(1).at("files").as_int64(), 1);
  EXPECT_EQ(problem_of(get("/api/v1/storage/plan?ahead_us=-1")), "400 invalid_argument");
}

TEST_F(ApiTest, places_lists_and_lifts_a_hold) {
  const std::string good =
      R"({"camera":"door","from_us":5,"to_us":6,"reason":"theft","by":"Anna"})";
  const auto placed = ask(Method::kPost, "/api/v1/holds", good);
  ASSERT_EQ(placed.status, 201) << placed.body;
  EXPECT_EQ(placed.headers.get("Location"), "/api/v1/holds/aa11");
  EXPECT_EQ(json::parse(get("/api/v1/holds").body).at(0).at("by").as_string(), "Anna");
  EXPECT_EQ(ask(Method::kDelete, "/api/v1/holds/aa11").status, 204);
  EXPECT_EQ(problem_of(ask(Method::kDelete, "/api/v1/holds/aa11")), "404 not_found");
}

TEST_F(ApiTest, refuses_each_wrong_hold_with_a_line_for_a_person) {
  const struct {
    const char* body;
    const char* words;
  } rows[] = {
      {"[]", "must be a JSON object"},
      {R"({"from_us":5,"to_us":6,"reason":"x"})", "camera is missing"},
      {R"({"camera":"door","reason":"x"})", "from_us and to_us"},
      {R"({"camera":"door","from_us":6,"to_us":6,"reason":"x"})", "end later"},
      {R"({"camera":"door","from_us":5,"to_us":6})", "say why"},
      {R"({"camera":"../x","from_us":5,"to_us":6,"reason":"x"})", "not an id"},
      {R"({"camera":"door","from_us":"now","to_us":6,"reason":"x"})", "microseconds"},
      {R"({"camera":"door","from_us":5,"to_us":6,"reason":"x","id":"y"})", "no field \"id\""},
  };
  for (const auto& row : rows) {
    const auto response = ask(Method::kPost, "/api/v1/holds", row.body);
    EXPECT_EQ(response.status, 400) << row.body;
    EXPECT_NE(detail_of(response).find(row.words), std::string::npos) << detail_of(response);
  }
  EXPECT_TRUE(holds_.all.empty());
}

TEST_F(ApiTest, says_at_once_which_cameras_are_silent) {
  add_door();
  CameraStatus& status = cameras_.entries[0].status;
  status.alarm = true;
  status.silent_since = WallTime{kStart};
  status.cause = "unreachable";
  const json::value camera = json::parse(get("/api/v1/cameras/door").body);
  EXPECT_TRUE(camera.at("alarm").as_bool());
  EXPECT_EQ(camera.at("silent_since_us").as_int64(), kStart);
  const json::value alarm = json::parse(get("/api/v1/status").body).at("alarms").at(0);
  EXPECT_EQ(alarm.at("camera").as_string(), "door");
  EXPECT_NE(get("/metrics").body.find(R"(vedette_camera_alarm{camera="door"} 1)"),
            std::string::npos);
}

TEST_F(ApiTest, tells_how_well_each_camera_sends) {
  EXPECT_TRUE(json::parse(get("/api/v1/health").body).at("cameras").as_array().empty());
  add_door();
  StreamStatus main;
  main.packets = 900;
  main.lost_packets = 100;
  main.loss = 0.1;
  ingest::StreamTime time{true, 62'000, {}};
  time.camera_clock = rtp::Timeline::CameraClock{Duration(-42'000), Duration(250'000), true};
  main.time = time;
  StreamStatus sub;  // one that is down
  sub.kind = store::StreamKind::kSub;
  cameras_.entries[0].status.streams = {main, sub};
  store::Gap old{1,
                 "door",
                 store::StreamKind::kMain,
                 {kStart - 90'000'000'000},
                 {},
                 "unreachable",
                 "No answer.",
                 {},
                 {}};
  old.end = WallTime{kStart - 89'000'000'000};
  store::Gap of_sub = old;
  of_sub.kind = store::StreamKind::kSub;
  of_sub.start.us += 1'000'000;
  store::Gap begin = old;  // of the recorder that runs now: its first picture came
  begin.cause = "starting";
  begin.start = {kStart - 2'000'000};
  begin.end = WallTime{kStart - 1'000'000};
  archive_.gap_list = {old, of_sub, begin};

  const json::value door = json::parse(get("/api/v1/health").body).at("cameras").at(0);
  const json::value& stream = door.at("streams").at(0);
  EXPECT_EQ(stream.at("lost_packets").to_number<int>(), 100);
  EXPECT_EQ(stream.at("loss").as_double(), 0.1);
  EXPECT_EQ(stream.at("time").at("source").as_string(), "camera");
  EXPECT_EQ(stream.at("time").at("camera_clock").at("offset_us").as_int64(), -42'000);
  EXPECT_TRUE(door.at("streams").at(1).at("time").is_null());
  EXPECT_TRUE(door.at("streams").at(1).at("loss").is_null());
  EXPECT_EQ(door.at("last_gap").at("cause").as_string(), "unreachable");
  EXPECT_EQ(door.at("last_gap").at("start_us").as_int64(), old.start.us)
      << "of the main stream, also when it is longer ago than a day";
  archive_.gap_list.back().end.reset();
  const json::value waiting = json::parse(get("/api/v1/health").body).at("cameras").at(0);
  EXPECT_EQ(waiting.at("last_gap").at("cause").as_string(), "starting")
      << "while it still waits, that is why nothing is recorded";
  const std::string metrics = get("/metrics").body;
  for (const char* line :
       {R"(vedette_stream_loss_ratio{camera="door",stream="main"} 0.1)",
        R"(vedette_stream_clock_offset_seconds{camera="door",stream="main"} -0.042)",
        R"(vedette_stream_time_error_seconds{camera="door",stream="main"} 0.062)"})
    EXPECT_NE(metrics.find(line), std::string::npos) << line;
  for (const char* unknown : {R"(vedette_stream_loss_ratio{camera="door",stream="sub"})",
                              R"(vedette_stream_clock_offset_seconds{camera="door",stream="sub"})",
                              R"(vedette_stream_time_error_seconds{camera="door",stream="sub"})"})
    EXPECT_EQ(metrics.find(unknown), std::string::npos) << unknown << " is right to within 0 s?";
}

TEST_F(ApiTest, records_in_some_hours_of_the_week) {
  add_door();
  const auto patch = [&](const std::string& fields) {
    return ask(Method::kPatch, "/api/v1/cameras/door", fields);
  };
  const json::value before = json::parse(get("/api/v1/cameras/door").body);
  EXPECT_TRUE(before.at("record").as_bool());
  EXPECT_TRUE(before.at("schedule").is_null()) << "day and night";
  const auto set =
      patch(R"({"record":false,"schedule":["mon-fri 08:00-18:00","sun 22:00-06:00"]})");
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(json::serialize(json::parse(set.body).at("schedule")),
            R"(["mon-fri 08:00-18:00","sun 22:00-06:00"])");
  EXPECT_FALSE(cameras_.entries[0].camera.when.on);
  for (const char* wrong : {R"({"schedule":[]})", R"({"schedule":"always"})", R"({"schedule":[8]})",
                            R"({"schedule":["mon 8-18"]})"}) {
    const auto refused = patch(wrong);
    EXPECT_EQ(problem_of(refused), "400 invalid_argument") << wrong;
    EXPECT_EQ(field_of(refused), "schedule") << wrong;
  }
  EXPECT_NE(detail_of(patch(R"({"schedule":["mon 8-18"]})")).find("mon-fri 08:00-18:00"),
            std::string::npos);
  EXPECT_EQ(field_of(patch(R"({"record":"no"})")), "record");
  EXPECT_EQ(patch(R"({"record":true,"schedule":null})").status, 200);
  EXPECT_TRUE(cameras_.entries[0].camera.when.always());
  cameras_.entries[0].status.state = CameraState::kNotScheduled;
  EXPECT_EQ(json::parse(get("/api/v1/cameras/door").body).at("state").as_string(), "not_scheduled");
}

TEST_F(ApiTest, a_pause_is_no_gap_of_the_day) {
  add_door();
  store::Gap pause{1,        "door",   store::StreamKind::kMain,
                   {kStart}, {},       std::string(store::kNotScheduled),
                   "Off.",   {kStart}, {}};
  archive_.gap_list = {pause};
  EXPECT_TRUE(json::parse(get("/api/v1/health").body).at("cameras").at(0).at("last_gap").is_null());
  store::CameraStorage stored;
  stored.camera = "door";
  system_.report.cameras = {stored};
  const json::value storage = json::parse(get("/api/v1/storage").body);
  EXPECT_EQ(storage.at("cameras").at(0).at("gaps_today").as_int64(), 0);
  EXPECT_EQ(
      json::parse(get("/api/v1/ledger?kind=gap&" + kRange).body).at("entries").as_array().size(),
      1U)
      << "the ledger accounts for every moment";
}

TEST_F(ApiTest, says_what_converting_takes) {
  const json::value none = json::parse(get("/api/v1/status").body).at("transcoding");
  EXPECT_EQ(none.at("budget_cores").to_number<double>(), 0)
      << "without a pool nothing is converted";
  EXPECT_TRUE(none.at("streams").as_array().empty());
}

TEST_F(ApiTest, keeps_at_least_and_at_most) {
  add_door();
  const auto patch = [&](const std::string& keep) {
    return ask(Method::kPatch, "/api/v1/cameras/door", R"({"retention":)" + keep + "}");
  };
  EXPECT_EQ(patch(R"({"min_age_us":5,"max_age_us":6,"min_bytes":null})").status, 200);
  EXPECT_EQ(cameras_.entries[0].camera.retention.min_age_us, 5);
  EXPECT_EQ(patch(R"({"min_age_us":7,"max_age_us":6})").status, 400);
  EXPECT_NE(detail_of(patch(R"({"min_bytes":7,"max_bytes":6})")).find("at least"),
            std::string::npos);
}

}  // namespace
}  // namespace vedette::api
