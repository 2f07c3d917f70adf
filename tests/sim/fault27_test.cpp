// SPDX-License-Identifier: Apache-2.0
// Fault 27 of docs/trust.md: the process or the power ends at each operation of the disk during a
// migration of a database and while the configuration is written. What is found after it is the old
// state or the new one, and what was called done is the new one.
#include <filesystem>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sqlite_disk.h"
#include "store/catalog.h"
#include "store/config_store.h"

namespace vedette::trial {
namespace {

enum class End { kKilled, kUnsyncedLost, kTorn };

class Fault27 : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_);
    put_sqlite_on(disk_, folder_);
    ASSERT_TRUE(disk_.make_dirs(folder_.substr(0, folder_.size() - 1)));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  using Work = std::function<bool()>;
  /// Runs `work` on copies of the disk, each of which ends at a later operation, until one is done
  /// before its end comes. `look` sees what is left, and whether the work was called done.
  void end_at_each_operation(const Work& work, const std::function<void(bool done)>& look) {
    ASSERT_TRUE(disk_.sync_all("/"));
    for (const End end : {End::kKilled, End::kUnsyncedLost, End::kTorn}) {
      int last = 0;
      bool reached = true;
      for (int n = 1; reached; ++n) {
        SCOPED_TRACE("end " + std::to_string(static_cast<int>(end)) + " at operation " +
                     std::to_string(n));
        const auto copy = disk_.clone();
        put_sqlite_on(*copy, folder_);
        int operations = 0;
        copy->set_on_operation([&](fs::Op, const std::string&) {
          if (++operations == n) copy->set_halted(true);
        });
        const bool done = work();
        reached = operations >= n;
        copy->set_on_operation(nullptr);
        copy->set_halted(false);
        bring(*copy, end, static_cast<uint64_t>(n));
        look(done);
        last = n;
        if (testing::Test::HasFailure()) return;
      }
      EXPECT_GT(last, 5) << "something was written";
      ends_ += last;
    }
    put_sqlite_on(disk_, folder_);
    RecordProperty("ends", ends_);
  }
  static void bring(fs::FakeFileSystem& disk, End end, uint64_t seed) {
    if (end == End::kKilled)
      disk.process_death();
    else if (end == End::kUnsyncedLost)
      disk.power_cut();
    else
      disk.power_cut(seed);
  }
  static void sql(const std::string& path, const std::string& text) {
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec(text);
  }
  /// The version of a database that is whole; SQLite puts it in order when it is opened.
  static int version_of(const std::string& path) {
    SQLite::Database db(path, SQLite::OPEN_READWRITE);
    EXPECT_EQ(db.execAndGet("PRAGMA integrity_check").getString(), "ok");
    return db.execAndGet("PRAGMA user_version").getInt();
  }

  const std::string folder_ = testing::TempDir() + "vedette-27-" + std::to_string(::getpid()) + "/";
  const std::string config_ = folder_ + "config.db";
  const std::string catalog_ = folder_ + "catalog.db";
  fs::FakeFileSystem disk_;
  FakeClock clock_;
  int ends_ = 0;
};

store::Camera camera_called(const std::string& id) {
  store::Camera camera;
  camera.id = camera.name = id;
  camera.main_url = "rtsp://user:pass@10.0.0.5/" + id;
  camera.retention.max_age_us = int64_t{14} * 86'400 * 1'000'000;
  camera.created_us = 1;
  return camera;
}

/// A configuration in which something of each kind stands.
void fill(store::ConfigStore& config) {
  ASSERT_TRUE(config.add_camera(camera_called("door")));
  ASSERT_TRUE(config.add_camera(camera_called("yard")));
  ASSERT_TRUE(config.put_layout({"front", "Front", store::LayoutGrid::kTwo, {{"door"}, {"yard"}}}));
  ASSERT_TRUE(config.add_hold({"h1", "door", {1}, {2}, "an accident", "me", 3}));
  ASSERT_TRUE(config.remember_volume({"/v0", "0123456789abcdef"}));
  ASSERT_TRUE(config.take_over_volumes({{{"/v0", 1000, {}}, {"/v1", {}, 0}}, {}}));
  const DeviceSigns known{"00:40:8c:00:00:01", "", "", ""};
  const DeviceSigns other{"00:40:8c:00:00:02", "", "", ""};
  ASSERT_TRUE(config.put_device({"door", {known}, store::CameraDevice::Other{other, {5}}}));
}

