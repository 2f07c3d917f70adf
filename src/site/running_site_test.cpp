// SPDX-License-Identifier: Apache-2.0
// A whole site over cameras and a disk in memory: what a person changes while it runs.
#include <algorithm>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "base/id.h"
#include "fs/fake_file_system.h"
#include "ingest/fake_camera.h"
#include "site/site.h"

namespace vedette::site {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RunningSite : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(dir_);
    config_ = store::ConfigStore::open(dir_ + "/config.db").value();
    catalog_ = store::Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    store::ArchiveOptions options;
    options.volumes = {{"/video", std::nullopt, std::nullopt}};
    options.threads = false;
    archive_ = store::Archive::open({disk_, clock_, *config_, *catalog_}, options).value();
    connector_.cameras["door"] = &door_;
    store::Camera camera;
    camera.id = camera.name = "door";
    camera.main_url = "rtsp://admin:secret@door/live";
    ASSERT_TRUE(config_->add_camera(camera));
    site_ = Site::open({clock_, *config_, *archive_, ingest_}).value();
  }
  void TearDown() override {
    site_.reset();
    archive_.reset();
    catalog_.reset();
    std::filesystem::remove_all(dir_);
  }
  void run(Duration time) {
    for (Duration passed{0}; passed < time; passed += milliseconds(20)) {
      clock_.advance(milliseconds(20));
      door_.tick();
      ingest_.tick();
    }
  }
  [[nodiscard]] CameraState state() { return site_->find("door")->status.state; }
  Result<void> save(const CameraService::Change& change) { return site_->update("door", change); }
  Result<void> move_to(const std::string& url) {
    return save([&](store::Camera camera) -> Result<store::Camera> {
      camera.main_url = url;
      return camera;
    });
  }
  std::vector<store::Gap> gaps() { return catalog_->gaps("door", {0}, {INT64_MAX}).value(); }
  size_t open_gaps() {
    const auto all = gaps();
    return static_cast<size_t>(
        std::count_if(all.begin(), all.end(), [](const store::Gap& gap) { return !gap.end; }));
  }

  const std::string dir_ = testing::TempDir() + "vedette-site-" + random_id();
  FakeClock clock_;
  fs::FakeFileSystem disk_;
  ingest::FakeCamera door_{clock_};
  ingest::FakeConnector connector_;
  ingest::Ingest ingest_{clock_, connector_, 0};
  std::unique_ptr<store::ConfigStore> config_;
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::Archive> archive_;
  std::unique_ptr<Site> site_;
};

TEST_F(RunningSite, of_two_changes_at_once_none_is_lost) {
  std::thread other;
  const auto rename = [](store::Camera camera) -> Result<store::Camera> {
    camera.name = "Back door";
    return camera;
  };
  ASSERT_TRUE(save([&](store::Camera camera) -> Result<store::Camera> {
    other = std::thread([&] { EXPECT_TRUE(save(rename)); });
    camera.retention.max_age_us = 3'600'000'000;
    return camera;
  }));
  other.join();
  const store::Camera stored = config_->camera("door").value();
  EXPECT_EQ(stored.name, "Back door");
  EXPECT_EQ(stored.retention.max_age_us, 3'600'000'000);
}

TEST_F(RunningSite, a_change_that_is_refused_changes_nothing) {
  const auto refused = save([](const store::Camera&) -> Result<store::Camera> {
    return make_error(ErrorCode::kInvalidArgument, "no");
  });
  EXPECT_EQ(refused.error().what, "no");
  EXPECT_EQ(site_->update("gate", [](store::Camera camera) { return camera; }).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(config_->camera("door")->name, "door");
}

TEST_F(RunningSite, saving_a_camera_as_it_is_tries_at_once_what_it_refused) {
  door_.password = "another";
  run(seconds(30));
  EXPECT_EQ(state(), CameraState::kDown);
  door_.password = "secret";
  run(seconds(10));
  ASSERT_EQ(state(), CameraState::kDown) << "it is tried after minutes";
  ASSERT_TRUE(save([](store::Camera camera) { return camera; }));
  run(seconds(2));
  EXPECT_EQ(state(), CameraState::kRecording);
}

TEST_F(RunningSite, saving_a_camera_that_records_disturbs_nothing) {
  run(seconds(5));
  ASSERT_EQ(state(), CameraState::kRecording);
  ASSERT_TRUE(save([](store::Camera camera) { return camera; }));
  run(seconds(5));
  EXPECT_EQ(door_.connections, 1);
}

TEST_F(RunningSite, a_camera_that_was_changed_has_no_open_gap_once_it_records_again) {
  run(seconds(5));
  ASSERT_EQ(state(), CameraState::kRecording);
  ASSERT_TRUE(move_to("rtsp://admin:secret@door/other"));
  EXPECT_EQ(open_gaps(), 1U);
  run(seconds(5));
  ASSERT_EQ(state(), CameraState::kRecording);
  EXPECT_EQ(open_gaps(), 0U);
}

TEST_F(RunningSite, a_changed_address_leaves_no_hole_between_the_gaps) {
  door_.refuses = true;
  run(seconds(10));
  ASSERT_EQ(state(), CameraState::kDown);
  ASSERT_TRUE(move_to("rtsp://admin:secret@nowhere/live"));
  run(seconds(10));
  EXPECT_EQ(open_gaps(), 1U);
  const auto all = gaps();
  ASSERT_GE(all.size(), 2U);
  for (size_t i = 1; i < all.size(); ++i) EXPECT_EQ(*all[i - 1].end, all[i].start) << all[i].cause;
}

TEST_F(RunningSite, of_a_camera_that_was_removed_nothing_is_missing_from_then_on) {
  run(seconds(5));
  ASSERT_TRUE(site_->remove("door"));
  EXPECT_EQ(open_gaps(), 0U);
}

TEST_F(RunningSite, what_the_end_of_the_process_leaves_is_open_for_the_next_start) {
  run(seconds(5));
  site_.reset();
  EXPECT_EQ(open_gaps(), 1U);
}

}  // namespace
}  // namespace vedette::site
