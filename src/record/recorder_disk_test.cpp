// SPDX-License-Identifier: Apache-2.0
// The recorder over a disk that is full, slow, unplugged or fails, and over the death of its
// process.
#include <functional>

#include "record/recording_fixture.h"

namespace vedette::record {
namespace {

using stream::BreakCause;

TEST_F(Recording, every_run_that_ended_while_the_disk_stalled_is_accounted_for_when_it_fails) {
  constexpr int kRuns = 40;
  for (int i = 0; i < kRuns; ++i) {
    for (const char letter : std::string("IPPPPPI")) frame(letter);
    recorder_->on_break({BreakCause::kStalled, "", clock_.wall()});
    dts_ = 90'000;
  }
  files_->inject({.op = fs::Op::kSyncAll, .for_good = true});
  files_->inject({.op = fs::Op::kSync, .for_good = true});
  settle();
  files_->clear_faults();
  for (int i = 0; i < 10; ++i) settle();
  EXPECT_TRUE(fragments().empty());
  std::vector<store::Gap> known = gaps();
  std::sort(known.begin(), known.end(),
            [](const auto& a, const auto& b) { return a.start < b.start; });
  ASSERT_FALSE(known.empty());
  WallTime end = known.front().start;
  for (const store::Gap& gap : known) {
    EXPECT_LE(gap.start.us, end.us + 100'000);
    end = std::max(end, gap.end.value_or(clock_.wall()));
  }
  EXPECT_GE(end, clock_.wall());
}

TEST_F(Recording, what_fails_after_the_recorder_has_gone_is_a_gap_all_the_same) {
  feed_seconds(3);
  settle();
  feed("IPPPPPPPPPPPPPP");
  files_->inject({.op = fs::Op::kWrite, .for_good = true, .path_part = ".mp4"});
  recorder_.reset();  // hands over what it has, and cannot hear what becomes of it
  archive_.reset();
  const int64_t recorded = fragments().back().end_us();
  ASSERT_LT(recorded, clock_.wall().us - 900'000) << "the last GOP was to fail";
  int64_t explained = recorded;
  for (const store::Gap& gap : gaps())
    if (gap.start.us <= explained)
      explained = gap.end ? std::max(explained, gap.end->us) : INT64_MAX;
  EXPECT_EQ(explained, INT64_MAX) << "nothing is missing without a word";
}

TEST_F(Recording, what_is_written_after_the_recorder_has_gone_is_no_gap) {
  feed_seconds(3);
  recorder_.reset();
  archive_.reset();
  EXPECT_EQ(causes(), (std::vector<std::string>{"starting", "stopped…"}));
}

TEST_F(Recording, disk_full_is_a_gap_and_recording_resumes_when_there_is_room) {
  feed_seconds(3);
  files_->set_capacity(files_->used_bytes());
  feed_seconds(3);
  settle();
  EXPECT_EQ(causes().back(), "disk_full…");
  files_->set_capacity(uint64_t{1} << 40);
  settle();
  settle();
  settle();
  feed_seconds(3);
  settle();
  EXPECT_EQ(causes(), (std::vector<std::string>{"starting", "disk_full"}));
  EXPECT_EQ(gaps()[1].end->us, fragments().back().file->start_us);
}

TEST_F(Recording, a_disk_that_ran_full_without_a_reserve_is_recorded_to_again) {
  store::Camera camera;
  camera.id = camera.name = "door";
  camera.main_url = "rtsp://camera/main";
  ASSERT_TRUE(config_->add_camera(camera));
  ASSERT_TRUE(config_->put_volume({kVolume, std::nullopt, 0}));
  ASSERT_TRUE(archive_->follow_configuration());
  const Bytes other(4 << 20);
  const ByteSpan part = other;
  ASSERT_TRUE((*files_->create("/video/other"))->write_at(0, std::span(&part, 1)));
  for (int i = 0; i < 30; ++i) {
    feed_seconds(2);
    recorder_->on_break({BreakCause::kStalled, "", clock_.wall()});
    settle();
  }
  ASSERT_TRUE(catalog_->flush());
  archive_->clean();
  const size_t before = recordings().size();
  files_->set_capacity(files_->used_bytes());
  for (int i = 0; i < 60; ++i) {  // until nothing is written to it any more, by any measure
    feed_seconds(2);
    settle();
  }
  ASSERT_EQ(causes().back(), "disk_full…");
  archive_->clean();
  EXPECT_LT(recordings().size(), before);
  EXPECT_GT(recordings().size(), before / 2) << "no more goes than is needed";
  for (int i = 0; i < 10; ++i) {
    archive_->clean();
    settle();
    feed_seconds(2);
  }
  EXPECT_EQ(causes().back(), "disk_full");
  EXPECT_GT(fragments().back().end_us(), clock_.wall().us - 10'000'000);
}

TEST_F(Recording, a_failed_sync_closes_the_file_and_is_never_tried_again_on_it) {
  feed_seconds(2);
  settle();
  const size_t before = fragments().size();
  const std::string file = fragments()[0].file->path();
  files_->inject({.op = fs::Op::kSync, .path_part = ".mp4"});
  feed_seconds(2);
  const int syncs = files_->count(fs::Op::kSync);
  feed_seconds(3);
  settle();
  EXPECT_GT(files_->count(fs::Op::kSync), syncs);
  ASSERT_GT(fragments().size(), before);
  EXPECT_EQ(fragments()[before - 1].file->path(), file);
  EXPECT_NE(fragments()[before].file->path(), file);
  ASSERT_EQ(causes(), (std::vector<std::string>{"starting", "sync_failed"}));
  EXPECT_EQ(gaps()[1].start.us, fragments()[before - 1].end_us());
  EXPECT_EQ(gaps()[1].end->us, fragments()[before].entry.start_us);
}

TEST_F(Recording, a_file_that_cannot_be_written_leaves_other_cameras_alone) {
  Recorder yard(*archive_, clock_, RecorderOptions{.camera = "yard"});
  struct Row {
    const char* name;
    std::function<void()> spoil;
    const char* cause;
  };
  const Row rows[] = {
      {"its writes fail",
       [&] { files_->inject({.op = fs::Op::kWrite, .for_good = true, .path_part = "/door/"}); },
       "write_failed"},
      {"its parameters cannot be written down",
       [&] {
         auto bad = *video_track();
         bad.decoder_config.clear();
         video_ = std::make_shared<const media::TrackInfo>(bad);
       },
       "bad_stream"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    row.spoil();
    for (int i = 0; i < 45; ++i) {
      auto au = std::make_shared<media::AccessUnit>();
      au->track = video_track();
      au->dts = au->pts = dts_;
      au->utc = clock_.wall();
      au->random_access = i % 15 == 0;
      au->data = Bytes(100, 'y');
      yard.on_access_unit(au);
      feed(i % 15 == 0 ? "I" : "P");
      yard.on_tick(clock_.mono());
    }
    settle();
    EXPECT_EQ(causes().back(), std::string(row.cause) + "…");
    EXPECT_FALSE(yard.status().gap);
    files_->clear_faults();
    video_ = video_track();
    recorder_->on_break({BreakCause::kStalled, "", clock_.wall()});
    yard.on_break({BreakCause::kStalled, "", clock_.wall()});
    for (int i = 0; i < 5; ++i) settle();
  }
  const auto gaps = catalog_->gaps("yard", {0}, {INT64_MAX});
  ASSERT_TRUE(gaps);
  for (const store::Gap& gap : *gaps)
    EXPECT_TRUE(gap.cause == "starting" || gap.cause == "stalled") << gap.cause;
  for (const std::string& path : recordings()) EXPECT_GT(files_->content(path).size(), 13'500U);
}

TEST_F(Recording, an_unplugged_volume_is_a_gap_and_not_written_to) {
  feed_seconds(2);
  files_->unplug(kVolume);
  feed_seconds(8);
  settle();
  EXPECT_FALSE(recorder_->status().recording);
  ASSERT_TRUE(archive_->volumes()[0].problem);
  EXPECT_NE(archive_->volumes()[0].problem->what.find("missing"), std::string::npos);
  files_->plug_in(kVolume);
  for (int i = 0; i < 5; ++i) settle();
  feed_seconds(2);
  settle();
  EXPECT_TRUE(recorder_->status().recording);
  EXPECT_FALSE(recorder_->status().gap);
}

TEST_F(Recording, a_slow_disk_drops_whole_gops_and_says_overload) {
  recorder_.reset();
  archive_.reset();
  options_.queue_bytes = 10'000;  // five GOPs
  start();
  for (int i = 0; i < 8; ++i)
    for (const char letter : std::string("IPPPPPPPPPPPPPP")) frame(letter);  // nobody writes
  archive_->step();
  EXPECT_GT(archive_->volumes()[0].dropped_fragments, 0U);
  feed_seconds(3);
  settle();
  const auto all = causes();
  EXPECT_NE(std::find(all.begin(), all.end(), "overload"), all.end());
  EXPECT_FALSE(recorder_->status().gap);
  for (const std::string& path : recordings()) EXPECT_FALSE(files_->content(path).empty());
}

TEST_F(Recording, a_disk_that_takes_nothing_raises_the_alarm_though_pictures_come) {
  feed_seconds(3);
  settle();
  const auto before = gaps().size();
  for (int i = 0; i < 32; ++i) {  // as feed(), but the I/O thread hangs
    for (const char letter : std::string("IPPPPPPPPPPPPPP")) frame(letter);
    recorder_->on_tick(clock_.mono());
  }
  ASSERT_TRUE(recorder_->status().alarm);
  ASSERT_EQ(gaps().size(), before + 1);
  EXPECT_EQ(gaps().back().cause, "disk_stalled");
  EXPECT_FALSE(gaps().back().end);
  archive_->step();
  settle();
  EXPECT_FALSE(recorder_->status().alarm);
  EXPECT_EQ(gaps().back().end, gaps().back().start) << "nothing was lost in the end";
}

TEST_F(Recording, a_run_moves_from_a_full_volume_to_another_without_losing_a_picture) {
  recorder_.reset();
  archive_.reset();
  store::ArchiveOptions options = options_;
  options.volumes = {{kVolume, 200'000, 0}, {"/more", std::nullopt, 0}};
  options.threads = false;
  archive_ = store::Archive::open({*files_, clock_, *config_, *catalog_}, options).value();
  recorder_ = std::make_unique<Recorder>(*archive_, clock_, RecorderOptions{.camera = "door"});
  for (int i = 0; i < 200; ++i) {
    feed_seconds(1);
    settle();
    archive_->clean();
  }
  const auto all = fragments();
  const auto status = archive_->volumes();
  EXPECT_GT(status[1].written_fragments, 20U);
  EXPECT_LE(status[0].used_bytes, 204'000);
  EXPECT_EQ(causes(), (std::vector<std::string>{"starting", "starting"})) << "one per recorder";
}

TEST_F(Recording, kill_minus_nine_loses_no_committed_fragment) {
  feed_seconds(20);
  settle();
  const auto before = fragments();
  (void)catalog_->flush();
  feed_seconds(5);  // synced or not: the catalog has not heard of these
  archive_->step();
  kill();
  clock_.advance(std::chrono::seconds(30));
  start();
  EXPECT_GE(fragments().size(), before.size() + 4);
  for (const std::string& path : recordings()) expect_whole(files_->content(path));
  const auto all = causes();
  EXPECT_NE(std::find(all.begin(), all.end(), "restart"), all.end());
}

TEST_F(Recording, a_power_cut_loses_only_what_no_sync_covered) {
  feed_seconds(20);
  settle();
  const auto before = fragments();
  feed_seconds(1);
  kill();
  files_->power_cut();
  start();
  EXPECT_GE(fragments().size(), before.size());
  for (const std::string& path : recordings()) expect_whole(files_->content(path));
}

TEST_F(Recording, a_file_the_catalog_never_heard_of_is_found_after_a_crash) {
  feed_seconds(3);
  settle();
  ASSERT_EQ(fragments().size(), 2U);
  kill();  // before the catalog writer ran once
  start();
  EXPECT_EQ(fragments().size(), 2U);
}

}  // namespace
}  // namespace vedette::record