/// All that a person can see of it, in words.
std::string told(const store::ConfigStore& config) {
  std::string all = config.site_id();
  const auto cameras = config.cameras().value();
  const auto layouts = config.layouts().value();
  const auto holds = config.holds().value();
  const auto volumes = config.volumes().value();
  const auto limits = config.volume_list().value();
  const auto devices = config.devices().value();
  for (const store::Camera& camera : cameras)
    all += "\ncamera " + camera.id + " " + camera.name + " " + camera.main_url + " " +
           std::to_string(camera.retention.max_age_us.value_or(-1));
  for (const store::Layout& layout : layouts) {
    all += "\nlayout " + layout.id;
    for (const store::LayoutTile& tile : layout.tiles) all += " " + tile.camera;
  }
  for (const store::Hold& hold : holds) all += "\nhold " + hold.id;
  for (const store::KnownVolume& volume : volumes) all += "\nvolume " + volume.id;
  for (const store::VolumeSpec& volume : limits)
    all += "\nrecorded to " + volume.path + " " + std::to_string(volume.quota_bytes.value_or(-1)) +
           " " + std::to_string(volume.reserve_bytes.value_or(-1));
  for (const store::CameraDevice& device : devices) {
    all += "\ndevice " + device.camera;
    for (const DeviceSigns& signs : device.known) all += " " + signs.hardware;
    if (device.other) all += " not " + device.other->signs.hardware;
  }
  return all;
}

struct Downgrade {
  int to;
  const char* sql;
};

TEST_F(Fault27, a_migration_of_the_configuration) {
  // What each version added, taken away again.
  const Downgrade downgrades[] = {
      {5, "DROP TABLE volume_limits; DELETE FROM site WHERE key='serve_volumes'"},
      {4, "DROP TABLE device"},
      {3, "ALTER TABLE camera DROP COLUMN record; ALTER TABLE camera DROP COLUMN schedule"},
      {2, "DROP TABLE layout; DROP TABLE layout_tile"},
      {1,
       "DROP TABLE hold; ALTER TABLE camera DROP COLUMN min_age_us;"
       "ALTER TABLE camera DROP COLUMN min_bytes"},
  };
  ASSERT_TRUE(disk_.create(config_));
  fill(*store::ConfigStore::open(config_).value());
  const int newest = version_of(config_);
  for (const auto& [version, text] : downgrades) {
    SCOPED_TRACE("from version " + std::to_string(version));
    sql(config_, std::string(text) + "; PRAGMA user_version=" + std::to_string(version));
    const int from = version;
    const auto before = disk_.clone();  // opening it below migrates
    put_sqlite_on(*before, folder_);
    const std::string whole = told(*store::ConfigStore::open(config_).value());
    EXPECT_NE(whole.find("camera door"), std::string::npos);
    put_sqlite_on(disk_, folder_);
    end_at_each_operation([&] { return store::ConfigStore::open(config_).has_value(); },
                          [&](bool done) {
                            const int found = version_of(config_);
                            EXPECT_TRUE(found == newest || (!done && found == from)) << found;
                            const auto config = store::ConfigStore::open(config_);
                            ASSERT_TRUE(config) << config.error().message();
                            EXPECT_EQ(told(**config), whole);
                            EXPECT_EQ(version_of(config_), newest);
                          });
  }
}

TEST_F(Fault27, the_first_start) {
  ASSERT_TRUE(disk_.create(config_));
  std::string site;
  end_at_each_operation(
      [&] {
        const auto config = store::ConfigStore::open(config_);
        site = config ? (*config)->site_id() : "";
        return config.has_value();
      },
      [&](bool done) {
        const auto config = store::ConfigStore::open(config_);
        ASSERT_TRUE(config) << config.error().message();
        EXPECT_TRUE(!done || (*config)->site_id() == site) << "the site is the same for ever";
        EXPECT_TRUE((*config)->cameras()->empty());
      });
}

