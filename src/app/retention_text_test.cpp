// SPDX-License-Identifier: Apache-2.0
#include "app/retention_text.h"

#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace vedette::app {
namespace {

struct Row {
  const char* text;
  const char* json;  // empty: refused
};

TEST(RetentionText, reads_what_people_write) {
  const Row rows[] = {
      {"14d", R"({"max_age_us":1209600000000})"},
      {"36h", R"({"max_age_us":129600000000})"},
      {"500GB", R"({"max_bytes":500000000000})"},
      {"1.5TB", R"({"max_bytes":1500000000000})"},
      {"14d,500GB", R"({"max_age_us":1209600000000,"max_bytes":500000000000})"},
      {"", ""},
      {"14", ""},
      {"14 d", ""},
      {"-1d", ""},
      {"0d", ""},
      {"14d,", ""},
      {"99999999999999d", ""},
      {"nan", ""},
  };
  for (const Row& row : rows) {
    const auto retention = parse_retention(row.text);
    ASSERT_EQ(retention.has_value(), row.json[0] != '\0') << row.text;
    if (retention) {
      EXPECT_EQ(boost::json::serialize(*retention), row.json) << row.text;
    }
  }
}

TEST(RetentionText, reads_at_least_like_at_most) {
  EXPECT_EQ(boost::json::serialize(*parse_retention("1h,2KB", "min")),
            R"({"min_age_us":3600000000,"min_bytes":2000})");
}

TEST(VolumeText, reads_a_folder_with_its_limits) {
  const auto plain = parse_volume("/srv/video");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->path, "/srv/video");
  EXPECT_FALSE(plain->quota_bytes);
  const auto whole = parse_volume("/srv/a,b,quota=1TB,reserve=20GB");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->path, "/srv/a,b");
  EXPECT_EQ(whole->quota_bytes, 1'000'000'000'000);
  EXPECT_EQ(whole->reserve_bytes, 20'000'000'000);
  EXPECT_FALSE(parse_volume(""));
  EXPECT_FALSE(parse_volume(",quota=1TB"));
  EXPECT_FALSE(parse_volume("/srv,quota=much"));
}

TEST(SizeText, takes_bytes_and_powers_of_ten) {
  EXPECT_EQ(parse_size("10GB").value(), 10'000'000'000);
  EXPECT_EQ(parse_size("1000").value(), 1000);
  EXPECT_FALSE(parse_size("10 apples"));
}

}  // namespace
}  // namespace vedette::app
