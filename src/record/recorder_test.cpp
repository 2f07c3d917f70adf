// SPDX-License-Identifier: Apache-2.0
// What the recorder makes of a stream: fragments, runs, gaps with their causes, the alarm.
#include "record/recorder.h"

#include "mp4/sample_index.h"
#include "record/recording_fixture.h"

namespace vedette::record {
namespace {

using stream::BreakCause;

// The worked example of docs/design/recording.md.
TEST_F(Recording, worked_example_two_gops_a_break_and_a_return) {
  const int64_t start = clock_.wall().us;
  feed(
      "IPPPPPPPPPPPPPP"
      "IPPPPPPPPPPPPPP");
  recorder_->on_break({BreakCause::kUnreachable, "No route to host.", clock_.wall()});
  clock_.advance(std::chrono::seconds(10));
  dts_ = 90'000;  // a new session counts from its own start
  feed(
      "IPPPPPPPPPPPPPP"
      "I");
  settle();

  const auto stored = fragments();
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[0].entry.start_us, start);
  EXPECT_EQ(stored[0].entry.sequence, 0U);
  EXPECT_EQ(stored[0].entry.media_time, 0);
  EXPECT_EQ(stored[0].entry.duration, 90'000U);
  EXPECT_EQ(stored[1].entry.sequence, 1U);
  EXPECT_EQ(stored[1].entry.media_time, 90'000);
  EXPECT_EQ(stored[1].entry.offset,
            stored[0].entry.offset + stored[0].entry.size + stored[1].entry.record_size);
  EXPECT_EQ(stored[2].entry.sequence, 0U);
  EXPECT_EQ(stored[2].entry.media_time, 0);
  EXPECT_NE(stored[2].file->run, stored[1].file->run);

  EXPECT_EQ(causes(), (std::vector<std::string>{"starting", "unreachable"}));
  EXPECT_EQ(gaps()[1].start.us, stored[1].end_us());
  EXPECT_EQ(gaps()[1].end->us, stored[2].entry.start_us);
  EXPECT_EQ(gaps()[1].detail, "No route to host.");

  const auto spans = catalog_->spans("door", {0}, {INT64_MAX}).value();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].start.us, start);
  EXPECT_EQ(spans[0].end.us, stored[1].end_us());
  EXPECT_EQ(spans[1].start.us, stored[2].entry.start_us);
}

TEST_F(Recording, fragments_follow_the_gops) {
  struct Row {
    const char* name;
    const char* pictures;
    std::vector<uint32_t> durations;  // in pictures
    uint64_t lost;
  };
  const Row rows[] = {
      {"one per GOP", "IPPPPPIPPPPPI", {6, 6}, 0},
      {"waits for the first random access unit", "PPPIPPPPPI", {6}, 3},
      {"a GOP longer than two seconds is cut",
       "IPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPI",
       {30, 11},
       0},
      {"all-intra pictures share a fragment", "IIIIIIII", {4}, 0},
      {"a loss drops to the next random access unit", "IPPPPPIPPxPPPPIPPPPPI", {6, 3, 6}, 5},
      {"a random access unit after a loss is clean", "IPPPPPXPPPPPI", {6, 6}, 0},
      {"a missing picture lengthens the one before it", "IPP.PPIPPPPPI", {6, 6}, 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    TearDown();
    files_ = std::make_unique<fs::FakeFileSystem>();
    dts_ = 90'000;
    SetUp();
    feed(row.pictures);
    settle();
    std::vector<uint32_t> durations;
    for (const store::FragmentRef& ref : fragments())
      durations.push_back(ref.entry.duration / static_cast<uint32_t>(kTick));
    EXPECT_EQ(durations, row.durations);
    EXPECT_EQ(recorder_->status().lost_frames, row.lost);
  }
}

TEST_F(Recording, a_long_gop_continues_in_a_fragment_that_says_so) {
  feed("IPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPI");
  settle();
  ASSERT_EQ(fragments().size(), 2U);
  EXPECT_TRUE(fragments()[0].entry.random_access);
  EXPECT_FALSE(fragments()[1].entry.random_access);
}

TEST_F(Recording, a_loss_is_a_gap_within_the_run_and_a_hole_in_the_spans) {
  feed("IPPPPPIPPxPPPPPPPPPPPPIPPPPPI");
  settle();
  ASSERT_EQ(causes(), (std::vector<std::string>{"starting", "loss"}));
  const auto stored = fragments();
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[1].file->run, stored[2].file->run);
  EXPECT_EQ(gaps()[1].start.us, stored[1].end_us());
  EXPECT_EQ(gaps()[1].end->us, stored[2].entry.start_us);
  const auto spans = catalog_->spans("door", {0}, {INT64_MAX}).value();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].end, gaps()[1].start);
  EXPECT_EQ(spans[1].start, *gaps()[1].end);
}

