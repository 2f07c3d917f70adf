// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mp4/reader.h"
#include "mp4/test_tracks.h"
#include "playback/exporter.h"
#include "playback/fake_archive.h"

namespace vedette::playback {
namespace {

constexpr int64_t kStart = 1'795'356'207'000'000;
constexpr int64_t kSecond = 1'000'000;

class ExportTest : public testing::Test {
 protected:
  void SetUp() override { (void)disk_.make_dirs("/out"); }

  /// `count` fragments of one second from `start_s` on, in one run.
  void record(const std::string& run, int start_s, int count,
              const media::TrackInfoPtr& track = mp4::h264_track()) {
    FileMaker file(archive_, run, {track});
    for (int i = 0; i < count; ++i) {
      FileMaker::Piece piece;
      piece.start_us = kStart + (start_s + i) * kSecond;
      piece.media_time = int64_t{i} * 90'000;
      piece.video = {{1000, 90'000, 0, true}};
      file.add(piece);
    }
    file.write();
  }
  static ExportRequest request(int from_s, int to_s) {
    ExportRequest wanted;
    wanted.range.camera = "door";
    wanted.range.from = WallTime{kStart + from_s * kSecond};
    wanted.range.to = WallTime{kStart + to_s * kSecond};
    return wanted;
  }
  Result<void> make(const ExportRequest& wanted, const std::string& path = "/out/a.mp4") {
    const Exporter exporter({archive_, disk_, clock_});
    return exporter.make(wanted, path, control_);
  }
  static void expect_error(const Result<void>& result, ErrorCode code, const std::string& words) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
    EXPECT_NE(result.error().message().find(words), std::string::npos) << result.error().message();
  }

  FakeArchive archive_;
  fs::FakeFileSystem disk_;
  FakeClock clock_{WallTime{kStart}};
  ExportControl control_;
};

TEST_F(ExportTest, holds_exactly_the_covering_fragments) {
  record("aa", 0, 5);
  ASSERT_TRUE(make(request(1, 3)));
  const Bytes bytes = disk_.content("/out/a.mp4");
  const auto movie = mp4::read_movie(mp4::MemorySource(bytes)).value();
  const auto scan = mp4::scan_fragments(mp4::MemorySource(bytes), movie.init_end);
  EXPECT_EQ(scan.fragments.size(), 2U);
  EXPECT_EQ(scan.stop, mp4::ScanStop::kEndOfFile);
  EXPECT_EQ(control_.done_bytes(), control_.total_bytes());
  EXPECT_EQ(disk_.all_files(), std::vector<std::string>{"/out/a.mp4"});
}

TEST_F(ExportTest, of_an_unrecorded_time_names_the_nearest_moments) {
  record("aa", 0, 1);
  archive_.span_list = {{WallTime{kStart}, WallTime{kStart + kSecond}, media::StreamKind::kMain}};
  expect_error(make(request(100, 200)), ErrorCode::kNotFound, to_rfc3339({kStart + kSecond}));
  archive_.span_list[0].kind = media::StreamKind::kSub;
  expect_error(make(request(100, 200)), ErrorCode::kNotFound,
               "no recording of the main stream of camera \"door\"");
  archive_.span_list.clear();
  expect_error(make(request(100, 200)), ErrorCode::kNotFound, "no recording of camera \"door\"");
  EXPECT_TRUE(disk_.all_files().empty());
}

TEST_F(ExportTest, joins_runs_but_not_two_picture_formats) {
  record("aa", 0, 2);
  record("bb", 4, 2);
  ASSERT_TRUE(make(request(0, 10)));
  record("cc", 8, 2, mp4::h265_track());
  expect_error(make(request(0, 10), "/out/b.mp4"), ErrorCode::kFailedPrecondition,
               "format changes");
  const auto plan = plan_export(archive_, request(0, 10).range).value();
  ASSERT_EQ(plan.videos.size(), 2U);
  EXPECT_EQ(plan.videos[0]->fragment_count(), 4U);
  EXPECT_EQ(plan.originals.size(), 3U);
}

TEST_F(ExportTest, replaces_no_file) {
  record("aa", 0, 2);
  ASSERT_TRUE(make(request(0, 2)));
  expect_error(make(request(0, 1)), ErrorCode::kFailedPrecondition, "/out/a.mp4 is there already");
  expect_error(make(request(0, 1), "/nowhere/a.mp4"), ErrorCode::kNotFound, "/nowhere");
}

TEST_F(ExportTest, onto_a_full_disk_leaves_nothing) {
  record("aa", 0, 5);
  disk_.set_capacity(3000);
  expect_error(make(request(0, 5)), ErrorCode::kResourceExhausted, "free some");
  disk_.set_capacity(uint64_t{1} << 40);
  disk_.inject({fs::Op::kWrite, 1, false, ErrorCode::kResourceExhausted, ".part"});
  expect_error(make(request(0, 5)), ErrorCode::kResourceExhausted, "is full");
  EXPECT_TRUE(disk_.all_files().empty());
}

TEST_F(ExportTest, asks_for_room_for_what_it_copies_before_anything_is_written) {
  record("aa", 0, 5);
  ExporterParts parts{archive_, disk_, clock_};
  parts.room = [](const ExportRange& range, const std::string& folder,
                  uint64_t bytes) -> Result<void> {
    EXPECT_EQ(range.camera, "door");
    EXPECT_EQ(range.from, WallTime{kStart + kSecond});
    EXPECT_EQ(folder, "/out");
    EXPECT_GT(bytes, uint64_t{16} << 20);
    return make_error(ErrorCode::kResourceExhausted, "recording keeps it");
  };
  const Exporter exporter(std::move(parts));
  expect_error(exporter.make(request(1, 3), "/out/a.mp4", control_), ErrorCode::kResourceExhausted,
               "recording keeps it");
  EXPECT_TRUE(disk_.all_files().empty());
}

TEST_F(ExportTest, that_fails_anywhere_leaves_nothing) {
  record("aa", 0, 5);
  for (const fs::Op op : {fs::Op::kCreate, fs::Op::kWrite, fs::Op::kSync, fs::Op::kRename}) {
    disk_.clear_faults();
    disk_.inject({op, 1, true, ErrorCode::kUnavailable, "/out"});
    EXPECT_FALSE(make(request(0, 5)));
    EXPECT_TRUE(disk_.all_files().empty()) << static_cast<int>(op);
  }
}

TEST_F(ExportTest, that_is_cancelled_leaves_nothing) {
  record("aa", 0, 5);
  control_.cancel();
  expect_error(make(request(0, 5)), ErrorCode::kCancelled, "cancelled");
  EXPECT_TRUE(disk_.all_files().empty());
}

TEST_F(ExportTest, refuses_a_range_without_end_or_of_a_month) {
  expect_error(make(request(3, 3)), ErrorCode::kInvalidArgument, "later");
  expect_error(make(request(0, 30 * 24 * 3600)), ErrorCode::kInvalidArgument, "7 days");
}

class JobsTest : public testing::Test {
 protected:
  JobsTest() { (void)disk_.make_dirs("/data/exports"); }
  ExportJobs& jobs() {
    if (!jobs_) {
      ExportJobs::Options options;
      options.folder = "/data/exports";
      options.max_waiting = 2;
      options.threads = false;
      jobs_ = std::make_unique<ExportJobs>(
          disk_, clock_, options,
          [this](const ExportRequest&, const std::string& path,
                 ExportControl& control) -> Result<void> {
            made_.push_back(path);
            if (while_making_) while_making_();
            VEDETTE_ASSIGN(ExportFile file, ExportFile::create(disk_, path, control));
            VEDETTE_TRY(file.append(as_bytes("film")));
            return file.finish();
          });
    }
    return *jobs_;
  }

