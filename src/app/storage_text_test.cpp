// SPDX-License-Identifier: Apache-2.0
#include "app/storage_text.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace vedette::app {
namespace {

TEST(StorageText, says_when_a_disk_is_full_and_who_keeps_less_than_asked) {
  const auto storage = boost::json::parse(R"({
    "volumes": [{"path": "/srv/video", "used_bytes": 4e11, "free_bytes": 6e11, "quota_bytes": null,
      "outlook": "fills", "full_in_us": 777600000000, "removed": false,
      "problem": null, "cleaning_off": "nothing is deleted",
      "ledger_problem": "the ledger cannot be written", "below_minimum_us": null}],
    "cameras": [{"camera": "door", "bytes": 2e11, "bytes_per_day": 2.16e10,
      "asked_us": 1209600000000, "keeps_us": 950400000000}],
    "holds": [{}]})");
  const auto lines = storage_lines(storage.as_object());
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0], "/srv/video: 400.0 GB of recordings, 600.0 GB free; full in 9 days");
  EXPECT_EQ(lines[1], "  nothing is deleted");
  EXPECT_EQ(lines[2], "  the ledger cannot be written");
  EXPECT_EQ(lines[3], "door             200.0 GB, 21.6 GB a day; keeps 11 days of 14 days asked");
  EXPECT_EQ(lines[4], "1 held; list with: vedette hold list");
}

TEST(StorageText, says_what_it_does_not_know_yet) {
  const auto line = [](const std::string& outlook, const std::string& in, bool removed) {
    const auto storage = boost::json::parse(
        R"({"volumes": [{"path": "/v", "used_bytes": 0, "free_bytes": 0, "quota_bytes": null,)"
        R"("problem": null, "cleaning_off": null, "ledger_problem": null,)"
        R"("below_minimum_us": null,)"
        R"("outlook": ")" +
        outlook + R"(", "full_in_us": )" + in + R"(, "removed": )" + (removed ? "true" : "false") +
        R"(}], "cameras": [], "holds": []})");
    const std::string all = storage_lines(storage.as_object())[0];
    return all.substr(all.find("; ") + 2);
  };
  EXPECT_EQ(line("unknown", "null", false),
            "when it is full is not known yet: recording has just begun");
  EXPECT_EQ(line("idle", "null", false), "nothing is written here now");
  EXPECT_EQ(line("never", "null", false), "not full at this rate");
  EXPECT_EQ(line("full", "0", false), "full: the oldest recordings make room");
  EXPECT_EQ(line("idle", "null", true), "nothing new is recorded here");
}

TEST(StorageText, writes_lengths_as_people_say_them) {
  EXPECT_EQ(length_text(0), "1 minute");
  EXPECT_EQ(length_text(int64_t{90} * 60'000'000), "90 minutes");
  EXPECT_EQ(length_text(int64_t{47} * 3'600'000'000), "47 hours");
  EXPECT_EQ(length_text(int64_t{49} * 3'600'000'000), "2 days");
}

}  // namespace
}  // namespace vedette::app
