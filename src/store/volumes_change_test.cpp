// SPDX-License-Identifier: Apache-2.0
// Volumes and their limits are changed while the archive runs.
#include "mp4/test_tracks.h"
#include "store/retention_fixture.h"

namespace vedette::store {
namespace {

class VolumesTest : public RetentionTest {
 protected:
  void begin(std::vector<VolumeSpec> volumes) {
    for (const VolumeSpec& volume : volumes) ASSERT_TRUE(config_->put_volume(volume));
    reopen();
  }
  void reopen() { open_volumes(config_->volume_folders().value()); }
  void put(const VolumeSpec& volume) {
    ASSERT_TRUE(files_.make_dirs(volume.path));
    ASSERT_TRUE(archive_->try_volume(volume.path, Archive::Try::kMake));
    ASSERT_TRUE(config_->put_volume(volume));
    ASSERT_TRUE(archive_->follow_configuration());
    archive_->step();
  }
  void remove(const std::string& path) {
    ASSERT_TRUE(config_->remove_volume(path));
    ASSERT_TRUE(archive_->follow_configuration());
    archive_->step();
  }
  void restart_as_configured() {
    archive_.reset();
    catalog_.reset();
    catalog_ = open_catalog();
    reopen();
  }
  [[nodiscard]] std::vector<std::string> shown() const {
    std::vector<std::string> paths;
    for (const VolumeStatus& volume : archive_->volumes())
      paths.push_back(volume.path + (volume.removed ? " removed" : ""));
    return paths;
  }
};

using Paths = std::vector<std::string>;

TEST_F(VolumesTest, a_smaller_quota_says_what_it_would_delete_and_then_does_it) {
  begin({{"/video", std::nullopt, 0}});
  add_files(50);
  reopen();  // what the test wrote by itself is counted then
  archive_->clean();
  ASSERT_EQ(recordings(), 50U);
  const VolumeSpec small{"/video", 20'000, 0};
  const PlanAnswer plan = archive_->plan({.instead = small}).value();
  EXPECT_EQ(plan.deletions.size(), 31U) << "a hundredth of the quota stays free";
  EXPECT_TRUE(plan.complete);
  ASSERT_TRUE(plan.forecast);
  EXPECT_EQ(recordings(), 50U) << "asking deletes nothing";
  archive_->clean();
  EXPECT_EQ(recordings(), 50U);

  put(small);
  archive_->clean();
  EXPECT_EQ(recordings(), 50 - plan.deletions.size());
  EXPECT_EQ(archive_->volumes()[0].quota_bytes, 20'000);
  put({"/video", std::nullopt, 0});
  add_files(10);
  archive_->clean();
  EXPECT_EQ(recordings(), 29U) << "nothing goes once the quota is taken away";
}

TEST_F(VolumesTest, without_a_quota_no_time_ahead_deletes_for_one) {
  begin({{"/video", std::nullopt, 0}});
  add_files(5);
  EXPECT_TRUE(archive_->plan({.ahead = std::chrono::hours(24 * 365)})->deletions.empty());
}

TEST_F(VolumesTest, a_question_names_a_volume_of_the_data_folder_by_its_name_too) {
  const std::string folder = config_->folder_of("video");
  ASSERT_TRUE(files_.make_dirs(folder));
  begin({{"video", std::nullopt, 0}});
  add_files(50);
  reopen();
  archive_->clean();
  const auto by_name = archive_->plan({.instead = VolumeSpec{"video", 20'000, 0}});
  const auto by_folder = archive_->plan({.instead = VolumeSpec{folder, 20'000, 0}});
  ASSERT_TRUE(by_name && by_folder);
  EXPECT_GT(by_name->deletions.size(), 10U);
  EXPECT_EQ(by_name->deletions.size(), by_folder->deletions.size());
}

TEST_F(VolumesTest, a_question_about_no_volume_is_refused) {
  begin({{"/video", std::nullopt, 0}});
  const auto plan = archive_->plan({.instead = VolumeSpec{"/vidoe", 1, {}}});
  EXPECT_EQ(plan.error().code, ErrorCode::kNotFound);
}

TEST_F(VolumesTest, a_reserve_is_kept_from_the_next_look_on) {
  begin({{"/video", std::nullopt, 0}});
  add_files(50);
  files_.set_capacity(files_.used_bytes() + 5'000);
  archive_->clean();
  // Less than the last bytes of a disk are never left, whatever was asked for.
  EXPECT_TRUE(archive_->volumes()[0].reserve_set);
  put({"/video", std::nullopt, 10'000});
  archive_->clean();
  EXPECT_EQ(recordings(), 45U);
  put({"/video", std::nullopt, std::nullopt});
  EXPECT_FALSE(archive_->volumes()[0].reserve_set);
}

TEST_F(VolumesTest, what_is_added_is_recorded_to_without_a_restart) {
  begin({{"/video", std::nullopt, 0}});
  add_files(3);
  put({"/more", 9'000, {}});
  EXPECT_EQ(shown(), (Paths{"/video", "/more"}));
  EXPECT_FALSE(archive_->volumes()[1].problem);
  add_file("door", 1);
  ASSERT_TRUE(catalog_->flush());
  EXPECT_EQ(recordings("/more/door/"), 1U);
  reopen();
  EXPECT_EQ(shown(), (Paths{"/video", "/more"}));
  EXPECT_EQ(archive_->volumes()[1].quota_bytes, 9'000);
}

TEST_F(VolumesTest, what_is_removed_stays_visible_until_its_time_comes) {
  begin({{"/video", 100'000, 0}, {"/old", 5'000, 0}});
  keep("door", {.max_age_us = 100 * kHourUs});
  for (int i = 0; i < 20; ++i) add_file("door", 1);
  ASSERT_TRUE(catalog_->flush());
  reopen();
  remove("/old");
  EXPECT_EQ(shown(), (Paths{"/video", "/old removed"}));
  archive_->clean();
  EXPECT_EQ(recordings("/old/"), 20U) << "no room has to be made there any more";
  EXPECT_EQ(listed(), 20U);

  restart_as_configured();
  EXPECT_EQ(shown(), (Paths{"/video", "/old removed"}));
  archive_->clean();
  clock_.advance(std::chrono::hours(101));
  archive_->clean();
  EXPECT_EQ(recordings("/old/"), 0U) << "too old, there as anywhere";
  EXPECT_EQ(shown(), (Paths{"/video"}));
}

TEST_F(VolumesTest, what_is_removed_can_be_brought_back) {
  begin({{"/video", 100'000, 0}, {"/old", 50'000, 0}});
  add_file("door", 1);
  ASSERT_TRUE(catalog_->flush());
  remove("/old");
  put({"/old", 70'000, {}});
  EXPECT_EQ(shown(), (Paths{"/video", "/old"}));
  EXPECT_EQ(archive_->volumes()[1].quota_bytes, 70'000);
}

TEST_F(VolumesTest, the_last_volume_cannot_be_removed) {
  begin({{"/video", {}, {}}});
  EXPECT_EQ(config_->remove_volume("/video").error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(config_->remove_volume("/other").error().code, ErrorCode::kNotFound);
}

TEST_F(VolumesTest, a_run_leaves_the_volume_that_is_removed) {
  begin({{"/video", {}, {}}});
  RunSpec spec;
  spec.camera = "door";
  spec.video = mp4::h264_track();
  const auto run = archive_->begin_run(spec).value();
  EXPECT_FALSE(run->should_move());
  put({"/more", {}, {}});
  remove("/video");
  EXPECT_TRUE(run->should_move());
  const auto next = archive_->begin_run(spec).value();
  EXPECT_FALSE(next->should_move());
  run->end();
  next->end();
}

struct Wrong {
  const char* folder;
  const char* says;
};

TEST_F(VolumesTest, a_folder_that_is_no_volume_is_refused) {
  begin({{"/video", {}, {}}});
  ASSERT_TRUE(files_.make_dirs("/foreign"));
  const std::string foreign = to_json({random_id(), random_id(), "", 0, 0});
  ASSERT_TRUE(
      fs::write_atomically(files_, "/foreign/" + std::string(kIdentityFile), as_bytes(foreign)));
  ASSERT_TRUE(files_.make_dirs("/again"));
  const Bytes same = fs::read_all(files_, "/video/" + std::string(kIdentityFile)).value();
  ASSERT_TRUE(fs::write_atomically(files_, "/again/" + std::string(kIdentityFile), same));
  ASSERT_TRUE(files_.make_dirs("/data"));
  ASSERT_TRUE(files_.create("/data/config.db"));
  for (const Wrong& wrong : {Wrong{"/data", "/data is the data folder of a server"},
                             Wrong{"/missing", "there is no folder /missing; mount its disk"},
                             Wrong{"/foreign", "belongs to another site"},
                             Wrong{"/again", "/again is the volume that is here as /video"}}) {
    for (const auto how : {Archive::Try::kLook, Archive::Try::kMake}) {
      const auto refused = archive_->try_volume(wrong.folder, how);
      ASSERT_FALSE(refused) << wrong.folder;
      EXPECT_NE(refused.error().what.find(wrong.says), std::string::npos) << refused.error().what;
    }
  }
  EXPECT_TRUE(archive_->try_volume("/video", Archive::Try::kLook));
}

TEST_F(VolumesTest, looking_leaves_a_folder_as_it_is) {
  begin({{"/video", {}, {}}});
  ASSERT_TRUE(files_.make_dirs("/new"));
  const size_t known = config_->volumes()->size();
  EXPECT_TRUE(archive_->try_volume("/new", Archive::Try::kLook));
  EXPECT_FALSE(files_.exists("/new/" + std::string(kIdentityFile)));
  EXPECT_EQ(config_->volumes()->size(), known);
  EXPECT_TRUE(archive_->try_volume("/new", Archive::Try::kMake));
  EXPECT_TRUE(files_.exists("/new/" + std::string(kIdentityFile)));
}

}  // namespace
}  // namespace vedette::store