  fs::FakeFileSystem disk_;
  FakeClock clock_;
  std::vector<std::string> made_;
  std::function<void()> while_making_;
  std::unique_ptr<ExportJobs> jobs_;
};

TEST_F(JobsTest, are_made_in_the_order_they_came) {
  const std::string first = jobs().add({}).value().id;
  const std::string second = jobs().add({}).value().id;
  EXPECT_FALSE(jobs().add({})) << "only so many wait";
  EXPECT_TRUE(jobs().step());
  EXPECT_TRUE(jobs().step());
  EXPECT_FALSE(jobs().step());
  const std::string folder = "/data/exports/";
  EXPECT_EQ(made_, (std::vector{folder + first + ".mp4", folder + second + ".mp4"}));
  EXPECT_EQ(jobs().find(first).value().state, ExportState::kDone);
  EXPECT_EQ(jobs().find(first).value().size, 4U);
}

TEST_F(JobsTest, one_removed_while_it_runs_leaves_nothing) {
  const std::string id = jobs().add({}).value().id;
  while_making_ = [&] { EXPECT_TRUE(jobs().remove(id)); };
  jobs().step();
  EXPECT_FALSE(jobs().find(id));
  EXPECT_TRUE(disk_.all_files().empty());
}

TEST_F(JobsTest, one_that_runs_out_of_memory_fails_and_the_next_is_made) {
  const std::string first = jobs().add({}).value().id;
  const std::string second = jobs().add({}).value().id;
  while_making_ = [] { throw std::bad_alloc(); };
  EXPECT_TRUE(jobs().step());
  while_making_ = nullptr;
  EXPECT_TRUE(jobs().step());
  EXPECT_EQ(jobs().find(first).value().state, ExportState::kFailed);
  EXPECT_NE(jobs().find(first).value().error->what.find("log"), std::string::npos);
  EXPECT_EQ(jobs().find(second).value().state, ExportState::kDone);
}

TEST_F(JobsTest, one_whose_file_cannot_be_removed_can_be_removed_again) {
  const std::string id = jobs().add({}).value().id;
  jobs().step();
  disk_.inject({.op = fs::Op::kRemove});
  EXPECT_FALSE(jobs().remove(id));
  EXPECT_EQ(jobs().find(id).value().state, ExportState::kDone);
  EXPECT_TRUE(jobs().remove(id));
  EXPECT_FALSE(jobs().find(id));
  EXPECT_TRUE(disk_.all_files().empty());
}

TEST_F(JobsTest, go_with_their_files_after_a_day) {
  const std::string id = jobs().add({}).value().id;
  jobs().step();
  clock_.advance(std::chrono::hours(23));
  EXPECT_TRUE(jobs().find(id));
  clock_.advance(std::chrono::hours(2));
  EXPECT_FALSE(jobs().find(id));
  EXPECT_TRUE(disk_.all_files().empty());
}

TEST_F(JobsTest, a_clock_set_back_keeps_none_for_years) {
  const std::string id = jobs().add({}).value().id;
  jobs().step();
  clock_.step_wall(-std::chrono::hours(24 * 3650));
  EXPECT_FALSE(jobs().find(id));
}

TEST_F(JobsTest, what_a_restart_left_is_removed_and_nothing_else) {
  for (const char* name : {"0123456789abcdef.zip", "0123456789abcdef.mp4.12345678.part",
                           "holiday.mp4", "0123456789abcdef.txt"}) {
    (void)disk_.create(std::string("/data/exports/") + name);
  }
  jobs();
  EXPECT_EQ(disk_.all_files(), (std::vector<std::string>{"/data/exports/0123456789abcdef.txt",
                                                         "/data/exports/holiday.mp4"}));
}

}  // namespace
}  // namespace vedette::playback