TEST_F(Fault27, writing_the_configuration) {
  struct Row {
    const char* what;
    std::function<bool(store::ConfigStore&)> change;
  };
  const Row rows[] = {
      {"a camera is added",
       [](auto& c) { return c.add_camera(camera_called("gate")).has_value(); }},
      {"a camera is changed",
       [](auto& c) {
         store::Camera door = camera_called("door");
         door.name = "Front door";
         door.main_url += "/other";
         return c.update_camera(door).has_value();
       }},
      {"a camera and what is known of its device are removed",
       [](auto& c) { return c.remove_camera("door").has_value(); }},
      {"a device is confirmed", [](auto& c) { return c.confirm_device("door").has_value(); }},
      {"a layout is changed",
       [](auto& c) {
         return c.put_layout({"front", "Front", store::LayoutGrid::kTwo, {{"yard"}}}).has_value();
       }},
      {"a hold is placed",
       [](auto& c) {
         return c.add_hold({"h2", "yard", {1}, {2}, "why", "me", 3}).has_value();
       }},
      {"a volume gets another quota",
       [](auto& c) {
         return c.put_volume({"/v0", 2000, {}}).has_value();
       }},
      {"a volume is removed", [](auto& c) { return c.remove_volume("/v1").has_value(); }},
      {"the command line names another volume",
       [](auto& c) {
         return c.take_over_volumes({{{"/v0", 1000, {}}}, 500}).has_value();
       }},
      {"all of it is replaced from a file",
       [](auto& c) {
         store::Configuration wanted{
             {camera_called("gate"), camera_called("yard")},
             {{"back", "Back", store::LayoutGrid::kAuto, {{"gate"}}}},
             std::vector<store::VolumeSpec>{{"/v2", {}, 5}, {"/v0", {}, 7}}};
         return c.replace(wanted, {{9}, true, false}).has_value();
       }},
  };
  ASSERT_TRUE(disk_.create(config_));
  fill(*store::ConfigStore::open(config_).value());
  const std::string before = told(*store::ConfigStore::open(config_).value());
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const auto tried = disk_.clone();
    put_sqlite_on(*tried, folder_);
    ASSERT_TRUE(row.change(*store::ConfigStore::open(config_).value()));
    const std::string after = told(*store::ConfigStore::open(config_).value());
    EXPECT_NE(before, after);
    put_sqlite_on(disk_, folder_);
    end_at_each_operation(
        [&] {
          const auto config = store::ConfigStore::open(config_);
          return config && row.change(**config);
        },
        [&](bool done) {
          const auto config = store::ConfigStore::open(config_);
          ASSERT_TRUE(config) << config.error().message();
          const std::string now = told(**config);
          EXPECT_TRUE(now == after || (!done && now == before)) << now;
        });
  }
}

TEST_F(Fault27, a_migration_of_the_catalog) {
  const Downgrade downgrades[] = {
      {2, "DROP TABLE activity"},
      {1, "DROP TABLE deletion; DROP TABLE volume_epoch; ALTER TABLE gap DROP COLUMN alarm_us"},
  };
  const auto open = [&] {
    return store::Catalog::open(clock_, {.path = catalog_, .threads = false});
  };
  const std::string generation = open()->generation();
  ASSERT_FALSE(generation.empty());
  sql(catalog_,
      "INSERT INTO gap(id, camera, kind, start_us, end_us, cause, detail, first_seen_us)"
      " VALUES(1, 'door', 0, 10, 20, 'stalled', '', 20)");
  const int newest = version_of(catalog_);
  for (const auto& [version, text] : downgrades) {
    SCOPED_TRACE("from version " + std::to_string(version));
    sql(catalog_, std::string(text) + "; PRAGMA user_version=" + std::to_string(version));
    const int from = version;
    end_at_each_operation([&] { return !open()->problem(); },
                          [&](bool done) {
                            const int found = version_of(catalog_);
                            // It is a cache in WAL: what was called done may be the old one after
                            // a power cut, never half.
                            (void)done;
                            EXPECT_TRUE(found == newest || found == from) << found;
                            const auto catalog = open();
                            EXPECT_FALSE(catalog->problem());
                            EXPECT_EQ(catalog->generation(), generation);
                            const auto gaps = catalog->gaps("door", {0}, {100});
                            ASSERT_TRUE(gaps) << gaps.error().message();
                            EXPECT_EQ(gaps->size(), 1U);
                            EXPECT_EQ(version_of(catalog_), newest);
                          });
  }
}

}  // namespace
}  // namespace vedette::trial
