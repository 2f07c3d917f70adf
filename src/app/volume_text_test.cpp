// SPDX-License-Identifier: Apache-2.0
#include "app/volume_text.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace vedette::app {
namespace {

namespace json = boost::json;

json::object volume(const char* text) { return json::parse(text).as_object(); }

TEST(VolumeLine, says_both_limits) {
  EXPECT_EQ(volume_line(volume(R"({"path":"video","quota_bytes":null,"reserve_bytes":null})")),
            "video  no quota, reserve 5 % but at most 1 GiB");
  EXPECT_EQ(
      volume_line(volume(R"({"path":"/srv/a","quota_bytes":1500000000000,"reserve_bytes":0})")),
      "/srv/a  quota 1500GB, reserve 0");
}

struct Row {
  LimitWords words;
  const char* result;  ///< null: refused
};

TEST(Limits, change_what_is_said_and_nothing_else) {
  for (const Row& row :
       {Row{{"", ""}, R"({"path":"a","quota_bytes":5,"reserve_bytes":6})"},
        Row{{"1TB", ""}, R"({"path":"a","quota_bytes":1000000000000,"reserve_bytes":6})"},
        Row{{"none", "0"}, R"({"path":"a","quota_bytes":null,"reserve_bytes":0})"},
        Row{{"", "default"}, R"({"path":"a","quota_bytes":5,"reserve_bytes":null})"},
        Row{{"0", ""}, nullptr}, Row{{"default", ""}, nullptr}, Row{{"", "none"}, nullptr},
        Row{{"", "-1GB"}, nullptr}}) {
    auto changed = volume(R"({"path":"a","quota_bytes":5,"reserve_bytes":6})");
    const auto done = apply_limits(row.words, changed);
    EXPECT_EQ(done.has_value(), row.result != nullptr) << row.words.quota << row.words.reserve;
    if (row.result != nullptr) {
      EXPECT_EQ(json::serialize(changed), row.result);
    }
  }
}

TEST(PlanQuery, names_a_path_of_any_letters) {
  EXPECT_EQ(plan_query(volume(R"({"path":"/srv/a b&c=é","quota_bytes":7,"reserve_bytes":0})")),
            "volume=%2Fsrv%2Fa%20b%26c%3D%C3%A9&quota_bytes=7&reserve_bytes=0");
  EXPECT_EQ(plan_query(volume(R"({"path":"video","quota_bytes":null,"reserve_bytes":null})")),
            "volume=video");
}

TEST(PlanSentence, says_how_much_of_how_many_goes) {
  EXPECT_EQ(plan_sentence(volume(R"({"bytes":0,"complete":true,"newest_us":null,"cameras":[]})")),
            "this deletes nothing now");
  EXPECT_EQ(plan_sentence(volume(R"({"bytes":12000000000,"complete":true,"newest_us":1000000,)"
                                 R"("cameras":[{"below_minimum":false}]})")),
            "this deletes 12.0 GB now: the oldest of 1 camera, up to 1970-01-01T00:00:01Z");
  EXPECT_EQ(plan_sentence(volume(R"({"bytes":12000000000,"complete":false,"newest_us":1000000,)"
                                 R"("cameras":[{"below_minimum":false},{"below_minimum":true}]})")),
            "this deletes more than 12.0 GB now: the oldest of 2 cameras, up to "
            "1970-01-01T00:00:01Z; some would keep less than asked");
}

}  // namespace
}  // namespace vedette::app
