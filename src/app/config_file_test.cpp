// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "app/retention_text.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

TEST(ConfigFile, what_is_written_reads_back_as_it_was) {
  const char* text =
      R"({"cameras":[{"id":"0","name":"A \"b\" #c: \\ é 门","url":"rtsp://u:p%20@h/1?a=b#c",)"
      R"("sub_url":"rtsp://h/2","transport":"udp","retention":{"max_age_us":1209600000000,)"
      R"("max_bytes":1500000000001,"min_age_us":7,"min_bytes":null},"record":false,)"
      R"("schedule":["mon-fri 08:00-18:00","daily 22:00-06:00"]}],)"
      R"("layouts":[{"id":"null","name":"~","grid":"2x2","tiles":[{"camera":"0","size":2}]},)"
      R"({"id":"l","name":"- x","grid":"auto","tiles":[]}],)"
      R"("volumes":[{"path":"/srv/a: b","quota_bytes":1500000000001,"reserve_bytes":0},)"
      R"({"path":"video","quota_bytes":null,"reserve_bytes":20000000000},)"
      R"({"path":"~","quota_bytes":null,"reserve_bytes":null}]})";
  const std::string yaml = write_config_file(json::parse(text).as_object());
  EXPECT_NE(yaml.find("keep_at_most: {time: 14d, size: 1500000000001B}"), std::string::npos)
      << yaml;
  EXPECT_NE(yaml.find("    record: false\n    schedule: [\"mon-fri 08:00-18:00\","),
            std::string::npos)
      << yaml;
  EXPECT_NE(yaml.find("keep_at_least: {time: 7us}"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("    quota: 1500000000001B\n    reserve: 0\n  - path: \"video\"\n"
                      "    reserve: 20GB\n  - path: \"~\"\n"),
            std::string::npos)
      << yaml;
  ConfigFile file;
  yaml::Mistake mistake;
  ASSERT_TRUE(read_config_file(yaml, file, mistake)) << mistake.what << "\n" << yaml;
  json::value expected = json::parse(text);
  expected.at("cameras").at(0).at("retention").as_object().erase("min_bytes");
  json::array& volumes = expected.at("volumes").as_array();
  volumes.at(1).as_object().erase("quota_bytes");
  for (const char* limit : {"quota_bytes", "reserve_bytes"}) volumes.at(2).as_object().erase(limit);
  EXPECT_EQ(json::value(file.body), expected) << json::serialize(file.body);
}

TEST(ConfigFile, an_empty_site_is_two_empty_lists_and_says_nothing_of_volumes) {
  const auto yaml =
      write_config_file(json::parse(R"({"cameras":[],"layouts":[],"volumes":[]})").as_object());
  ConfigFile file;
  yaml::Mistake mistake;
  ASSERT_TRUE(read_config_file(yaml, file, mistake)) << mistake.what;
  EXPECT_EQ(json::serialize(file.body), R"({"cameras":[],"layouts":[]})");
}

TEST(ConfigFile, a_field_that_the_api_names_is_found_or_what_is_around_it) {
  ConfigFile file;
  yaml::Mistake mistake;
  ASSERT_TRUE(
      read_config_file("version: 1\ncameras:\n  - id: a\n    url: x\n"
                       "    keep_at_most: {time: 1d}\nlayouts: []\n"
                       "volumes:\n  - {path: /srv/a, quota: 1TB}\n",
                       file, mistake))
      << mistake.what;
  EXPECT_EQ(place_of(file, "cameras[0].url"), (yaml::Place{4, 10}));
  EXPECT_EQ(place_of(file, "cameras[0].retention.max_age_us"), (yaml::Place{5, 26}));
  EXPECT_EQ(place_of(file, "cameras[0].name"), (yaml::Place{3, 5}));
  EXPECT_EQ(place_of(file, "volumes[0].path"), (yaml::Place{8, 12}));
  EXPECT_EQ(place_of(file, "volumes[0].quota_bytes"), (yaml::Place{8, 27}));
  EXPECT_EQ(place_of(file, "volumes[0].reserve_bytes"), (yaml::Place{8, 5}));
  EXPECT_EQ(place_of(file, ""), (yaml::Place{1, 1}));
}

struct Wrong {
  const char* name;
  const char* text;
  yaml::Place place;
  const char* what;
};

