// SPDX-License-Identifier: Apache-2.0
// The routes of exports.
#include "api/api_fixture.h"

namespace vedette::api {
namespace {

const std::string kExport = R"({"camera":"door","from_us":)" + std::to_string(kStart) +
                            R"(,"to_us":)" + std::to_string(kStart + 10'000'000);

TEST_F(ApiTest, makes_an_export_and_hands_out_its_file) {
  add_door();
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
  add_door();
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
  add_door();
  EXPECT_EQ(ask(Method::kPost, "/api/v1/exports", kExport + "}").status, 202);
  EXPECT_EQ(ask(Method::kPost, "/api/v1/exports", kExport + "}").status, 202);
  EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/exports", kExport + "}")), "429 too_many");
}

TEST_F(ApiTest, refuses_an_export_of_a_camera_that_never_was) {
  const std::string range = R"(","from_us":)" + std::to_string(kStart) + R"(,"to_us":)" +
                            std::to_string(kStart + 10'000'000) + "}";
  const auto refused =
      ask(Method::kPost, "/api/v1/exports", R"({"camera":"no-such-camera)" + range);
  EXPECT_EQ(problem_of(refused), "404 not_found");
  EXPECT_NE(refused.body.find("no-such-camera"), std::string::npos) << refused.body;
  EXPECT_EQ(get("/api/v1/exports").body, "[]");
}

TEST_F(ApiTest, exports_what_a_camera_that_was_removed_has_recorded) {
  add_door();
  record_door();
  cameras_.entries.clear();
  EXPECT_EQ(ask(Method::kPost, "/api/v1/exports", kExport + "}").status, 202);
}

TEST_F(ApiTest, counts_the_letters_of_an_operators_name_and_not_their_bytes) {
  add_door();
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\u5f20";
  const auto with = [](const std::string& who) {
    return kExport + R"(,"operator":")" + who + "\"}";
  };
  EXPECT_EQ(ask(Method::kPost, "/api/v1/exports", with(name)).status, 202);
  EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/exports", with(name + "x"))),
            "400 invalid_argument");
}

TEST_F(ApiTest, refuses_an_export_that_makes_no_sense) {
  add_door();
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

}  // namespace
}  // namespace vedette::api
