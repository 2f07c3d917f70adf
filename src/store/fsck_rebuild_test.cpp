// SPDX-License-Identifier: Apache-2.0
// A catalog that was lost is made anew from the recording files and the ledger.
#include <SQLiteCpp/SQLiteCpp.h>

#include "store/fsck_fixture.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

TEST_F(FsckTest, a_rebuilt_catalog_is_the_one_that_was_deleted) {
  fill();
  const Contents before = contents();
  ASSERT_EQ(before.fragments.size(), 300U);
  lose_catalog();
  EXPECT_TRUE(contents().fragments.empty());
  EXPECT_EQ(kinds(check())[0], "other_catalog");
  EXPECT_EQ(check().count(FindingKind::kUnlistedFile), 10U);
  const FsckReport report = rebuild();
  EXPECT_EQ(kinds(report), Names{});
  EXPECT_EQ(report.restored_fragments, 300U);
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(kinds(check()), Names{});
  EXPECT_EQ(rebuild().restored_files, 0U);
}

TEST_F(FsckTest, retention_is_off_without_the_catalog_and_on_after_the_rebuild) {
  fill();
  lose_catalog();
  Camera camera{.id = "cam0", .name = "Zero", .main_url = "rtsp://camera/main"};
  camera.retention.max_age_us = 1;
  ASSERT_TRUE(config_->add_camera(camera));
  clock_.advance(std::chrono::hours(48));
  archive_->clean();
  ASSERT_TRUE(archive_->volumes()[0].cleaning_off);
  EXPECT_NE(archive_->volumes()[0].cleaning_off->what.find("fsck --rebuild"), std::string::npos);
  EXPECT_EQ(recordings().size(), 10U);
  const int64_t used = archive_->volumes()[0].used_bytes;
  (void)rebuild();
  EXPECT_FALSE(archive_->volumes()[0].cleaning_off);
  EXPECT_GT(archive_->volumes()[0].used_bytes, used);
  archive_->clean();
  EXPECT_EQ(recordings().size(), 5U);
}

TEST_F(FsckTest, a_catalog_moved_away_while_it_is_used_is_begun_anew_and_rebuilt) {
  fill();
  const Contents before = contents();
  const std::string generation = catalog_->generation();
  std::filesystem::rename(dir_ + "/catalog.db", dir_ + "/elsewhere.db");
  ASSERT_TRUE(catalog_->flush());
  EXPECT_NE(catalog_->generation(), generation);
  EXPECT_TRUE(contents().fragments.empty());
  archive_->clean();
  EXPECT_TRUE(archive_->volumes()[0].cleaning_off);
  EXPECT_EQ(rebuild().restored_files, 10U);
  EXPECT_EQ(contents(), before);
  EXPECT_FALSE(archive_->volumes()[0].cleaning_off);
}

TEST_F(FsckTest, two_files_of_a_run_that_changed_places_are_one_timeline) {
  for (const bool listed : {true, false}) {
    SCOPED_TRACE(listed ? "with the catalog that knew them" : "with a new catalog");
    fill();
    const Contents before = contents();
    const Names files = recordings();
    const auto swap = [&] {
      ASSERT_TRUE(files_.rename(files[1], "/video/aside"));
      ASSERT_TRUE(files_.rename(files[2], files[1]));
      ASSERT_TRUE(files_.rename("/video/aside", files[2]));
    };
    swap();
    if (!listed) lose_catalog();
    (void)rebuild();
    const Contents after = contents();
    EXPECT_EQ(after.spans, before.spans);
    EXPECT_TRUE(catalog_->gaps("cam0", {0}, {INT64_MAX})->empty()) << "nothing is missing";
    ASSERT_EQ(after.fragments.size(), before.fragments.size());
    for (size_t i = 0; i < after.fragments.size(); ++i)
      EXPECT_EQ(after.fragments[i].second, before.fragments[i].second) << "fragment " << i;
    swap();
    (void)rebuild();
    EXPECT_EQ(contents(), before);
    if (listed) {
      TearDown();
      files_.~FakeFileSystem();
      new (&files_) fs::FakeFileSystem();
      SetUp();
    }
  }
}

TEST_F(FsckTest, gaps_come_back_from_the_ledger) {
  fill();
  const WallTime now = clock_.wall();
  const Gap ended{new_gap_id(),
                  "cam0",
                  StreamKind::kMain,
                  now - std::chrono::hours(3),
                  now - std::chrono::hours(2),
                  "unreachable",
                  "No route.",
                  now,
                  {}};
  Gap open = ended;
  open.id = new_gap_id();
  open.camera = "cam1";
  open.end.reset();
  archive_->put_gap(ended);
  archive_->put_gap(open);
  clock_.advance(std::chrono::seconds(5));
  archive_->step();  // the ledger is written with the next sync
  clock_.advance(std::chrono::seconds(5));
  lose_catalog();
  EXPECT_TRUE(catalog_->gaps("cam0", {0}, {INT64_MAX})->empty());
  EXPECT_GE(rebuild().restored_gaps, 2U);
  const auto found = catalog_->gaps("cam0", {0}, {INT64_MAX}).value();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0], ended);
  const auto other = catalog_->gaps("cam1", {0}, {INT64_MAX}).value();
  ASSERT_FALSE(other.empty());
  EXPECT_EQ(other[0].id, open.id);
  EXPECT_TRUE(other[0].end) << "it ended at the latest when the recorder was started again";
}