const Wrong kWrong[] = {
    {"empty", "", {1, 1}, "must be a mapping of version, cameras, layouts"},
    {"a list", "- 1\n", {1, 1}, "not a list"},
    {"no version", "cameras: []\n", {1, 1}, "version is missing"},
    {"a later version", "version: 2\n", {1, 10}, "version: this program reads version: 1"},
    {"no layouts", "version: 1\ncameras: []\n", {1, 1}, "layouts is missing"},
    {"cameras of nothing", "version: 1\ncameras:\n", {3, 1}, "cameras: this must be a list"},
    {"a camera that is text", "version: 1\ncameras:\n  - door\n", {3, 5}, "cameras[0]: "},
    {"an unknown key",
     "version: 1\ncameras:\n  - id: a\n    colour: red\n",
     {4, 5},
     "cameras[0]: there is no \"colour\""},
    {"an unknown list", "version: 1\nholds: []\n", {2, 1}, "there is no \"holds\""},
    {"a key twice",
     "version: 1\ncameras:\n  - id: a\n    id: b\n",
     {4, 5},
     "cameras[0].id: this stands twice"},
    {"a name that is a list",
     "version: 1\ncameras:\n  - name: [a]\n",
     {3, 11},
     "cameras[0].name: this must be text"},
    {"a name that is nothing",
     "version: 1\ncameras:\n  - {id: a, name: ~}\n",
     {3, 19},
     "cameras[0].name: this must be text, not nothing"},
    {"a time without a unit",
     "version: 1\ncameras:\n  - keep_at_most: {time: 14}\n",
     {3, 26},
     "cameras[0].keep_at_most.time: not a length of time: \"14\""},
    {"a size in apples",
     "version: 1\ncameras:\n  - keep_at_least: {size: 3 apples}\n",
     {3, 27},
     "cameras[0].keep_at_least.size: not a size"},
    {"a limit that is text",
     "version: 1\ncameras:\n  - keep_at_most: 14d\n",
     {3, 19},
     "this must be a mapping of time, size"},
    {"a tile of size nine",
     "version: 1\ncameras: []\nlayouts:\n  - tiles: [{camera: a, size: 9}]\n",
     {4, 31},
     "layouts[0].tiles[0].size: a tile's size is 1, 2, 3 or 4"},
    {"a quota in apples",
     "version: 1\ncameras: []\nlayouts: []\nvolumes:\n  - {path: a, quota: much}\n",
     {5, 22},
     "volumes[0].quota: not a size: \"much\""},
    {"a quota of nothing",
     "version: 1\ncameras: []\nlayouts: []\nvolumes:\n  - {path: a, quota: 0}\n",
     {5, 22},
     "volumes[0].quota: not a size: \"0\""},
    {"a reserve below nothing",
     "version: 1\ncameras: []\nlayouts: []\nvolumes:\n  - {path: a, reserve: -1GB}\n",
     {5, 24},
     "volumes[0].reserve: not a size"},
    {"a reserve that is a list",
     "version: 1\ncameras: []\nlayouts: []\nvolumes:\n  - {path: a, reserve: [1GB]}\n",
     {5, 24},
     "volumes[0].reserve: write 500GB"},
    {"a limit that the API names",
     "version: 1\ncameras: []\nlayouts: []\nvolumes:\n  - {path: a, quota_bytes: 1}\n",
     {5, 15},
     "volumes[0]: there is no \"quota_bytes\" here; there may be path, quota, reserve"},
    {"volumes of nothing",
     "version: 1\ncameras: []\nlayouts: []\nvolumes:\n",
     {5, 1},
     "volumes: this must be a list, not nothing; an empty one is []"},
    {"a volume that is text",
     "version: 1\ncameras: []\nlayouts: []\nvolumes: [/srv/a]\n",
     {4, 11},
     "volumes[0]: this must be a mapping of path, quota, reserve"},
    {"no YAML", "version: 1\ncameras: [\n", {3, 1}, "this is not YAML"},
};

TEST(ConfigFile, a_wrong_file_is_refused_where_it_is_wrong) {
  for (const Wrong& row : kWrong) {
    ConfigFile file;
    yaml::Mistake mistake;
    EXPECT_FALSE(read_config_file(row.text, file, mistake)) << row.name;
    EXPECT_NE(mistake.what.find(row.what), std::string::npos) << row.name << ": " << mistake.what;
    EXPECT_EQ(mistake.place, row.place)
        << row.name << ": " << mistake.place.line << ":" << mistake.place.column;
  }
}

TEST(RetentionText, amounts_are_written_so_that_they_read_back_exactly) {
  for (const int64_t amount : {int64_t{1}, int64_t{999}, int64_t{60'000'000},
                               int64_t{86'400'000'000}, int64_t{1'500'000'000'001}, INT64_MAX}) {
    EXPECT_EQ(parse_duration(duration_text(amount)).value(), amount) << duration_text(amount);
    EXPECT_EQ(parse_size(size_text(amount)).value(), amount) << size_text(amount);
    EXPECT_EQ(parse_reserve(size_text(amount)).value(), amount) << size_text(amount);
  }
  EXPECT_EQ(parse_reserve(size_text(0)).value(), 0);
}

}  // namespace
}  // namespace vedette::app
