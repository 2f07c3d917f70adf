// SPDX-License-Identifier: Apache-2.0
// Deletion on positive knowledge only, and finished or undone whatever interrupts it.
#include "store/retention_fixture.h"

namespace vedette::store {
namespace {

using std::chrono::hours;

class DeletionTest : public RetentionTest {
 protected:
  void copy_catalog(const std::string& from, const std::string& to) const {
    for (const char* part : {"", "-wal"})
      if (std::filesystem::exists(dir_ + from + part))
        std::filesystem::copy_file(dir_ + from + part, dir_ + to + part);
  }
  void lose_catalog() {
    archive_.reset();
    catalog_.reset();
    for (const char* part : {"", "-wal", "-shm"})
      std::filesystem::remove(dir_ + "/catalog.db" + part);
  }
  // Everything that could go does so, if it may.
  void clean_all() {
    keep("door", {.max_age_us = 1});
    archive_->clean();
  }
};

TEST_F(DeletionTest, an_unlink_that_fails_once_or_for_good_is_finished_after_a_restart) {
  for (const bool for_good : {false, true}) {
    keep("door", {});
    open();
    add_files(5);
    files_.inject({.op = fs::Op::kRemove, .for_good = for_good, .path_part = ".mp4"});
    clean_all();
    EXPECT_EQ(recordings(), for_good ? 5U : 1U);
    EXPECT_EQ(listed(), 0U);
    files_.clear_faults();
    restart();
    archive_->clean();
    EXPECT_EQ(recordings(), 0U);
    EXPECT_TRUE(catalog_->tombstones()->empty());
  }
}

// SQLite may call a commit failed that reached the database: the closed file then waits in memory
// for another attempt, and is listed in both.
TEST_F(DeletionTest, a_file_whose_closing_seemed_to_fail_is_gone_when_it_is_deleted) {
  open();
  add_files(3);
  const auto files = catalog_->oldest_files("", "door", 3).value();
  for (const StoredFile& stored : files) {
    FragmentEntry entry;
    entry.size = 100;
    entry.duration = stored.file->timescale;
    entry.start_us = stored.file->start_us;
    catalog_->live().open_file(stored.file);
    catalog_->live().commit(stored.file->id, std::span(&entry, 1));
    catalog_->live().close_file(stored.file->id, 1000);
  }
  clean_all();
  EXPECT_EQ(recordings(), 0U);
  EXPECT_EQ(listed(), 0U);
  EXPECT_TRUE(catalog_->live().file_ids().empty());
  ASSERT_TRUE(catalog_->flush());
  EXPECT_EQ(listed(), 0U) << "the writer brought a deleted file back";
  EXPECT_TRUE(catalog_->usage()->empty());
}

TEST_F(DeletionTest, a_crash_after_the_unlink_is_no_trouble_when_the_file_is_gone) {
  open();
  add_files(3);
  const auto oldest = catalog_->oldest_files("", "door", 1).value();
  ASSERT_TRUE(catalog_->tombstone({{oldest[0], DeletionReason::kMaxAge, false}}, clock_.wall()));
  ASSERT_TRUE(files_.remove("/video/" + oldest[0].file->relative));  // and then the power fails
  restart();
  archive_->clean();
  EXPECT_TRUE(catalog_->tombstones()->empty());
  EXPECT_EQ(recordings(), 2U);
  EXPECT_EQ(catalog_->usage()->front().files, 2);
}

TEST_F(DeletionTest, a_power_cut_between_tombstone_and_unlink_is_finished_at_the_next_start) {
  open();
  add_files(3);
  const auto oldest = catalog_->oldest_files("", "door", 2).value();
  ASSERT_TRUE(catalog_->tombstone(
      {{oldest[0], DeletionReason::kMaxAge, false}, {oldest[1], DeletionReason::kMaxAge, false}},
      clock_.wall()));
  restart();
  archive_->clean();
  EXPECT_EQ(recordings(), 1U);
  EXPECT_EQ(catalog_->deletions("door", {0}, {INT64_MAX})->size(), 2U);
}

TEST_F(DeletionTest, what_the_catalog_forgot_does_not_come_back_with_a_power_cut) {
  open();
  add_files(3);
  clean_all();
  ASSERT_EQ(recordings(), 0U);
  ASSERT_TRUE(catalog_->tombstones()->empty());
  files_.power_cut();
  EXPECT_EQ(recordings(), 0U);
}

TEST_F(DeletionTest, a_folder_that_cannot_be_synced_keeps_its_tombstones) {
  open();
  add_files(3);
  files_.inject({.op = fs::Op::kSyncDir, .for_good = true, .path_part = "/door"});
  clean_all();
  EXPECT_EQ(catalog_->tombstones()->size(), 3U);
  files_.clear_faults();
  archive_->clean();
  EXPECT_TRUE(catalog_->tombstones()->empty());
  EXPECT_TRUE(catalog_->usage()->empty() || catalog_->usage()->front().files == 0);
}

TEST_F(DeletionTest, a_hold_placed_before_the_unlink_takes_the_deletion_back) {
  open();
  const int64_t begin = clock_.wall().us;
  add_files(5);
  files_.inject({.op = fs::Op::kRemove, .for_good = true, .path_part = ".mp4"});
  clean_all();
  EXPECT_EQ(listed(), 0U);
  ASSERT_TRUE(archive_->place_hold(hold(begin + kHourUs, begin + 3 * kHourUs)));
  EXPECT_EQ(listed(), 2U);
  EXPECT_EQ(catalog_->spans("door", {0}, {INT64_MAX})->front().start.us, begin + kHourUs);
  files_.clear_faults();
  restart();
  archive_->clean();
  EXPECT_EQ(recordings(), 2U);
  EXPECT_EQ(listed(), 2U);
  EXPECT_EQ(catalog_->usage()->front().files, 2);
  EXPECT_EQ(catalog_->usage()->front().bytes, 2000);
  EXPECT_EQ(catalog_->deletions("door", {0}, {INT64_MAX})->size(), 3U);
}

TEST_F(DeletionTest, a_new_catalog_deletes_nothing_and_says_what_to_do) {
  open();
  add_files(5);
  lose_catalog();
  catalog_ = open_catalog();
  open(1);
  clean_all();
  EXPECT_EQ(recordings(), 5U);
  EXPECT_NE(cleaning_off().find("fsck --rebuild"), std::string::npos);
  EXPECT_TRUE(archive_->plan({.ahead = hours(1000)})->deletions.empty());
}

TEST_F(DeletionTest, an_older_copy_of_the_catalog_deletes_nothing) {
  open();
  add_files(5);
  archive_->clean();
  archive_.reset();
  catalog_.reset();
  copy_catalog("/catalog.db", "/old.db");
  catalog_ = open_catalog();
  open();
  archive_->clean();  // catalog and volume count one further together
  lose_catalog();
  copy_catalog("/old.db", "/catalog.db");
  catalog_ = open_catalog();
  open(1);
  clean_all();
  EXPECT_EQ(recordings(), 5U);
  EXPECT_NE(cleaning_off().find("catalog is an older copy"), std::string::npos) << cleaning_off();
}

TEST_F(DeletionTest, an_older_copy_of_the_volume_is_not_cleaned) {
  open();
  add_files(5);
  archive_->clean();
  const Bytes old = files_.content("/video/vedette-volume.json");
  for (int starts = 0; starts < 2; ++starts) {
    restart();
    archive_->clean();
  }
  ASSERT_TRUE(fs::write_atomically(files_, "/video/vedette-volume.json", old));
  clean_all();
  EXPECT_EQ(recordings(), 5U) << "while it runs";
  restart(1);
  clean_all();
  EXPECT_EQ(recordings(), 5U) << "and after a restart";
  EXPECT_NE(cleaning_off().find("volume is an older copy"), std::string::npos);
}

TEST_F(DeletionTest, a_crash_while_catalog_and_volume_agree_keeps_them_together) {
  open();
  add_files(5);
  archive_->clean();
  // The n-th write of the identity fails, as if the power went there.
  for (int nth = 1; nth <= 2; ++nth) {
    restart();
    files_.inject({.op = fs::Op::kRename, .nth = nth, .path_part = "vedette-volume"});
    archive_->clean();
    files_.clear_faults();
    restart();
    archive_->clean();
    EXPECT_EQ(cleaning_off(), "") << nth;
  }
  clean_all();
  EXPECT_EQ(recordings(), 0U);
}

TEST_F(DeletionTest, a_write_that_fails_while_they_agree_is_tried_again_in_the_same_process) {
  open();
  add_files(5);
  archive_->clean();
  for (int nth = 1; nth <= 2; ++nth) {
    restart();
    files_.inject({.op = fs::Op::kRename, .nth = nth, .path_part = "vedette-volume"});
    archive_->clean();
    EXPECT_NE(cleaning_off(), "") << "nothing failed";
    archive_->clean();
    EXPECT_EQ(cleaning_off(), "") << nth;
  }
  clean_all();
  EXPECT_EQ(recordings(), 0U);
}

TEST_F(DeletionTest, a_volume_that_was_away_for_some_starts_is_cleaned_again) {
  open();
  add_files(5);
  archive_->clean();
  files_.unplug("/video");
  for (int starts = 0; starts < 3; ++starts) {
    restart();
    archive_->clean();
  }
  files_.plug_in("/video");
  restart();
  clean_all();
  EXPECT_EQ(recordings(), 0U);
}

TEST_F(DeletionTest, a_volume_of_the_first_version_is_taken_over) {
  open();
  add_files(5);
  const VolumeIdentity old =
      parse_identity(as_text(files_.content("/video/vedette-volume.json"))).value();
  const std::string text = "{\"volume\": \"" + old.id + "\", \"site\": \"" + old.site +
                           "\", \"catalog\": \"" + old.catalog + "\"}\n";
  ASSERT_TRUE(fs::write_atomically(files_, "/video/vedette-volume.json", as_bytes(text)));
  restart();
  clean_all();
  EXPECT_EQ(recordings(), 0U);
}

// Every operation on the disk in a round of deletion fails once, or from there on.
TEST_F(DeletionTest, whatever_operation_fails_nothing_but_the_doomed_is_lost) {
  const fs::Op ops[] = {fs::Op::kRemove, fs::Op::kOpen,   fs::Op::kRead,
                        fs::Op::kSpace,  fs::Op::kCreate, fs::Op::kSync,
                        fs::Op::kWrite,  fs::Op::kRename, fs::Op::kSyncDir};
  for (const fs::Op op : ops) {
    for (int nth = 1; nth <= 4; ++nth) {
      for (const bool for_good : {false, true}) {
        keep("door", {});
        restart();
        add_files(6);
        const size_t before = recordings();
        keep("door", {.max_age_us = 3 * kHourUs + 1});
        files_.inject({.op = op, .nth = nth, .for_good = for_good});
        archive_->clean();
        files_.clear_faults();
        EXPECT_LE(listed(), before);
        EXPECT_GE(recordings(), 3U);
        restart();
        archive_->clean();
        EXPECT_EQ(recordings(), 3U) << static_cast<int>(op) << " " << nth << " " << for_good;
        EXPECT_EQ(listed(), 3U);
        EXPECT_TRUE(catalog_->tombstones()->empty());
      }
    }
  }
}

}  // namespace
}  // namespace vedette::store
