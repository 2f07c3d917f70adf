// SPDX-License-Identifier: Apache-2.0
#include "app/volume_folders.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"

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

}  // namespace
}  // namespace vedette::app
