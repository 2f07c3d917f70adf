// SPDX-License-Identifier: Apache-2.0
#include "api/api_fixture.h"

namespace vedette::api {
namespace {

const std::string kLayouts = "/api/v1/layouts/";

TEST_F(ApiTest, saves_replaces_lists_and_deletes_layouts) {
  const auto added = ask(Method::kPut, kLayouts + "front",
                         R"({"name":"Front","grid":"focus",)"
                         R"("tiles":[{"camera":"yard","size":2},{"camera":"door"}]})");
  EXPECT_EQ(added.status, 201);
  const json::value listed = json::parse(get("/api/v1/layouts").body);
  ASSERT_EQ(listed.as_array().size(), 1U);
  EXPECT_EQ(json::serialize(listed.at(0)),
            R"({"id":"front","name":"Front","grid":"focus",)"
            R"("tiles":[{"camera":"yard","size":2},{"camera":"door","size":1}]})");

  // As the page sends it back, with its id; the camera need not exist.
  EXPECT_EQ(ask(Method::kPut, kLayouts + "front",
                R"({"id":"front","name":"Gate","tiles":[{"camera":"gone"}]})")
                .status,
            200);
  const json::value changed = json::parse(get("/api/v1/layouts").body).at(0);
  EXPECT_EQ(changed.at("name").as_string(), "Gate");
  EXPECT_EQ(changed.at("grid").as_string(), "auto");
  EXPECT_EQ(changed.at("tiles").as_array().size(), 1U);

  EXPECT_EQ(ask(Method::kDelete, "/api/v1/layouts/front").status, 204);
  EXPECT_EQ(problem_of(ask(Method::kDelete, "/api/v1/layouts/front")), "404 not_found");
  EXPECT_EQ(get("/api/v1/layouts").body, "[]");
}

TEST_F(ApiTest, refuses_what_is_no_layout_and_keeps_the_old_one) {
  ASSERT_EQ(ask(Method::kPut, kLayouts + "front", R"({"name":"Front","tiles":[]})").status, 201);
  struct Row {
    const char* body;
    const char* detail;
  };
  const Row rows[] = {
      {R"({"tiles":[]})", "give the layout a name"},
      {R"({"name":"a\nb"})", "give the layout a name"},
      {R"({"name":7})", "name: must be text"},
      {R"({"name":"A","grid":"5x5"})", "grid: write auto"},
      {R"({"name":"A","tiles":{}})", "tiles: must be a list"},
      {R"({"name":"A","tiles":["door"]})", "tiles[0]: must be an object"},
      {R"({"name":"A","tiles":[{"camera":"../x"}]})", "tiles[0].camera: "},
      {R"({"name":"A","tiles":[{}]})", "tiles[0].camera: "},
      {R"({"name":"A","tiles":[{"camera":"door","size":9}]})", "size is 1 to 4"},
      {R"({"name":"A","tiles":[{"camera":"door","size":1.5}]})", "size is 1 to 4"},
      {R"({"name":"A","tiles":[{"camera":"door","x":1}]})", "no field \"x\""},
      {R"({"name":"A","tiles":[{"camera":"door"},{"camera":"door"}]})", "twice"},
      {R"({"name":"A","colour":"red"})", "no field \"colour\""},
  };
  for (const Row& row : rows) {
    const auto refused = ask(Method::kPut, kLayouts + "front", row.body);
    EXPECT_EQ(problem_of(refused), "400 invalid_argument") << row.body;
    EXPECT_NE(detail_of(refused).find(row.detail), std::string::npos)
        << row.body << ": " << detail_of(refused);
  }
  EXPECT_EQ(problem_of(ask(Method::kPut, kLayouts + "Front%20Door", R"({"name":"A"})")),
            "400 invalid_argument");
  EXPECT_EQ(json::parse(get("/api/v1/layouts").body).at(0).at("name").as_string(), "Front");
}

TEST_F(ApiTest, bounds_layouts_and_their_tiles) {
  std::string tiles;
  for (size_t i = 0; i <= store::kMaxLayoutTiles; ++i) {
    tiles += (i == 0 ? "" : ",") + std::string(R"({"camera":"c)") + std::to_string(i) + "\"}";
  }
  EXPECT_EQ(
      problem_of(ask(Method::kPut, kLayouts + "many", R"({"name":"A","tiles":[)" + tiles + "]}")),
      "400 invalid_argument");
  for (size_t i = 0; i < store::kMaxLayouts; ++i) {
    const std::string id = "l" + std::to_string(i);
    ASSERT_TRUE(config_->put_layout({id, id, store::LayoutGrid::kAuto, {}}));
  }
  const auto refused = ask(Method::kPut, kLayouts + "one-more", R"({"name":"A"})");
  EXPECT_EQ(problem_of(refused), "409 failed_precondition");
  EXPECT_NE(detail_of(refused).find("delete one"), std::string::npos);
  EXPECT_EQ(ask(Method::kPut, kLayouts + "l0", R"({"name":"changed"})").status, 200)
      << "changing one adds none";
}

}  // namespace
}  // namespace vedette::api
