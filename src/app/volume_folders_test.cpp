// SPDX-License-Identifier: Apache-2.0
#include "app/volume_folders.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "store/volume.h"

namespace vedette::app {
namespace {

class VolumeFolders : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(dir_ + "/a/inner");
    std::filesystem::create_directories(dir_ + "/ab");
    std::filesystem::create_directory_symlink(dir_ + "/a", dir_ + "/link");
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  std::string refused(const std::vector<std::string>& names) {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(dir_ + name);
    const auto good = check_volume_folders(paths);
    return good ? "" : good.error().what;
  }

  const std::string dir_ = testing::TempDir() + "vedette-folders-" + random_id();
};

TEST_F(VolumeFolders, beside_each_other_are_fine) {
  EXPECT_EQ(refused({"/a"}), "");
  EXPECT_EQ(refused({"/a", "/ab", "/not-there-yet"}), "") << "a name that begins alike is another";
}

TEST_F(VolumeFolders, within_another_are_refused_in_any_order_and_by_any_name) {
  const std::vector<std::vector<std::string>> rows = {{"/a", "/a/inner"},
                                                      {"/a/inner", "/a/"},
                                                      {"/link/inner", "/ab", "/a"},
                                                      {"/a", "/ab/../a/not-there-yet"},
                                                      {"/a", "/link/not-there-yet"}};
  for (const auto& row : rows) {
    EXPECT_NE(refused(row).find("lies within"), std::string::npos) << row[0];
    EXPECT_NE(refused(row).find("a folder of its own"), std::string::npos) << row[0];
  }
}

TEST_F(VolumeFolders, that_are_one_folder_are_refused) {
  for (const char* other : {"/a", "/a/", "/a/.", "/link", "/ab/../a"})
    EXPECT_NE(refused({"/a", other}).find("is the same folder"), std::string::npos) << other;
}

/// Another server's data folder and its volume, beside ours.
class NewVolumes : public VolumeFolders {
 protected:
  void SetUp() override {
    VolumeFolders::SetUp();
    std::filesystem::create_directories(dir_ + "/theirs/video");
    std::filesystem::create_directories(dir_ + "/ours");
    const auto theirs = store::ConfigStore::open(dir_ + "/theirs/config.db").value();
    ASSERT_TRUE(store::Volume::identify(files_, *theirs, dir_ + "/theirs/video", "g"));
    config_ = store::ConfigStore::open(dir_ + "/ours/config.db").value();
  }
  std::string refused(const std::string& name) {
    const auto good = check_new_volumes(files_, *config_, {dir_ + name});
    return good ? "" : good.error().what;
  }

  fs::RealFileSystem files_;
  std::unique_ptr<store::ConfigStore> config_;
};

TEST_F(NewVolumes, may_be_a_folder_that_is_nobodys_yet) {
  EXPECT_EQ(refused("/a"), "");
  EXPECT_EQ(refused("/not-there-yet"), "");
}

TEST_F(NewVolumes, are_neither_the_data_folder_of_a_server_nor_a_volume_of_another_site) {
  EXPECT_NE(
      refused("/theirs").find("is the data folder of a server; record to a folder of its own"),
      std::string::npos)
      << refused("/theirs");
  EXPECT_NE(refused("/theirs/video").find("belongs to another site's recorder"), std::string::npos)
      << refused("/theirs/video");
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/theirs/vedette-volume.json"));
}

TEST_F(NewVolumes, another_disk_in_the_place_of_one_that_was_recorded_to_does_not_end_the_start) {
  ASSERT_TRUE(config_->remember_volume({dir_ + "/theirs/video", "00112233aabbccdd"}));
  EXPECT_EQ(refused("/theirs/video"), "") << "the others are recorded to; this one has a notice";
}

}  // namespace
}  // namespace vedette::app
