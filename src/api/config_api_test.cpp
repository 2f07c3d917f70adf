// SPDX-License-Identifier: Apache-2.0
#include "api/api_fixture.h"

namespace vedette::api {
namespace {

const std::string kConfig = "/api/v1/config";
const std::string kDoor =
    R"({"id":"door","name":"Door","url":"rtsp://u:secret@10.0.0.2/1","sub_url":null,)"
    R"("transport":"udp","retention":{"max_age_us":5,"max_bytes":null,"min_age_us":null,)"
    R"("min_bytes":null},"record":false,"schedule":["sat,sun 10:00-16:00"]})";
const std::string kYard = R"({"id":"yard","name":"Yard","url":"rtsp://10.0.0.3/1"})";
const std::string kFront =
    R"({"id":"front","name":"Front","grid":"focus","tiles":[{"camera":"door","size":2}]})";

std::string body_of(const std::string& cameras, const std::string& layouts = "") {
  return R"({"cameras":[)" + cameras + R"(],"layouts":[)" + layouts + "]}";
}

TEST_F(ApiTest, replaces_the_configuration_and_says_what_changed) {
  const auto first = ask(Method::kPut, kConfig, body_of(kDoor + "," + kYard, kFront));
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.body, R"({"cameras":{"added":["door","yard"],"changed":[],"removed":[]},)"
                        R"("layouts":{"added":["front"],"changed":[],"removed":[]},)"
                        R"("volumes":{"added":[],"changed":[],"removed":[]}})");
  const auto cameras = config_->cameras().value();
  ASSERT_EQ(cameras.size(), 2U);
  EXPECT_EQ(cameras[0].main_url, "rtsp://u:secret@10.0.0.2/1");
  EXPECT_LT(cameras[0].created_us, cameras[1].created_us) << "listed in the order of the body";

  // What is read is what can be written, and writing it changes nothing.
  const auto shown = get(kConfig);
  EXPECT_EQ(shown.body.find("secret"), std::string::npos);
  EXPECT_NE(shown.body.find("u:***@"), std::string::npos);
  const auto same = ask(Method::kPut, kConfig, shown.body);
  EXPECT_EQ(same.body, R"({"cameras":{"added":[],"changed":[],"removed":[]},)"
                       R"("layouts":{"added":[],"changed":[],"removed":[]},)"
                       R"("volumes":{"added":[],"changed":[],"removed":[]}})");
  EXPECT_EQ(config_->cameras().value(), cameras);
  EXPECT_EQ(config_->layouts().value().size(), 1U);
}

TEST_F(ApiTest, a_camera_that_is_not_listed_is_removed_only_when_that_is_said) {
  ASSERT_EQ(ask(Method::kPut, kConfig, body_of(kDoor + "," + kYard, kFront)).status, 200);
  const auto refused = ask(Method::kPut, kConfig, body_of(kDoor));
  EXPECT_EQ(problem_of(refused), "409 failed_precondition");
  EXPECT_NE(detail_of(refused).find("would remove: yard"), std::string::npos);
  EXPECT_EQ(config_->layouts().value().size(), 1U) << "all or nothing";
  const auto dry = ask(Method::kPut, kConfig + "?remove=true&dry_run=true", body_of(kDoor));
  EXPECT_NE(dry.body.find(R"("removed":["yard"])"), std::string::npos) << dry.body;
  EXPECT_EQ(config_->cameras().value().size(), 2U) << "a dry run changes nothing";
  EXPECT_EQ(ask(Method::kPut, kConfig + "?remove=true", body_of(kDoor)).status, 200);
  EXPECT_EQ(config_->cameras().value().size(), 1U);
  EXPECT_TRUE(config_->layouts().value().empty());
}

TEST_F(ApiTest, a_hidden_password_stays_with_its_user_host_and_port) {
  ASSERT_EQ(ask(Method::kPut, kConfig, body_of(kDoor)).status, 200);
  const auto put = [&](const std::string& id, const std::string& url) {
    return ask(Method::kPut, kConfig + "?remove=true",
               body_of(R"({"id":")" + id + R"(","name":"A","url":")" + url + "\"}"));
  };
  EXPECT_EQ(put("door", "rtsp://u:***@10.0.0.2/other").status, 200);
  EXPECT_EQ(config_->camera("door").value().main_url, "rtsp://u:secret@10.0.0.2/other");
  for (const char* url : {"rtsp://u:***@10.0.0.9/1", "rtsp://u:***@10.0.0.2:8554/1",
                          "rtsp://v:***@10.0.0.2/1", "rtsp://u:***@evil/@10.0.0.2/1"}) {
    const auto refused = put("door", url);
    EXPECT_EQ(problem_of(refused), "400 invalid_argument") << url;
    EXPECT_EQ(field_of(refused), "cameras[0].url") << url;
  }
  EXPECT_EQ(problem_of(put("new", "rtsp://u:***@10.0.0.2/1")), "400 invalid_argument");
  EXPECT_EQ(config_->camera("door").value().main_url, "rtsp://u:secret@10.0.0.2/other");
}

