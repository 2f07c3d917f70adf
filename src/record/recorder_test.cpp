// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.h"

#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include "base/id.h"
#include "evidence/chain.h"
#include "fs/fake_file_system.h"
#include "mp4/reader.h"
#include "mp4/sample_index.h"

namespace vedette::record {
namespace {

using stream::BreakCause;
using stream::StreamKind;

constexpr int64_t kTick = 6000;  // 15 pictures a second at 90 kHz
constexpr const char* kVolume = "/video";

media::TrackInfoPtr video_track(uint16_t width = 640) {
  media::TrackInfo track;
  track.codec = media::Codec::kH264;
  // avcC of a baseline 640x480 stream with one SPS and one PPS.
  track.decoder_config = {1,    0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 10, 0x67, 0x42, 0xc0, 0x1e, 0xd9,
                          0x01, 0x40, 0x7b, 0x20, 0x08, 1,    0, 4,  0x68, 0xcb, 0x83, 0xcb};
  track.rfc6381 = "avc1.42c01e";
  track.width = width;
  track.height = 480;
  track.fps = 15;
  return std::make_shared<const media::TrackInfo>(track);
}

media::TrackInfoPtr audio_track() {
  media::TrackInfo track;
  track.codec = media::Codec::kAac;
  track.timescale = 16000;
  track.sample_rate = 16000;
  track.channels = 1;
  track.decoder_config = {0x14, 0x08};
  track.rfc6381 = "mp4a.40.2";
  return std::make_shared<const media::TrackInfo>(track);
}

// Feeds a recorder over a whole archive on a disk in memory. Pictures are written as letters:
// I random access, P the rest, x a damaged P, X a damaged I, . a picture that never comes.
class Recording : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-record-" + random_id();
    std::filesystem::create_directory(dir_);
    config_ = store::ConfigStore::open(dir_ + "/config.db").value();
    start();
  }
  void TearDown() override {
    recorder_.reset();
    archive_.reset();
    catalog_.reset();
    dead_recorders_.clear();
    dead_archives_.clear();
    dead_catalogs_.clear();
    std::filesystem::remove_all(dir_);
  }
  void start() {
    catalog_ = store::Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    store::ArchiveOptions options = options_;
    options.volumes = {{kVolume, std::nullopt}};
    options.threads = false;
    archive_ = store::Archive::open({*files_, clock_, *config_, *catalog_}, options).value();
    recorder_ = std::make_unique<Recorder>(*archive_, clock_, recorder_options_);
  }
  // The process is gone: nothing is closed or flushed. What it held is only let go after the test.
  void kill() {
    dead_recorders_.push_back(std::move(recorder_));
    dead_archives_.push_back(std::move(archive_));
    dead_catalogs_.push_back(std::move(catalog_));
    files_->process_death();
  }
  void frame(char letter) {
    if (letter != '.') {
      auto au = std::make_shared<media::AccessUnit>();
      au->track = video_;
      au->dts = au->pts = dts_;
      au->utc = clock_.wall();
      au->random_access = letter == 'I' || letter == 'X';
      au->damaged = letter == 'x' || letter == 'X';
      au->data = Bytes(letter == 'I' ? 500 : 100, static_cast<uint8_t>(letter));
      recorder_->on_access_unit(au);
    }
    dts_ += kTick;
    clock_.advance(Duration(kTick * 1'000'000 / 90'000));
  }
  void feed(const std::string& letters) {
    for (const char letter : letters) {
      frame(letter);
      recorder_->on_tick(clock_.mono());
    }
    archive_->step();
  }
  // `count` GOPs of one second.
  void feed_seconds(int count) {
    for (int i = 0; i < count; ++i) feed("IPPPPPPPPPPPPPP");
  }
  void settle() {
    clock_.advance(std::chrono::seconds(2));
    archive_->step();
    if (recorder_) recorder_->on_tick(clock_.mono());
  }
  [[nodiscard]] std::vector<store::FragmentRef> fragments() const {
    return catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}}).value();
  }
  [[nodiscard]] std::vector<store::Gap> gaps() const {
    return catalog_->gaps("door", {0}, {INT64_MAX}).value();
  }
  [[nodiscard]] std::vector<std::string> causes() const {
    std::vector<std::string> all;
    for (const store::Gap& gap : gaps()) all.push_back(gap.cause + (gap.end ? "" : "…"));
    return all;
  }
  [[nodiscard]] std::vector<std::string> recordings() const {
    std::vector<std::string> all;
    for (const std::string& path : files_->all_files())
      if (path.size() > 4 && path.substr(path.size() - 4) == ".mp4") all.push_back(path);
    return all;
  }
  static void expect_whole(const Bytes& file) {
    const mp4::MemorySource source(file);
    const auto movie = mp4::read_movie(source);
    ASSERT_TRUE(movie) << movie.error().message();
    const mp4::Scan scan = mp4::scan_fragments(source, movie->init_end);
    EXPECT_EQ(scan.stop, mp4::ScanStop::kEndOfFile) << scan.why;
    std::vector<evidence::FragmentRecord> records;
    for (const mp4::ScannedFragment& at : scan.fragments) {
      const ByteSpan bytes(file);
      const auto record = evidence::decode(bytes.subspan(at.offset, at.record_size));
      ASSERT_TRUE(record) << record.error().message();
      EXPECT_TRUE(evidence::check_fragment(
          *record, bytes.subspan(at.moof_offset(), at.moof_size + at.mdat_size)));
      records.push_back(*record);
    }
    EXPECT_TRUE(evidence::check_chain(records, evidence::ChainBegin::kAnywhere).empty());
  }

  std::string dir_;
  FakeClock clock_;
  std::unique_ptr<fs::FakeFileSystem> files_ = std::make_unique<fs::FakeFileSystem>();
  store::ArchiveOptions options_;
  std::unique_ptr<store::ConfigStore> config_;
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::Archive> archive_;
  std::unique_ptr<Recorder> recorder_;
  std::vector<std::unique_ptr<store::Catalog>> dead_catalogs_;
  std::vector<std::unique_ptr<store::Archive>> dead_archives_;
  std::vector<std::unique_ptr<Recorder>> dead_recorders_;
  RecorderOptions recorder_options_{.camera = "door"};
  media::TrackInfoPtr video_ = video_track();
  int64_t dts_ = 90'000;
};

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
