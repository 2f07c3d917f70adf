// SPDX-License-Identifier: Apache-2.0
#include "store/retention.h"

#include "store/retention_fixture.h"

namespace vedette::store {
namespace {

TEST_F(RetentionTest, without_limits_everything_stays) {
  open();
  add_files(50);
  archive_->clean();
  EXPECT_EQ(recordings(), 50U);
}

TEST_F(RetentionTest, keeps_a_day_when_told_to_keep_a_day) {
  open();
  add_files(50);
  camera_.retention.max_age_us = kDayUs;
  ASSERT_TRUE(config_->update_camera(camera_));
  archive_->clean();
  EXPECT_EQ(recordings(), 24U);
  EXPECT_EQ(catalog_->coverage("door", StreamKind::kMain).value()->first.us,
            clock_.wall().us - kDayUs);
}

TEST_F(RetentionTest, keeps_the_bytes_it_was_told) {
  open();
  add_files(200);
  camera_.retention.max_bytes = 10'500;
  ASSERT_TRUE(config_->update_camera(camera_));
  archive_->clean();
  EXPECT_EQ(recordings(), 10U);
}

TEST_F(RetentionTest, keeps_the_quota_oldest_first) {
  open();
  add_files(300);
  open(100'000);
  archive_->clean();
  EXPECT_EQ(recordings(), 99U);  // a little short of it
  const auto oldest = catalog_->oldest_files("", "door", 1).value();
  EXPECT_EQ(oldest[0].file->seq, 201U);
}

TEST_F(RetentionTest, keeps_the_reserve_free) {
  open();
  add_files(100);
  files_.set_capacity(files_.used_bytes() + 500);
  archive_->clean();
  archive_->clean();  // what the ledger wrote about the first round takes room as well
  const auto space = files_.space("/video").value();
  EXPECT_GE(space.free_bytes * 20, space.total_bytes - 20);
  EXPECT_LT(recordings(), 100U);
}

TEST_F(RetentionTest, an_empty_catalog_deletes_nothing_even_when_the_disk_is_full) {
  open();
  add_files(20);
  archive_.reset();
  catalog_.reset();
  for (const char* part : {"", "-wal", "-shm"})
    std::filesystem::remove(dir_ + "/catalog.db" + part);
  catalog_ = open_catalog();
  files_.set_capacity(files_.used_bytes());
  open(1);
  archive_->clean();
  EXPECT_EQ(recordings(), 20U);
  // New recordings it knows, but the volume belongs to the catalog that was lost: still nothing.
  files_.set_capacity(files_.used_bytes() + 100'000);
  add_files(5);
  archive_->clean();
  EXPECT_EQ(recordings(), 25U);
}

TEST_F(RetentionTest, files_it_does_not_know_are_left_alone) {
  open();
  add_files(5);
  ASSERT_TRUE(files_.create("/video/door/holiday.mp4"));
  open(1);
  archive_->clean();
  EXPECT_EQ(recordings(), 1U);
  EXPECT_TRUE(files_.exists("/video/door/holiday.mp4"));
}

TEST_F(RetentionTest, nothing_is_deleted_on_a_volume_with_another_id) {
  open();
  add_files(5);
  const std::string foreign = to_json({"0123456789abcdef", config_->site_id(), "x"});
  ASSERT_TRUE(fs::write_atomically(files_, "/video/vedette-volume.json", as_bytes(foreign)));
  camera_.retention.max_age_us = 1;
  ASSERT_TRUE(config_->update_camera(camera_));
  archive_->clean();
  EXPECT_EQ(recordings(), 5U);
}

TEST_F(RetentionTest, a_deletion_cut_short_is_carried_out_later) {
  open();
  add_files(5);
  files_.inject({.op = fs::Op::kRemove, .for_good = true, .path_part = ".mp4"});
  camera_.retention.max_age_us = 1;
  ASSERT_TRUE(config_->update_camera(camera_));
  archive_->clean();
  EXPECT_EQ(recordings(), 5U);
  EXPECT_TRUE(catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}})->empty());
  files_.clear_faults();
  archive_->clean();
  EXPECT_EQ(recordings(), 0U);
  EXPECT_TRUE(catalog_->tombstones()->empty());
}

TEST_F(RetentionTest, a_locked_catalog_means_nothing_is_deleted) {
  open();
  add_files(5);
  archive_.reset();
  catalog_.reset();
  std::filesystem::remove(dir_ + "/catalog.db");
  std::filesystem::create_directory(dir_ + "/catalog.db");  // cannot be opened at all
  catalog_ = open_catalog();
  open(1);
  archive_->clean();
  EXPECT_EQ(recordings(), 5U);
}

TEST_F(RetentionTest, a_second_archive_finds_its_volume_again) {
  open();
  const std::string id = archive_->volumes()[0].id;
  open();
  EXPECT_EQ(archive_->volumes()[0].id, id);
  EXPECT_FALSE(archive_->volumes()[0].problem);
}

TEST_F(RetentionTest, a_missing_volume_is_not_made_anew) {
  open();
  files_.unplug("/video");
  open();
  ASSERT_TRUE(archive_->volumes()[0].problem);
  EXPECT_NE(archive_->volumes()[0].problem->what.find("missing"), std::string::npos);
  files_.plug_in("/video");
}

TEST(RecordingPath, says_where_and_parses_back) {
  const WallTime start{1'700'000'000'000'000};
  EXPECT_EQ(recording_path("door", StreamKind::kMain, "0123456789abcdef", 4, start),
            "door/2023/11/14/221320-0123456789abcdef-4.mp4");
  const auto sub = parse_recording_name("221320-0123456789abcdef-17-sub.mp4");
  ASSERT_TRUE(sub);
  EXPECT_EQ(sub->kind, StreamKind::kSub);
  EXPECT_EQ(sub->seq, 17U);
  for (const char* other :
       {"", ".mp4", "holiday.mp4", "221320-0123456789abcdeX-4.mp4", "221320-0123456789abcdef-.mp4",
        "221320-0123456789abcdef-99999999999.mp4", "221320-0123456789abcdef-4.mkv"})
    EXPECT_FALSE(parse_recording_name(other)) << other;
}

TEST(VolumeIdentity, survives_a_round_trip_and_refuses_nonsense) {
  const auto parsed = parse_identity(to_json({"0011", "aabb", "ccdd"}));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->id, "0011");
  EXPECT_EQ(parsed->site, "aabb");
  EXPECT_EQ(parsed->catalog, "ccdd");
  for (const char* bad : {"", "{}", "{\"volume\": \"../x\"", "{\"volume\":\"a\",\"site\":\""})
    EXPECT_FALSE(parse_identity(bad)) << bad;
}

}  // namespace
}  // namespace vedette::store
