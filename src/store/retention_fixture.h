// SPDX-License-Identifier: Apache-2.0
// For the tests of retention: an archive on a disk in memory, with files of 1000 bytes, one an
// hour.
#pragma once

#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "fs/fake_file_system.h"
#include "store/live_index.h"
#include "store/recovery.h"
#include "store/retention.h"

namespace vedette::store {

inline constexpr int64_t kHourUs = 3'600'000'000;
inline constexpr int64_t kDayUs = 86'400'000'000;

class RetentionTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-retention-" + random_id();
    std::filesystem::create_directory(dir_);
    config_ = ConfigStore::open(dir_ + "/config.db").value();
    catalog_ = open_catalog();
    camera_ = add_camera("door");
  }
  void TearDown() override {
    archive_.reset();
    catalog_.reset();
    std::filesystem::remove_all(dir_);
  }
  Camera add_camera(const std::string& id) {
    Camera camera;
    camera.id = id;
    camera.name = id;
    camera.main_url = "rtsp://camera/main";
    EXPECT_TRUE(config_->add_camera(camera));
    return camera;
  }
  void keep(const std::string& id, const Retention& retention) {
    Camera camera = config_->camera(id).value();
    camera.retention = retention;
    ASSERT_TRUE(config_->update_camera(camera));
  }
  std::unique_ptr<Catalog> open_catalog() {
    return Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
  }
  void open(std::optional<int64_t> quota = std::nullopt) {
    open_volumes({{"/video", quota, std::nullopt}});
  }
  void open_volumes(std::vector<VolumeSpec> volumes) {
    archive_.reset();
    ArchiveOptions options;
    options.volumes = std::move(volumes);
    options.threads = false;
    archive_ = Archive::open({files_, clock_, *config_, *catalog_}, options).value();
  }
  // The process died and another one begins with what it left.
  void restart(std::optional<int64_t> quota = std::nullopt) {
    archive_.reset();
    catalog_.reset();
    catalog_ = open_catalog();
    open(quota);
  }
  // One file of 1000 bytes that ends now, after an hour.
  void add_file(const std::string& camera, size_t volume = 0) {
    const VolumeStatus status = archive_->volumes()[volume];
    FileRef ref;
    ref.id = catalog_->new_file_id();
    ref.camera = camera;
    ref.run = camera == "door" ? "00000000000000aa" : "00000000000000bb";
    ref.seq = next_seq_++;
    ref.volume = status.id;
    ref.root = status.path;
    ref.start_us = clock_.wall().us;
    ref.relative = recording_path(camera, StreamKind::kMain, ref.run, ref.seq, clock_.wall());
    ASSERT_TRUE(files_.make_dirs(fs::parent_of(ref.path())));
    auto file = files_.create(ref.path());
    const Bytes content(1000);
    const ByteSpan part = content;
    ASSERT_TRUE((*file)->write_at(0, std::span(&part, 1)));
    const int64_t id = ref.id;
    FragmentEntry entry;
    entry.offset = 100;
    entry.size = 900;
    entry.start_us = ref.start_us;
    entry.duration = 90'000;
    catalog_->live().open_file(std::make_shared<const FileRef>(ref));
    catalog_->live().commit(id, std::span(&entry, 1));
    catalog_->live().close_file(id, 1000);
  }
  // A file an hour of the door.
  void add_files(int count) {
    for (int i = 0; i < count; ++i) {
      add_file("door");
      clock_.advance(std::chrono::hours(1));
    }
    ASSERT_TRUE(catalog_->flush());
  }
  [[nodiscard]] size_t recordings(const std::string& part = ".mp4") const {
    size_t count = 0;
    for (const std::string& path : files_.all_files())
      if (path.find(".mp4") != std::string::npos && path.find(part) != std::string::npos) ++count;
    return count;
  }
  [[nodiscard]] size_t listed(const std::string& camera = "door") const {
    return catalog_->fragments({camera, StreamKind::kMain, {0}, {INT64_MAX}})->size();
  }
  [[nodiscard]] std::string cleaning_off() const {
    const auto off = archive_->volumes()[0].cleaning_off;
    return off ? off->what : std::string();
  }
  Hold hold(int64_t from_us, int64_t to_us, const std::string& camera = "door") {
    return {random_id(), camera, {from_us}, {to_us}, "burglary", "Anna", clock_.wall().us};
  }

  std::string dir_;
  FakeClock clock_;
  fs::FakeFileSystem files_;
  std::unique_ptr<ConfigStore> config_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Archive> archive_;
  Camera camera_;
  uint32_t next_seq_ = 0;
};

}  // namespace vedette::store