TEST_F(Recording, nothing_is_recorded_before_the_sync_that_covers_it) {
  feed("IPPPPPI");
  EXPECT_TRUE(fragments().empty());
  EXPECT_FALSE(recorder_->status().last_fragment);
  settle();
  EXPECT_EQ(fragments().size(), 1U);
  EXPECT_EQ(recorder_->status().last_fragment->us, fragments()[0].end_us());
}

TEST_F(Recording, changed_parameters_start_a_new_run_without_a_gap) {
  feed("IPPPPP");
  video_ = video_track(1280);
  feed("IPPPPPI");
  settle();
  ASSERT_EQ(fragments().size(), 2U);
  EXPECT_NE(fragments()[0].file->run, fragments()[1].file->run);
  EXPECT_LT(std::abs(fragments()[0].end_us() - fragments()[1].entry.start_us), 10);
  EXPECT_EQ(causes(), (std::vector<std::string>{"starting"}));
  EXPECT_EQ(catalog_->spans("door", {0}, {INT64_MAX})->size(), 1U);
}

TEST_F(Recording, changed_parameters_in_mid_gop_wait_for_a_random_access_unit) {
  feed("IPPPPP");
  video_ = video_track(1280);
  feed("PPPIPPPPPI");
  settle();
  EXPECT_EQ(causes(), (std::vector<std::string>{"starting", "waiting_for_key_frame"}));
  EXPECT_EQ(fragments().size(), 2U);
}

TEST_F(Recording, a_leap_of_the_decode_time_starts_a_new_run) {
  feed("IPPPPP");
  dts_ += 90'000 * 60;
  feed("IPPPPPI");
  dts_ = 0;  // and backwards
  feed("IPPPPPI");
  settle();
  ASSERT_EQ(fragments().size(), 4U);  // the lone I before the jump back is one of its own
  EXPECT_NE(fragments()[0].file->run, fragments()[1].file->run);
  EXPECT_EQ(causes()[1], "discontinuity");
}

