// SPDX-License-Identifier: Apache-2.0
// For the tests of volumes while they are recorded to: an archive on a disk in memory, and runs of
// a picture a second.
#pragma once

#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "fs/fake_file_system.h"
#include "mp4/test_tracks.h"
#include "store/archive.h"

namespace vedette::store {

class VolumeTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-volume-" + random_id();
    std::filesystem::create_directory(dir_);
    config_ = ConfigStore::open(dir_ + "/config.db").value();
    catalog_ = Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
  }
  void TearDown() override {
    files_.set_on_operation(nullptr);
    archive_.reset();
    catalog_.reset();
    std::filesystem::remove_all(dir_);
  }
  void open(std::vector<VolumeSpec> volumes) {
    ArchiveOptions options;
    options.volumes = std::move(volumes);
    options.threads = false;
    archive_ = Archive::open({files_, clock_, *config_, *catalog_}, options).value();
  }
  std::shared_ptr<RunWriter> begin(const std::string& camera) {
    return archive_->begin_run({camera, StreamKind::kMain, track_, nullptr, 0}).value();
  }
  Result<void> submit(RunWriter& run, int64_t second) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = track_;
    au->dts = au->pts = second * kSecond;
    au->utc = clock_.wall();
    au->random_access = true;
    au->data = Bytes(2000, 'v');
    FragmentInput input;
    input.video = {au};
    input.video_end = (second + 1) * kSecond;
    return run.submit(std::move(input));
  }
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      clock_.advance(std::chrono::seconds(1));
      archive_->step();
    }
  }

  static constexpr int64_t kSecond = 90'000;  // ticks
  std::string dir_;
  FakeClock clock_;
  fs::FakeFileSystem files_;
  std::unique_ptr<ConfigStore> config_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Archive> archive_;
  media::TrackInfoPtr track_ = mp4::h264_track();
};

}  // namespace vedette::store
