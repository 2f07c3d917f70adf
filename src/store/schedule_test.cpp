// SPDX-License-Identifier: Apache-2.0
#include "store/schedule.h"

#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace vedette::store {
namespace {

ScheduleHours hours(std::string_view line) { return parse_schedule_line(line).value(); }

TEST(Schedule, IsWrittenAsItIsRead) {
  for (const char* line :
       {"daily 00:00-24:00", "mon-fri 08:00-18:00", "sat,sun 10:30-16:00",
        "mon,wed,fri 22:00-06:00", "mon,tue,thu-sun 00:00-00:01", "sun 23:59-24:00"})
    EXPECT_EQ(to_string(hours(line)), line);
  EXPECT_EQ(to_string(hours("sat-mon 08:00-09:00")), "mon,sat,sun 08:00-09:00") << "days wrap";
  EXPECT_EQ(to_string(hours("mon-sun 08:00-09:00")), "daily 08:00-09:00");
  EXPECT_EQ(to_string(hours("mon,mon 08:00-09:00")), "mon 08:00-09:00");
}

TEST(Schedule, SaysWhatIsWrongAndHowItIsWritten) {
  const struct {
    const char* line;
    const char* said;
  } rows[] = {
      {"", "days and hours"},
      {"mon", "days and hours"},
      {"montag 08:00-18:00", "the days are"},
      {"mon- 08:00-18:00", "the days are"},
      {"mon,,tue 08:00-18:00", "the days are"},
      {"mon 08:00", "a begin and an end"},
      {"mon 8:00-18:00", "two digits"},
      {"mon 08:00-24:01", "two digits"},
      {"mon 08:60-18:00", "two digits"},
      {"mon 24:00-06:00", "two digits"},
      {"mon 08:00-18:00 ", "two digits"},
      {"mon 08:00-08:00", "00:00-24:00"},
  };
  for (const auto& row : rows) {
    const auto read = parse_schedule_line(row.line);
    ASSERT_FALSE(read) << row.line;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(read.error().what.find(row.said), std::string::npos) << read.error().what;
    EXPECT_NE(read.error().what.find("mon-fri 08:00-18:00"), std::string::npos);
  }
  EXPECT_FALSE(parse_schedule_line(std::string(100, 'm')));
}

TEST(Schedule, CoversItsHours) {
  const Schedule office = {hours("mon-fri 08:00-18:00")};
  EXPECT_FALSE(covers(office, {0, 8 * 60 - 1}));
  EXPECT_TRUE(covers(office, {0, 8 * 60}));
  EXPECT_TRUE(covers(office, {4, 18 * 60 - 1}));
  EXPECT_FALSE(covers(office, {4, 18 * 60}));
  EXPECT_FALSE(covers(office, {5, 12 * 60}));
  EXPECT_FALSE(covers({}, {0, 0}));
}

TEST(Schedule, ReachesIntoTheNextDay) {
  const Schedule night = {hours("sun 22:00-06:00")};
  EXPECT_TRUE(covers(night, {6, 22 * 60}));
  EXPECT_TRUE(covers(night, {0, 0})) << "Monday";
  EXPECT_TRUE(covers(night, {0, 6 * 60 - 1}));
  EXPECT_FALSE(covers(night, {0, 6 * 60}));
  EXPECT_FALSE(covers(night, {6, 0})) << "the night before is not Sunday's";
  EXPECT_TRUE(covers({hours("sat 18:00-00:00")}, {5, 24 * 60 - 1})) << "00:00 is 24:00";
  EXPECT_FALSE(covers({hours("sat 18:00-00:00")}, {6, 0}));
}

/// Europe/Berlin by rule, so that no zone files are needed.
class InBerlin : public testing::Test {
 protected:
  void SetUp() override {
    const char* before = std::getenv("TZ");
    if (before != nullptr) before_ = before;
    had_ = before != nullptr;
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
  }
  void TearDown() override {
    if (had_)
      ::setenv("TZ", before_.c_str(), 1);
    else
      ::unsetenv("TZ");
    ::tzset();
  }
  static bool records(const Schedule& schedule, const char* utc) {
    return covers(schedule, local_time(parse_time(utc).value()));
  }
  bool had_ = false;
  std::string before_;
};

TEST_F(InBerlin, TheWallClockIsAsked) {
  EXPECT_EQ(local_time(parse_time("2026-11-23T23:30:00Z").value()), (LocalTime{1, 30}));
  EXPECT_EQ(local_time(parse_time("1969-12-31T22:59:59.5Z").value()), (LocalTime{2, 23 * 60 + 59}));
  EXPECT_EQ(local_zone(parse_time("2026-07-01T00:00:00Z").value()).name, "CEST");
  EXPECT_EQ(local_zone(parse_time("2026-01-01T00:00:00Z").value()).offset, std::chrono::hours(1));
}

TEST_F(InBerlin, TheHourThatIsRepeatedInAutumnIsRecordedTwice) {
  const Schedule night = {hours("sun 02:00-03:00")};
  EXPECT_FALSE(records(night, "2026-10-24T23:59:59Z"));
  EXPECT_TRUE(records(night, "2026-10-25T00:00:00Z")) << "02:00 CEST";
  EXPECT_TRUE(records(night, "2026-10-25T00:59:59Z"));
  EXPECT_TRUE(records(night, "2026-10-25T01:00:00Z")) << "02:00 CET";
  EXPECT_FALSE(records(night, "2026-10-25T02:00:00Z"));
}

TEST_F(InBerlin, TheHourThatIsLeftOutInSpringIsMissedByNobody) {
  const Schedule within = {hours("sun 02:15-02:45")};
  const Schedule across = {hours("sun 02:30-04:00")};
  for (const char* utc : {"2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"})
    EXPECT_FALSE(records(within, utc)) << utc;
  EXPECT_FALSE(records(across, "2026-03-29T00:59:59Z")) << "01:59:59 CET";
  EXPECT_TRUE(records(across, "2026-03-29T01:00:00Z")) << "03:00 CEST";
  EXPECT_FALSE(records(across, "2026-03-29T02:00:00Z"));
}

}  // namespace
}  // namespace vedette::store