TEST_F(Recording, a_camera_of_one_picture_in_three_seconds_is_recorded_from_its_second_gop_on) {
  for (const char letter : std::string("IPPPIPPPIPPPI")) {
    feed(std::string(1, letter));
    dts_ += 3 * 90'000 - kTick;
    clock_.advance(std::chrono::seconds(3));
  }
  settle();
  EXPECT_EQ(causes(), (std::vector<std::string>{"starting", "stalled"}));
  ASSERT_EQ(fragments().size(), 9U);  // the first picture, and each of the two whole GOPs
  for (size_t i = 1; i < 9; ++i) EXPECT_EQ(fragments()[i].entry.duration, 270'000U) << i;
}

TEST_F(Recording, each_pause_of_a_camera_that_is_not_slow_is_a_gap) {
  feed("IPPPPP");
  for (int i = 0; i < 2; ++i) {
    dts_ += 5 * 90'000;
    clock_.advance(std::chrono::seconds(5));
    feed("IPPPPP");
  }
  feed("I");
  settle();
  EXPECT_EQ(causes(), (std::vector<std::string>{"starting", "stalled", "stalled"}));
}

TEST_F(Recording, sound_is_recorded_up_to_the_end_of_the_pictures) {
  const auto track = audio_track();
  const auto sound = [&](int64_t dts) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = track;
    au->dts = au->pts = dts;
    au->utc = clock_.wall();
    au->random_access = true;
    au->data = Bytes(30, 'a');
    recorder_->on_access_unit(au);
  };
  for (int64_t dts = 0; dts < 4 * 16'000; dts += 1024) sound(dts);  // from one second before
  feed(
      "IPPPPPPPPPPPPPP"
      "IPPPPPPPPPPPPPP"
      "I");
  settle();
  ASSERT_EQ(fragments().size(), 2U);
  const Bytes file = files_->content(fragments()[0].file->path());
  const mp4::MemorySource source(file);
  const auto index = mp4::SampleIndex::build(source);
  ASSERT_TRUE(index) << index.error().message();
  ASSERT_NE(index->audio(), nullptr);
  const auto& samples = index->audio()->samples;
  ASSERT_EQ(samples.size(), 31U);  // those that begin in [1 s, 3 s)
  EXPECT_EQ(samples.front().dts, 16 * 1024 - 16'000);
  for (size_t i = 1; i < samples.size(); ++i) EXPECT_EQ(samples[i].dts - samples[i - 1].dts, 1024);
  EXPECT_EQ(index->video()->samples.size(), 30U);
}

TEST_F(Recording, files_rotate_and_each_is_whole_on_its_own) {
  feed_seconds(700);
  recorder_.reset();
  settle();
  EXPECT_GE(recordings().size(), 3U);
  for (const std::string& path : recordings()) {
    SCOPED_TRACE(path);
    const Bytes file = files_->content(path);
    expect_whole(file);
    const mp4::MemorySource source(file);
    const auto sidx = mp4::read_sidx(source, mp4::read_movie(source).value());
    ASSERT_TRUE(sidx);
    EXPECT_TRUE(sidx->has_value());
  }
  EXPECT_EQ(fragments().size(), 700U);
  EXPECT_EQ(causes().back(), "stopped…");
  EXPECT_EQ(catalog_->spans("door", {0}, {INT64_MAX})->size(), 1U);
}

TEST_F(Recording, a_camera_without_fragments_raises_the_alarm) {
  feed_seconds(2);
  settle();
  EXPECT_FALSE(recorder_->status().alarm);
  recorder_->on_break({BreakCause::kStalled, "Nothing arrives.", clock_.wall()});
  clock_.advance(std::chrono::seconds(31));
  recorder_->on_tick(clock_.mono());
  EXPECT_TRUE(recorder_->status().alarm);
  EXPECT_EQ(recorder_->status().gap->cause, "stalled");
}

TEST_F(Recording, a_gap_for_each_reason_in_turn_without_a_hole_between) {
  recorder_->on_break({BreakCause::kUnreachable, "No route.", clock_.wall()});
  clock_.advance(std::chrono::seconds(5));
  recorder_->on_break({BreakCause::kUnreachable, "No route.", clock_.wall()});
  clock_.advance(std::chrono::seconds(5));
  recorder_->on_break({BreakCause::kUnauthenticated, "Wrong password.", clock_.wall()});
  ASSERT_EQ(causes(), (std::vector<std::string>{"unreachable", "unauthenticated…"}));
  EXPECT_EQ(*gaps()[0].end, gaps()[1].start);
}

TEST_F(Recording, a_camera_silent_for_30_s_raises_an_alarm_that_its_gap_records) {
  feed_seconds(3);
  settle();
  EXPECT_FALSE(recorder_->status().alarm);
  recorder_->on_break({BreakCause::kUnreachable, "The camera does not answer.", clock_.wall()});
  for (int i = 0; i < 32; ++i) {
    clock_.advance(std::chrono::seconds(1));
    recorder_->on_tick(clock_.mono());
  }
  const auto status = recorder_->status();
  ASSERT_TRUE(status.alarm);
  EXPECT_EQ(status.silent_since, status.last_fragment);
  ASSERT_TRUE(gaps().back().alarm);
  EXPECT_EQ(gaps().back().cause, "unreachable");
  const WallTime raised = *gaps().back().alarm;
  feed_seconds(3);
  settle();
  EXPECT_FALSE(recorder_->status().alarm);
  EXPECT_EQ(gaps().back().alarm, raised) << "the ledger remembers it";
  EXPECT_TRUE(gaps().back().end);
}

}  // namespace
}  // namespace vedette::record
