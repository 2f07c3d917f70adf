// SPDX-License-Identifier: Apache-2.0
// The recorder of a camera that is recorded at some hours only.
#include "record/recording_fixture.h"
#include "store/schedule.h"

namespace vedette::record {
namespace {

using stream::BreakCause;

LocalTime in_utc(WallTime at) {
  const int64_t minutes = at.us / 60'000'000;
  return {static_cast<int>((minutes / 1440 + 3) % 7), static_cast<int>(minutes % 1440)};
}

/// The clock starts on a Tuesday at 22:13:20.
class Scheduled : public Recording {
 protected:
  void record_at(const std::string& line) {
    recorder_.reset();
    clock_.advance(std::chrono::seconds(1));  // the gap of that one began before
    recorder_options_.when.hours = {store::parse_schedule_line(line).value()};
    recorder_options_.zone = &in_utc;
    recorder_ = std::make_unique<Recorder>(*archive_, clock_, recorder_options_);
  }
  static WallTime at(const std::string& time) {
    return parse_time("2023-11-14T" + time + "Z").value();
  }
};

TEST_F(Scheduled, outside_its_hours_nothing_is_recorded_missed_or_alarmed) {
  record_at("tue 22:14-22:15");
  feed_seconds(33);
  settle();
  EXPECT_TRUE(fragments().empty());
  EXPECT_FALSE(recorder_->status().alarm) << "nobody waits for a recording";
  EXPECT_EQ(recorder_->status().lost_frames, 0U);
  feed_seconds(90);
  settle();
  const auto stored = fragments();
  ASSERT_FALSE(stored.empty());
  const Duration second = std::chrono::seconds(1);
  EXPECT_LE(stored.front().entry.start_us, at("22:14:00").us) << "its first second is there";
  EXPECT_GT(stored.front().entry.start_us, (at("22:14:00") - 2 * second).us);
  EXPECT_GE(stored.back().end_us(), at("22:15:00").us) << "and its last";
  EXPECT_LT(stored.back().end_us(), (at("22:15:00") + second).us);
  auto pauses = gaps();
  std::erase_if(pauses, [](const store::Gap& gap) { return gap.cause != store::kNotScheduled; });
  ASSERT_EQ(pauses.size(), 2U);
  EXPECT_EQ(pauses.size() + 1, gaps().size())
      << "the fixture's own recorder left one, and that is all";
  EXPECT_EQ(pauses[0].end->us, stored.front().entry.start_us);
  EXPECT_EQ(pauses[1].start.us, stored.back().end_us());
  EXPECT_FALSE(pauses[1].end);
  EXPECT_FALSE(recorder_->status().recording);
}

TEST_F(Scheduled, a_camera_that_is_down_is_missed_only_within_its_hours) {
  record_at("tue 22:14-22:16");
  feed_seconds(2);
  recorder_->on_break({BreakCause::kUnreachable, "No route to host.", clock_.wall()});
  const auto pass = [&](int count) {
    for (int i = 0; i < count; ++i) {
      clock_.advance(std::chrono::seconds(1));
      recorder_->on_tick(clock_.mono());
    }
    archive_->step();
  };
  pass(30);
  EXPECT_EQ(gaps().back().cause, store::kNotScheduled);
  pass(30);
  ASSERT_EQ(gaps().back().cause, "unreachable");
  EXPECT_LT(std::abs((gaps().back().start - at("22:14:00")).count()), 1'000'000);
  EXPECT_FALSE(recorder_->status().alarm) << "30 s of silence count from where the hours begin";
  pass(20);
  EXPECT_TRUE(recorder_->status().alarm);
  pass(100);
  EXPECT_EQ(gaps().back().cause, store::kNotScheduled);
  EXPECT_FALSE(recorder_->status().alarm);
}

TEST_F(Scheduled, without_pictures_at_the_begin_it_is_waited_for_a_key_frame) {
  record_at("tue 22:14-22:16");
  for (int i = 0; i < 45 * 15; ++i) feed("P");
  EXPECT_EQ(gaps().back().cause, "waiting_for_key_frame");
  EXPECT_LT(std::abs((gaps().back().start - at("22:14:00")).count()), 1'000'000);
  feed_seconds(3);
  settle();
  EXPECT_EQ(gaps().back().end->us, fragments().front().entry.start_us);
}

TEST_F(Scheduled, is_switched_off_and_on_while_it_runs) {
  feed_seconds(3);
  store::WhenToRecord off;
  off.on = false;
  recorder_->set_when(off);
  feed_seconds(4);
  settle();
  EXPECT_FALSE(recorder_->status().recording);
  ASSERT_EQ(gaps().back().cause, store::kNotScheduled);
  EXPECT_EQ(gaps().back().detail, "Recording of this camera is switched off.");
  const size_t kept = fragments().size();
  EXPECT_EQ(gaps().back().start.us, fragments().back().end_us()) << "up to the moment";
  recorder_->set_when({});
  feed_seconds(4);
  settle();
  EXPECT_TRUE(recorder_->status().recording);
  EXPECT_GT(fragments().size(), kept);
  EXPECT_EQ(gaps().back().end->us, fragments()[kept].entry.start_us);
  EXPECT_EQ(recorder_->status().lost_frames, 0U);
}

}  // namespace
}  // namespace vedette::record
