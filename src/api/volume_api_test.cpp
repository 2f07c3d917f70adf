// SPDX-License-Identifier: Apache-2.0
#include "api/api_fixture.h"

namespace vedette::api {
namespace {

const std::string kVolumes = "/api/v1/volumes";
const std::string kConfig = "/api/v1/config";

struct Refused {
  const char* name;
  std::string body;
  std::string field;
};

TEST_F(ApiTest, adds_changes_and_removes_volumes) {
  EXPECT_EQ(get(kVolumes).body, "[]");
  const auto added = ask(Method::kPut, kVolumes, R"({"path":"/srv/a","quota_bytes":1000})");
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(ask(Method::kPut, kVolumes, R"({"path":"video","reserve_bytes":0})").status, 201);
  const auto changed = ask(Method::kPut, kVolumes, R"({"path":"/srv/a","quota_bytes":null})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(get(kVolumes).body, R"([{"path":"/srv/a","quota_bytes":null,"reserve_bytes":null},)"
                                R"({"path":"video","quota_bytes":null,"reserve_bytes":0}])");
  EXPECT_EQ(ask(Method::kDelete, kVolumes + "?path=/srv/a").status, 204);
  EXPECT_EQ(problem_of(ask(Method::kDelete, kVolumes + "?path=/srv/a")), "404 not_found");
  EXPECT_EQ(problem_of(ask(Method::kDelete, kVolumes + "?path=video")), "409 failed_precondition");
  EXPECT_EQ(problem_of(ask(Method::kDelete, kVolumes)), "400 invalid_argument");
}

TEST_F(ApiTest, a_wrong_volume_changes_nothing_and_names_the_field) {
  ASSERT_EQ(ask(Method::kPut, kVolumes, R"({"path":"/srv/a"})").status, 201);
  const std::string before = get(kVolumes).body;
  for (const Refused& wrong :
       {Refused{"no path", R"({"quota_bytes":1})", "path"},
        Refused{"a path that is none", R"({"path":7})", "path"},
        Refused{"a path with ..", R"({"path":"/srv/../etc"})", "path"},
        Refused{"inside another", R"({"path":"/srv/a/b"})", "path"},
        Refused{"around another", R"({"path":"/srv"})", "path"},
        Refused{"a quota of nothing", R"({"path":"/srv/b","quota_bytes":0})", "quota_bytes"},
        Refused{"a quota in words", R"({"path":"/srv/b","quota_bytes":"1TB"})", "quota_bytes"},
        Refused{"half a byte", R"({"path":"/srv/b","reserve_bytes":0.5})", "reserve_bytes"},
        Refused{"less than nothing", R"({"path":"/srv/b","reserve_bytes":-1})", "reserve_bytes"},
        Refused{"another field", R"({"path":"/srv/b","size":1})", ""}}) {
    const auto refused = ask(Method::kPut, kVolumes, wrong.body);
    EXPECT_EQ(problem_of(refused), "400 invalid_argument") << wrong.name;
    EXPECT_EQ(field_of(refused), wrong.field) << wrong.name;
  }
  EXPECT_EQ(get(kVolumes).body, before);
}

TEST_F(ApiTest, the_configuration_lists_the_volumes_and_takes_them_back) {
  ASSERT_EQ(ask(Method::kPut, kVolumes, R"({"path":"/srv/a","quota_bytes":1000})").status, 201);
  ASSERT_EQ(ask(Method::kPut, kVolumes, R"({"path":"/srv/b"})").status, 201);
  const auto put = [&](const std::string& volumes, const std::string& query = "") {
    return ask(Method::kPut, kConfig + query,
               R"({"cameras":[],"layouts":[],"volumes":)" + volumes + "}");
  };
  const auto same = ask(Method::kPut, kConfig, get(kConfig).body);
  EXPECT_NE(same.body.find(R"("volumes":{"added":[],"changed":[],"removed":[]})"),
            std::string::npos)
      << same.body;
  const auto lost = put(R"([{"path":"/srv/a"}])");
  EXPECT_EQ(problem_of(lost), "409 failed_precondition");
  EXPECT_NE(detail_of(lost).find("volume /srv/b"), std::string::npos);
  const auto dry = put(R"([{"path":"/srv/c"},{"path":"/srv/a"}])", "?remove=true&dry_run=true");
  EXPECT_NE(dry.body.find(R"({"added":["/srv/c"],"changed":["/srv/a"],"removed":["/srv/b"]})"),
            std::string::npos)
      << dry.body;
  EXPECT_EQ(config_->volume_list().value().size(), 2U);
  EXPECT_EQ(field_of(put("[]")), "volumes");
  EXPECT_EQ(field_of(put("7")), "volumes");
  EXPECT_EQ(field_of(put(R"([{"path":"/srv/a"},{"path":"/srv/a"}])")), "volumes[1].path");
  EXPECT_EQ(field_of(put(R"([{"path":"/srv/a","quota_bytes":-1}])")), "volumes[0].quota_bytes");
  EXPECT_EQ(field_of(put(R"(["/srv/a"])")), "volumes[0]");
  const auto silent = ask(Method::kPut, kConfig, R"({"cameras":[],"layouts":[]})");
  EXPECT_EQ(silent.status, 200) << "a file of before says nothing about volumes";
  EXPECT_EQ(config_->volume_list().value().size(), 2U);
}

TEST_F(ApiTest, supposes_other_limits_without_setting_them) {
  const std::string plan = "/api/v1/storage/plan?";
  const auto shown = get(plan + "volume=/srv/video&quota_bytes=500&reserve_bytes=0");
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(system_.planned.instead, (store::VolumeSpec{"/srv/video", 500, 0}));
  const json::value body = json::parse(shown.body);
  EXPECT_EQ(body.at("forecast").at("outlook").as_string(), "fills");
  EXPECT_EQ(body.at("forecast").at("full_in_us").as_int64(), 5);
  EXPECT_TRUE(body.at("newest_us").is_null());
  EXPECT_TRUE(body.at("complete").as_bool());
  EXPECT_EQ(get(plan + "volume=/srv/video").status, 200);
  EXPECT_EQ(system_.planned.instead, (store::VolumeSpec{"/srv/video", {}, {}}));
  EXPECT_EQ(problem_of(get(plan + "quota_bytes=500")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(plan + "volume=/srv/video&quota_bytes=0")), "400 invalid_argument");
  EXPECT_EQ(problem_of(get(plan + "volume=/srv/vidoe")), "404 not_found");
}

}  // namespace
}  // namespace vedette::api
