// SPDX-License-Identifier: Apache-2.0
#include "store/config_store.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/id.h"
#include "fs/fake_file_system.h"
#include "store/data_folder.h"

namespace vedette::store {
namespace {

class Config : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-config-" + random_id();
    std::filesystem::create_directory(dir_);
    path_ = dir_ + "/config.db";
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  static Camera camera(const std::string& id) {
    Camera camera;
    camera.id = id;
    camera.name = "Front door";
    camera.main_url = "rtsp://user:pass@10.0.0.5/main";
    camera.created_us = 1'700'000'000'000'000;
    return camera;
  }

  std::string dir_;
  std::string path_;
};

TEST_F(Config, keeps_cameras_and_the_site_id) {
  std::string site;
  Camera door = camera("door");
  door.sub_url = "rtsp://10.0.0.5/sub";
  door.transport = Transport::kUdp;
  door.retention = {14LL * 86'400'000'000, 1LL << 40};
  door.when.on = false;
  door.when.hours = {parse_schedule_line("mon-fri 08:00-18:00").value(),
                     parse_schedule_line("sat 22:00-06:00").value()};
  {
    auto config = ConfigStore::open(path_);
    ASSERT_TRUE(config) << config.error().message();
    site = (*config)->site_id();
    ASSERT_TRUE((*config)->add_camera(door));
    ASSERT_TRUE((*config)->add_camera(camera("yard")));
  }
  auto config = ConfigStore::open(path_);
  ASSERT_TRUE(config);
  EXPECT_EQ((*config)->site_id(), site);
  EXPECT_EQ(site.size(), 16U);
  EXPECT_EQ((*config)->camera("door").value(), door);
  EXPECT_EQ((*config)->cameras()->size(), 2U);
}

TEST_F(Config, updates_and_removes) {
  auto config = ConfigStore::open(path_);
  ASSERT_TRUE((*config)->add_camera(camera("door")));
  Camera changed = camera("door");
  changed.name = "Back door";
  changed.created_us = 5;  // does not change
  ASSERT_TRUE((*config)->update_camera(changed));
  EXPECT_EQ((*config)->camera("door")->name, "Back door");
  EXPECT_EQ((*config)->camera("door")->created_us, 1'700'000'000'000'000);
  ASSERT_TRUE((*config)->remove_camera("door"));
  EXPECT_EQ((*config)->camera("door").error().code, ErrorCode::kNotFound);
  EXPECT_EQ((*config)->remove_camera("door").error().code, ErrorCode::kNotFound);
  EXPECT_EQ((*config)->update_camera(changed).error().code, ErrorCode::kNotFound);
}

TEST_F(Config, keeps_layouts_in_the_order_of_their_tiles) {
  const Layout front{"front", "Front", LayoutGrid::kThree, {{"yard", 2}, {"door"}, {"gate"}}};
  {
    auto config = ConfigStore::open(path_);
    ASSERT_TRUE(config);
    EXPECT_EQ((*config)->put_layout(front).value(), true);
    EXPECT_EQ((*config)->put_layout({"all", "All", LayoutGrid::kAuto, {}}).value(), true);
    Layout reordered = front;
    std::swap(reordered.tiles[0], reordered.tiles[2]);
    EXPECT_EQ((*config)->put_layout(reordered).value(), false);
  }
  auto config = ConfigStore::open(path_);
  ASSERT_TRUE(config);
  const auto all = (*config)->layouts();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].name, "All");
  EXPECT_TRUE((*all)[0].tiles.empty());
  EXPECT_EQ((*all)[1].tiles, (std::vector<LayoutTile>{{"gate"}, {"door"}, {"yard", 2}}));
  EXPECT_EQ((*all)[1].grid, LayoutGrid::kThree);
  EXPECT_TRUE((*config)->remove_layout("front"));
  EXPECT_FALSE((*config)->remove_layout("front"));
}

TEST_F(Config, is_private_because_urls_hold_passwords) {
  std::ofstream(path_).close();
  ::chmod(path_.c_str(), 0644);
  ASSERT_TRUE(ConfigStore::open(path_));
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(Config, refuses_what_cannot_be_a_camera) {
  auto config = ConfigStore::open(path_);
  ASSERT_TRUE((*config)->add_camera(camera("door")));
  struct Row {
    const char* name;
    ErrorCode code;
    void (*spoil)(Camera&);
  };
  const Row rows[] = {
      {"the same id twice", ErrorCode::kFailedPrecondition, [](Camera& c) { c.id = "door"; }},
      {"an id with a slash", ErrorCode::kInvalidArgument, [](Camera& c) { c.id = "../etc"; }},
      {"no name", ErrorCode::kInvalidArgument, [](Camera& c) { c.name.clear(); }},
      {"no URL", ErrorCode::kInvalidArgument, [](Camera& c) { c.main_url.clear(); }},
      {"an empty sub URL", ErrorCode::kInvalidArgument, [](Camera& c) { c.sub_url = ""; }},
      {"keep nothing", ErrorCode::kInvalidArgument, [](Camera& c) { c.retention.max_age_us = 0; }},
  };
  for (const Row& row : rows) {
    Camera bad = camera("new");
    row.spoil(bad);
    const auto added = (*config)->add_camera(bad);
    ASSERT_FALSE(added) << row.name;
    EXPECT_EQ(added.error().code, row.code) << row.name;
  }
}

TEST_F(Config, refuses_a_database_of_a_newer_version) {
  ASSERT_TRUE(ConfigStore::open(path_));
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("PRAGMA user_version=999");
  EXPECT_EQ(ConfigStore::open(path_).error().code, ErrorCode::kUnsupported);
}

struct Older {
  int version;
  const char* sql;  ///< takes away what the version after it added
};

TEST_F(Config, a_database_of_before_keeps_all_and_records_to_where_serve_is_told) {
  constexpr const char* kNoVolumes =
      "DROP TABLE volume_limits; DELETE FROM site WHERE key='serve_volumes';";
  for (const Older& older : {Older{5, ""}, Older{4, "DROP TABLE device;"}}) {
    std::filesystem::remove(path_);
    std::string site;
    {
      const auto config = ConfigStore::open(path_).value();
      site = config->site_id();
      ASSERT_TRUE(config->add_camera(camera("door")));
      ASSERT_TRUE(config->put_volume({"/srv/a", 5, {}}));
      ASSERT_TRUE(config->remember_volume({"/srv/a", "0123456789abcdef"}));
      const DeviceSigns device{"00:40:8c:00:00:01", "", "", ""};
      ASSERT_TRUE(config->put_device({"door", {device}, {}}));
    }
    SQLite::Database(path_, SQLite::OPEN_READWRITE)
        .exec(std::string(kNoVolumes) + older.sql +
              "PRAGMA user_version=" + std::to_string(older.version));
    const auto config = ConfigStore::open(path_);
    ASSERT_TRUE(config) << older.version << ": " << config.error().message();
    EXPECT_EQ((*config)->site_id(), site);
    EXPECT_EQ((*config)->cameras()->size(), 1U);
    EXPECT_EQ((*config)->devices()->size(), older.version == 4 ? 0U : 1U);
    EXPECT_EQ((*config)->volumes()->size(), 1U);
    EXPECT_TRUE((*config)->volume_list()->empty()) << "nobody has said it yet";
    ASSERT_TRUE((*config)->take_over_volumes({{{"/srv/a", 7, 0}}, {}}));
    EXPECT_EQ((*config)->volume_list().value(), (std::vector<VolumeSpec>{{"/srv/a", 7, 0}}));
  }
}

TEST_F(Config, names_are_as_long_in_every_script) {
  const auto letters = [](size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += "\u9580";
    return text;
  };
  auto config = ConfigStore::open(path_).value();
  Camera door = camera("door");
  door.name = letters(200);
  ASSERT_TRUE(config->add_camera(door));
  EXPECT_EQ(config->camera("door")->name, door.name);
  door.name += "a";
  EXPECT_EQ(config->update_camera(door).error().what,
            "the camera's name must have 1 to 200 letters");
  Layout layout{"wall", letters(100), LayoutGrid::kAuto, {}};
  EXPECT_TRUE(check_layout(layout));
  layout.name += "a";
  EXPECT_FALSE(check_layout(layout));
  Hold hold{"", "door", {1}, {2}, letters(500), letters(100), 0};
  EXPECT_TRUE(check_hold(hold));
  hold.who += "a";
  EXPECT_FALSE(check_hold(hold));
  hold.who.pop_back();
  hold.reason += "a";
  EXPECT_FALSE(check_hold(hold));
}

TEST_F(Config, a_damaged_database_is_an_error_and_stays_where_it_is) {
  std::ofstream(path_) << std::string(8192, 'x');
  EXPECT_EQ(ConfigStore::open(path_).error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(std::filesystem::file_size(path_), 8192U);
}

TEST_F(Config, a_damaged_one_says_what_to_do_and_stays_as_it_is) {
  const std::string junk(20'000, 'x');
  std::ofstream(path_) << junk;
  const auto opened = ConfigStore::open(path_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kDataLoss);
  EXPECT_NE(opened.error().what.find(path_ + " is damaged"), std::string::npos);
  EXPECT_NE(opened.error().what.find("backup"), std::string::npos);
  std::ifstream file(path_);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), junk);
}

TEST_F(Config, a_missing_folder_is_one_clear_error) {
  EXPECT_EQ(ConfigStore::open(dir_ + "/no/config.db").error().code, ErrorCode::kNotFound);
}

TEST(DataFolder, a_second_server_on_the_same_folder_gets_one_clear_error) {
  fs::FakeFileSystem files;
  ASSERT_TRUE(files.make_dirs("/srv"));
  auto first = DataFolder::open(files, "/srv/vedette");
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_EQ(first->paths().config, "/srv/vedette/config.db");
  const auto second = DataFolder::open(files, "/srv/vedette");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_NE(second.error().what.find("another vedette server runs on /srv/vedette"),
            std::string::npos);
}

TEST(DataFolder, a_missing_parent_and_an_unwritable_folder_say_what_to_do) {
  fs::FakeFileSystem files;
  EXPECT_EQ(DataFolder::open(files, "/mnt/disk/vedette").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(files.make_dirs("/srv/vedette"));
  files.inject({.op = fs::Op::kLock, .code = ErrorCode::kPermissionDenied});
  const auto opened = DataFolder::open(files, "/srv/vedette");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().what.find("cannot write to the data folder"), std::string::npos);
}

TEST(DataFolder, what_cannot_be_a_folder_says_what_to_do) {
  fs::RealFileSystem files;
  const std::string told = "/dev/null cannot be the data folder (";
  const auto a_file = DataFolder::open(files, "/dev/null");
  ASSERT_FALSE(a_file);
  EXPECT_EQ(a_file.error().what.substr(0, told.size()), told);
  EXPECT_NE(a_file.error().what.find("give a folder on a disk with --data"), std::string::npos);
  const auto below = DataFolder::open(files, "/dev/null/vedette");
  ASSERT_FALSE(below);
  EXPECT_NE(below.error().what.find("give a folder on a disk with --data"), std::string::npos);
}

}  // namespace
}  // namespace vedette::store
