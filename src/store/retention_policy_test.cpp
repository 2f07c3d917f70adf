// SPDX-License-Identifier: Apache-2.0
// Who gives way to whom: at least, at most, several volumes, holds, and what is to be expected.
#include "store/retention_fixture.h"
#include "store/retention_plan.h"

namespace vedette::store {
namespace {

using std::chrono::hours;

class PolicyTest : public RetentionTest {
 protected:
  // A file an hour of both cameras.
  void add_both(int count) {
    for (int i = 0; i < count; ++i) {
      add_file("door");
      add_file("yard");
      clock_.advance(hours(1));
    }
    ASSERT_TRUE(catalog_->flush());
  }
};

TEST_F(PolicyTest, the_camera_furthest_above_its_minimum_gives_first) {
  add_camera("yard");
  keep("yard", {.min_age_us = 40 * kHourUs});
  open();
  add_both(50);
  open(60'000);
  archive_->clean();
  // The yard is 10 h above its minimum, the door 50 h: the door gives all that is needed.
  EXPECT_EQ(recordings("/yard/"), 50U);
  EXPECT_EQ(recordings("/door/"), 9U);
  EXPECT_FALSE(archive_->volumes()[0].below_minimum);
}

TEST_F(PolicyTest, both_give_once_they_are_equally_far_above) {
  add_camera("yard");
  keep("door", {.min_age_us = 10 * kHourUs});
  keep("yard", {.min_age_us = 30 * kHourUs});
  open();
  add_both(50);
  open(60'000);
  archive_->clean();
  EXPECT_NEAR(static_cast<double>(recordings("/yard/")), 39, 1);
  EXPECT_NEAR(static_cast<double>(recordings("/door/")), 20, 1);
}

TEST_F(PolicyTest, a_minimum_in_bytes_is_kept_like_one_in_time) {
  add_camera("yard");
  keep("yard", {.min_bytes = 45'000});
  open();
  add_both(50);
  open(60'000);
  archive_->clean();
  EXPECT_GE(recordings("/yard/"), 45U);
  EXPECT_LE(recordings("/door/"), 14U);
}

TEST_F(PolicyTest, the_minimum_is_broken_only_where_recording_would_stop_and_says_so) {
  keep("door", {.min_age_us = 100 * kHourUs});
  open();
  add_files(50);
  open(20'000);
  archive_->clean();
  EXPECT_EQ(recordings(), 19U);
  EXPECT_TRUE(archive_->volumes()[0].below_minimum);
  const auto deleted = catalog_->deletions("door", {0}, {INT64_MAX}).value();
  ASSERT_EQ(deleted.size(), 31U);
  EXPECT_TRUE(deleted[0].below_minimum);
  EXPECT_EQ(deleted[0].reason, DeletionReason::kQuota);
}

TEST_F(PolicyTest, the_reserve_alone_does_not_break_a_minimum) {
  keep("door", {.min_age_us = 100 * kHourUs});
  open_volumes({{"/video", std::nullopt, int64_t{200} << 20}});
  add_files(50);
  files_.set_capacity(files_.used_bytes() + (uint64_t{100} << 20));  // within the reserve
  archive_->clean();
  EXPECT_EQ(recordings(), 50U);
  files_.set_capacity(files_.used_bytes() + (uint64_t{64} << 20) - 5000);
  archive_->clean();
  EXPECT_EQ(recordings(), 45U);
}

TEST_F(PolicyTest, at_least_wins_over_at_most_in_bytes) {
  keep("door", {.max_bytes = 10'000, .min_age_us = 30 * kHourUs});
  open();
  add_files(50);
  archive_->clean();
  EXPECT_EQ(recordings(), 30U);
}

TEST_F(PolicyTest, a_camera_that_was_removed_gives_way_like_any_other) {
  add_camera("yard");
  open();
  add_both(20);
  ASSERT_TRUE(config_->remove_camera("yard"));
  keep("door", {.min_age_us = 30 * kHourUs});
  open(25'000);
  archive_->clean();
  EXPECT_EQ(recordings("/door/"), 20U);
  EXPECT_EQ(recordings("/yard/"), 4U);
}

TEST_F(PolicyTest, a_full_volume_sends_new_runs_to_another_before_a_minimum_is_broken) {
  keep("door", {.min_age_us = 100 * kHourUs});
  open();
  add_files(50);
  open_volumes({{"/video", 20'000, 0}, {"/more", 500'000, 0}});
  archive_->clean();
  EXPECT_EQ(recordings("/video/"), 50U);
  EXPECT_TRUE(archive_->volumes()[0].full);
  EXPECT_FALSE(archive_->volumes()[1].full);
  // Once the other one is full too there is nothing left but to break it.
  add_file("door", 1);
  ASSERT_TRUE(catalog_->flush());
  open_volumes({{"/video", 20'000, 0}, {"/more", 500, 0}});
  archive_->clean();
  EXPECT_FALSE(archive_->volumes()[0].full);
  EXPECT_EQ(recordings("/video/"), 19U);
}

TEST_F(PolicyTest, a_hold_outlasts_age_size_and_quota) {
  open();
  const int64_t begin = clock_.wall().us;
  add_files(50);
  ASSERT_TRUE(archive_->place_hold(hold(begin + 5 * kHourUs, begin + 8 * kHourUs)));
  keep("door", {.max_age_us = kHourUs});
  open(5'000);
  archive_->clean();
  archive_->clean();
  EXPECT_EQ(recordings(), 4U);  // 5, 6, 7 and the newest
  const auto oldest = catalog_->oldest_files("", "door", 9).value();
  EXPECT_EQ(oldest[0].file->seq, 5U);
  EXPECT_EQ(oldest[2].file->seq, 7U);
}

TEST_F(PolicyTest, lifting_a_hold_lets_go_what_it_kept) {
  open();
  const int64_t begin = clock_.wall().us;
  add_files(10);
  const Hold placed = hold(begin, begin + kHourUs);
  ASSERT_TRUE(archive_->place_hold(placed));
  keep("door", {.max_age_us = 1});
  archive_->clean();
  EXPECT_EQ(recordings(), 1U);
  EXPECT_EQ(archive_->lift_hold("0123").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(archive_->lift_hold(placed.id).value(), placed);
  archive_->clean();
  EXPECT_EQ(recordings(), 0U);
}

TEST_F(PolicyTest, a_quota_filled_by_holds_refuses_what_does_not_fit_and_says_why) {
  open();
  const int64_t begin = clock_.wall().us;
  add_files(20);
  ASSERT_TRUE(archive_->place_hold(hold(begin, begin + 100 * kHourUs)));
  open(10'000);
  archive_->clean();
  EXPECT_EQ(recordings(), 20U);
  ASSERT_TRUE(archive_->volumes()[0].problem);
  EXPECT_NE(archive_->volumes()[0].problem->what.find("lift a hold"), std::string::npos);
  EXPECT_FALSE(archive_->begin_run({.camera = "door"}));
}

TEST_F(PolicyTest, a_dry_run_names_the_files_of_tomorrow_and_deletes_nothing) {
  keep("door", {.max_age_us = 40 * kHourUs});
  open();
  add_files(40);
  EXPECT_TRUE(archive_->plan({})->deletions.empty());
  const auto tomorrow = archive_->plan({.ahead = hours(10)}).value().deletions;
  ASSERT_EQ(tomorrow.size(), 10U);
  EXPECT_EQ(tomorrow[0].reason, DeletionReason::kMaxAge);
  EXPECT_EQ(tomorrow[0].file.file->seq, 0U);
  EXPECT_EQ(recordings(), 40U);
  EXPECT_EQ(listed(), 40U);
}

TEST_F(PolicyTest, the_report_says_what_each_camera_keeps_and_will_keep) {
  keep("door", {.min_age_us = 60 * kHourUs});
  open();
  add_files(40);
  open(50'000);
  const auto report = archive_->storage().value();
  ASSERT_EQ(report.cameras.size(), 1U);
  EXPECT_EQ(report.cameras[0].bytes, 40'000);
  EXPECT_EQ(report.cameras[0].forecast.asked_us, 60 * kHourUs);
  // 1000 bytes an hour into 50 000.
  EXPECT_NEAR(static_cast<double>(*report.cameras[0].forecast.keeps_us) / kHourUs, 50, 3);
}

struct LeapRow {
  const char* what;
  Duration leap;
};

TEST_F(PolicyTest, a_clock_that_leaps_makes_nothing_old) {
  const LeapRow rows[] = {{"a year on", hours(24 * 365)},
                          {"ten years on", hours(24 * 3650)},
                          {"ten years back", -hours(24 * 3650)},
                          {"to 1970", -std::chrono::microseconds(clock_.wall().us)}};
  keep("door", {.max_age_us = 10 * kDayUs});
  open();
  add_files(40);
  archive_->clean();
  for (const LeapRow& row : rows) {
    clock_.step_wall(row.leap);
    archive_->clean();
    clock_.advance(hours(2));
    archive_->clean();
    EXPECT_EQ(recordings(), 40U) << row.what;
    restart();
    archive_->clean();
    EXPECT_EQ(recordings(), 40U) << row.what << ", after a restart";
    clock_.step_wall(-row.leap);
    archive_->clean();
    EXPECT_EQ(recordings(), 40U) << row.what << " and back";
  }
}

TEST_F(PolicyTest, a_clock_that_stays_where_it_leapt_is_believed_after_a_day) {
  keep("door", {.max_age_us = 10 * kDayUs});
  open();
  add_files(40);
  archive_->clean();
  clock_.step_wall(hours(24 * 30));
  archive_->clean();
  EXPECT_EQ(recordings(), 40U);
  clock_.advance(hours(25));
  archive_->clean();
  EXPECT_EQ(recordings(), 0U);
}

TEST(Forecast, says_when_a_volume_is_full_and_how_far_each_camera_will_reach) {
  const double rate = 1e9 / static_cast<double>(kDayUs);  // 1 GB a day
  const auto result = forecast({{"a", {.max_age_us = 14 * kDayUs}, 0, 0, rate},
                                {"b", {.min_age_us = 14 * kDayUs}, 0, 0, rate},
                                {"c", {}, 0, 0, 0}},
                               {{"v", 22'000'000'000, 4'000'000'000, 2 * rate}});
  EXPECT_NEAR(static_cast<double>(*result.volumes[0].full_in_us) / kDayUs, 9, 0.01);
  // Room for 22 camera-days: a reaches as far above 0 as b above 14 days.
  EXPECT_NEAR(static_cast<double>(*result.cameras[0].keeps_us) / kDayUs, 4, 0.01);
  EXPECT_NEAR(static_cast<double>(*result.cameras[1].keeps_us) / kDayUs, 18, 0.01);
  EXPECT_EQ(result.cameras[0].asked_us, 14 * kDayUs);
  EXPECT_FALSE(result.cameras[2].keeps_us);
  EXPECT_FALSE(result.cameras[2].asked_us);
}

TEST(Forecast, never_full_when_all_that_is_asked_for_fits) {
  const double rate = 1e9 / static_cast<double>(kDayUs);
  const auto result = forecast({{"a", {.max_age_us = 14 * kDayUs}, 0, 0, rate}},
                               {{"v", 20'000'000'000, 1'000'000'000, rate}});
  EXPECT_FALSE(result.volumes[0].full_in_us);
  EXPECT_EQ(result.volumes[0].outlook, Outlook::kNever);
  EXPECT_EQ(result.cameras[0].keeps_us, 14 * kDayUs);
}

TEST(Forecast, says_nothing_of_a_rate_that_is_not_known_yet) {
  const double rate = 1e9 / static_cast<double>(kDayUs);
  // A camera without a rate seems to need no room: that is not "never".
  const ForecastCamera young{"a", {}, 1000, 0, 0};
  const auto result = forecast(
      {young}, {{"v", 20'000'000'000, 1'000, rate, false}, {"w", 20'000'000'000, 0, 0, true}});
  EXPECT_EQ(result.volumes[0], (Forecast::Volume{"v", Outlook::kUnknown, {}}));
  EXPECT_EQ(result.volumes[1], (Forecast::Volume{"w", Outlook::kIdle, {}}));
}

TEST_F(PolicyTest, the_first_seconds_tell_no_rate) {
  open();
  add_file("door");
  archive_->step();
  EXPECT_EQ(archive_->storage()->volumes[0].outlook, Outlook::kUnknown);
  clock_.advance(std::chrono::seconds(11));
  archive_->step();
  EXPECT_EQ(archive_->storage()->volumes[0].outlook, Outlook::kIdle) << "nothing was written";
}

TEST(Forecast, held_recordings_take_room_from_the_others) {
  const double rate = 1e9 / static_cast<double>(kDayUs);
  const auto result =
      forecast({{"a", {.min_age_us = 14 * kDayUs}, 12'000'000'000, 3'000'000'000, rate}},
               {{"v", 14'000'000'000, 14'000'000'000, rate}});
  EXPECT_EQ(result.volumes[0].full_in_us, 0);
  EXPECT_EQ(result.volumes[0].outlook, Outlook::kFull);
  EXPECT_NEAR(static_cast<double>(*result.cameras[0].keeps_us) / kDayUs, 11, 0.01);
}

TEST(CheckRetention, refuses_what_contradicts_itself) {
  EXPECT_TRUE(check_retention({}));
  EXPECT_TRUE(check_retention({.max_age_us = 5, .min_age_us = 5}));
  EXPECT_FALSE(check_retention({.max_age_us = 0}));
  EXPECT_FALSE(check_retention({.min_bytes = -1}));
  EXPECT_FALSE(check_retention({.max_age_us = 5, .min_age_us = 6}));
  EXPECT_FALSE(check_retention({.max_bytes = 5, .min_bytes = 6}));
}

}  // namespace
}  // namespace vedette::store