TEST_F(FsckTest, so_does_what_a_start_ended) {
  fill();
  clock_.advance(std::chrono::seconds(100));
  open();
  const auto before = catalog_->gaps("cam0", {0}, {INT64_MAX}).value();
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].cause, "restart");
  clock_.advance(std::chrono::seconds(5));
  archive_->step();
  lose_catalog();
  EXPECT_GE(rebuild().restored_gaps, 1U);
  EXPECT_EQ(catalog_->gaps("cam0", {0}, {INT64_MAX})->at(0), before[0]);
}

TEST_F(FsckTest, also_where_the_catalog_could_not_be_written_at_the_start) {
  fill();
  clock_.advance(std::chrono::seconds(100));
  archive_.reset();
  {
    SQLite::Database other(dir_ + "/catalog.db", SQLite::OPEN_READWRITE);
    SQLite::Transaction holds(other, SQLite::TransactionBehavior::IMMEDIATE);
    open();
    EXPECT_TRUE(catalog_->gaps("cam0", {0}, {INT64_MAX})->empty());
  }
  ASSERT_TRUE(catalog_->flush());
  const auto before = catalog_->gaps("cam0", {0}, {INT64_MAX}).value();
  ASSERT_EQ(before.size(), 1U);
  archive_->clean();
  clock_.advance(std::chrono::seconds(5));
  archive_->step();
  lose_catalog();
  EXPECT_GE(rebuild().restored_gaps, 1U);
  EXPECT_EQ(catalog_->gaps("cam0", {0}, {INT64_MAX})->at(0), before[0]);
}

TEST_F(FsckTest, a_folder_that_cannot_be_read_keeps_retention_off_and_hides_nothing_else) {
  fill();
  const Contents before = contents();
  lose_catalog();
  files_.inject({.op = fs::Op::kList,
                 .for_good = true,
                 .code = ErrorCode::kPermissionDenied,
                 .path_part = "/cam0/2023/11/14"});
  const FsckReport report = rebuild();
  EXPECT_EQ(kinds(report), Names{"unreadable"});
  EXPECT_EQ(report.restored_files, 5U);
  EXPECT_TRUE(report.rebuilt.empty());
  files_.clear_faults();
  EXPECT_EQ(rebuild().rebuilt.size(), 1U);
  EXPECT_EQ(contents(), before);
}

TEST_F(FsckTest, a_rebuild_that_was_killed_half_way_is_completed_by_the_next) {
  fill();
  const Contents before = contents();
  lose_catalog();
  std::stop_source stop;
  FsckWatch watch;
  watch.stop = stop.get_token();
  watch.progress = [&](const FsckProgress& progress) {
    if (progress.files == 4) stop.request_stop();
  };
  const FsckReport half = archive_->check({.rebuild = true}, watch);
  EXPECT_TRUE(half.cancelled);
  EXPECT_TRUE(half.rebuilt.empty());
  EXPECT_GT(half.restored_files, 0U);
  EXPECT_LT(half.restored_files, 10U);
  open();
  EXPECT_EQ(rebuild().restored_files, 10U - half.restored_files);
  EXPECT_EQ(contents(), before);
}

// What a boot costs: the catalog has `files` recordings of one camera over many days.
class BootTest : public FsckTest {
 protected:
  struct Cost {
    int lists = 0, opens = 0, reads = 0;
    friend bool operator==(const Cost&, const Cost&) = default;
  };
  Cost boot_with(int files) {
    ArchiveSpec spec;
    spec.cameras = 1;
    spec.files = files;
    spec.fragments_per_file = 2;
    spec.fragment_us = 1'800'000'000;  // an hour per file: 24 a day
    spec.close = false;
    fill(spec);
    catalog_->live().close_file(files, 0);
    const Cost before{files_.count(fs::Op::kList), files_.count(fs::Op::kOpen),
                      files_.count(fs::Op::kRead)};
    open();
    return {files_.count(fs::Op::kList) - before.lists, files_.count(fs::Op::kOpen) - before.opens,
            files_.count(fs::Op::kRead) - before.reads};
  }
};

TEST_F(BootTest, costs_the_same_however_large_the_archive_is) {
  const Cost small = boot_with(48);
  TearDown();
  SetUp();
  files_.~FakeFileSystem();
  new (&files_) fs::FakeFileSystem();
  open();
  const Cost large = boot_with(960);
  EXPECT_LE(large.lists, 6);
  EXPECT_LE(large.opens, 20);
  EXPECT_EQ(small.lists, large.lists);
  EXPECT_EQ(small.opens, large.opens);
  EXPECT_EQ(small.reads, large.reads);
}

}  // namespace
}  // namespace vedette::store