TEST_F(ApiTest, passwords_leave_by_the_control_socket_only) {
  ASSERT_EQ(ask(Method::kPut, kConfig, body_of(kDoor)).status, 200);
  EXPECT_EQ(problem_of(get(kConfig + "?passwords=true")), "403 permission_denied");
  net::Request request;
  request.path = kConfig;
  request.query = net::parse_target(kConfig + "?passwords=true").value().query;
  request.peer = net::Peer::kControlSocket;
  EXPECT_NE(router_->handle(request).body.find("u:secret@"), std::string::npos);
}

TEST_F(ApiTest, a_wrong_configuration_changes_nothing_and_is_named_by_its_place) {
  ASSERT_EQ(ask(Method::kPut, kConfig, body_of(kDoor, kFront)).status, 200);
  struct Row {
    std::string body;
    const char* field;
    const char* detail;
  };
  const std::string other = R"({"id":"x","name":"X","url":"rtsp://h/1")";
  const Row rows[] = {
      {R"({"cameras":[]})", "", "layouts is missing"},
      {R"({"cameras":{},"layouts":[]})", "cameras", "must be a list"},
      {R"({"cameras":[],"layouts":[],"holds":[]})", "", "no field \"holds\""},
      {body_of(kDoor + ",7"), "cameras[1]", "must be an object"},
      {body_of(kDoor + R"(,{"name":"X"})"), "cameras[1]", "has no id"},
      {body_of(kDoor + "," + kDoor), "cameras[1].id", "ids are given once"},
      {body_of(R"({"id":"A B"})"), "cameras[0].id", "id"},
      {body_of(R"({"id":"x","url":"rtsp://h/1"})"), "cameras[0].name", "is missing"},
      {body_of(R"({"id":"x","name":"X"})"), "cameras[0].url", "is missing"},
      {body_of(R"({"id":"x","name":"X","url":"http://h"})"), "cameras[0].url", "rtsp://"},
      {body_of(other + R"(,"sub_url":"x"})"), "cameras[0].sub_url", "rtsp://"},
      {body_of(other + R"(,"transport":"sctp"})"), "cameras[0].transport", "tcp"},
      {body_of(other + R"(,"colour":"red"})"), "cameras[0]", "no field \"colour\""},
      {body_of(other + R"(,"retention":{"max_age_us":0}})"), "cameras[0].retention.max_age_us",
       "above 0"},
      {body_of(kDoor, kFront + "," + kFront), "layouts[1].id", "ids are given once"},
      {body_of(kDoor, R"({"id":"x","name":"X","grid":"5x5"})"), "layouts[0].grid", "write auto"},
      {body_of(kDoor, R"({"id":"x"})"), "layouts[0].name", "give the layout a name"},
      {body_of(kDoor, R"({"id":"x","name":"X","tiles":[{"camera":"a"},{"size":1}]})"),
       "layouts[0].tiles[1].camera", "id"},
      {body_of(kDoor, R"({"id":"x","name":"X","tiles":[{"camera":"a"},{"camera":"a"}]})"),
       "layouts[0].tiles[1].camera", "twice"},
      {body_of(kDoor, R"({"id":"x","name":"X","tiles":[{"camera":"a","size":5}]})"),
       "layouts[0].tiles[0].size", "1 to 4"},
      {body_of(kDoor, R"({"id":"x","name":"X","tiles":7})"), "layouts[0].tiles", "list"},
  };
  const auto before = get(kConfig).body;
  for (const Row& row : rows) {
    const auto refused = ask(Method::kPut, kConfig + "?remove=true", row.body);
    EXPECT_EQ(problem_of(refused), "400 invalid_argument") << row.body;
    EXPECT_EQ(field_of(refused), row.field) << row.body << ": " << refused.body;
    EXPECT_NE(detail_of(refused).find(row.detail), std::string::npos) << refused.body;
    EXPECT_EQ(get(kConfig).body, before) << row.body;
  }
  EXPECT_EQ(problem_of(ask(Method::kPut, kConfig + "?remove=yes", body_of(kDoor))),
            "400 invalid_argument");
}

}  // namespace
}  // namespace vedette::api
