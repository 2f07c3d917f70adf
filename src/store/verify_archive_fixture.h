// SPDX-License-Identifier: Apache-2.0
// For the tests of verify_archive: one camera recorded to one volume, on a disk in memory.
#pragma once

#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "evidence/ed25519.h"
#include "fs/fake_file_system.h"
#include "mp4/test_tracks.h"
#include "store/archive.h"
#include "store/verify_archive.h"

namespace vedette::store {

inline constexpr int64_t kSecond = 90'000;

class VerifyArchive : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-verify-" + random_id();
    std::filesystem::create_directory(dir_);
    config_ = ConfigStore::open(dir_ + "/config.db").value();
    Camera camera;
    camera.id = camera.name = "door";
    camera.main_url = "rtsp://camera/main";
    ASSERT_TRUE(config_->add_camera(camera));
    open();
  }
  void TearDown() override {
    end_run();
    archive_.reset();
    catalog_.reset();
    dead_.clear();
    dead_catalogs_.clear();
    std::filesystem::remove_all(dir_);
  }
  void open() {
    catalog_ = Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    ArchiveOptions options;
    options.volumes = {{"/video", std::nullopt}};
    options.threads = false;
    options.file_duration = std::chrono::seconds(30);
    options.sync_interval = sync_interval_;
    ArchiveParts parts{*files_, clock_, *config_, *catalog_};
    parts.signer = with_key_ ? &signer_ : nullptr;
    archive_ = Archive::open(parts, options).value();
  }
  void end_run() {
    if (run_) run_->end();
    run_.reset();
  }
  void stop() {
    end_run();
    archive_.reset();
    catalog_.reset();
  }
  // The machine is gone without a word; what it had not synced is lost, or torn to pieces.
  void power_cut(std::optional<uint64_t> torn = std::nullopt) {
    ASSERT_TRUE(catalog_->flush());
    torn ? files_->power_cut(*torn) : files_->power_cut();
    dead_.push_back(std::move(archive_));
    dead_catalogs_.push_back(std::move(catalog_));
    run_.reset();
  }
  void record(int seconds) {
    if (!run_) {
      origin_ = time_;
      run_ = archive_->begin_run({"door", StreamKind::kMain, track_, nullptr, origin_}).value();
    }
    for (int i = 0; i < seconds; ++i) {
      auto au = std::make_shared<media::AccessUnit>();
      au->track = track_;
      au->dts = au->pts = time_;
      au->utc = clock_.wall();
      au->random_access = true;
      au->data = Bytes(bytes_per_second_, 'v');
      time_ += kSecond;
      FragmentInput input;
      input.video = {au};
      input.video_end = time_;
      ASSERT_TRUE(run_->submit(std::move(input)));
      clock_.advance(std::chrono::seconds(1));
      archive_->step();
    }
  }
  // Until the ledger is signed too: at the sync after ten seconds from its last entry.
  void settle() {
    for (int i = 0; i < 10; ++i) {
      clock_.advance(std::chrono::seconds(2));
      archive_->step();
    }
    ASSERT_TRUE(catalog_->flush());
  }
  [[nodiscard]] std::vector<std::string> recordings() const {
    std::vector<std::string> all;
    for (const std::string& path : files_->all_files())
      if (path.ends_with(".mp4")) all.push_back(path);
    return all;
  }
  void put(const std::string& path, const Bytes& content) {
    (void)files_->remove(path);
    ASSERT_TRUE(files_->make_dirs(fs::parent_of(path)));
    auto file = files_->create(path).value();
    const ByteSpan part = content;
    ASSERT_TRUE(file->write_at(0, std::span(&part, 1)));
  }
  [[nodiscard]] evidence::Verification verify(const std::string& path = "/video") const {
    return verify_archive(*files_, {path, evidence::fingerprint(signer_.public_key())}).value();
  }
  [[nodiscard]] std::string found(const std::string& path = "/video") {
    std::string all;
    for (const auto& finding : verify(path).findings) {
      all += (all.empty() ? "" : " ") + std::string(to_string(finding.fault));
      details_ += finding.path + ": " + finding.detail + "\n";
    }
    return all;
  }

  // Of files that hold something. One whose head did not arrive stays, and is told each time.
  [[nodiscard]] size_t torn_ends() const {
    size_t count = 0;
    for (const evidence::TornEnd& one : verify().torn) count += one.offset > 0 ? 1U : 0U;
    return count;
  }

  std::string dir_;
  std::unique_ptr<fs::FakeFileSystem> files_ = std::make_unique<fs::FakeFileSystem>();
  FakeClock clock_;
  evidence::Ed25519Signer signer_{evidence::Seed{5}};
  bool with_key_ = true;
  size_t bytes_per_second_ = 2000;
  Duration sync_interval_{std::chrono::seconds(1)};
  std::unique_ptr<ConfigStore> config_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Archive> archive_;
  std::vector<std::unique_ptr<Archive>> dead_;
  std::vector<std::unique_ptr<Catalog>> dead_catalogs_;
  std::shared_ptr<RunWriter> run_;
  media::TrackInfoPtr track_ = mp4::h264_track();
  int64_t time_ = 0;
  int64_t origin_ = 0;
  std::string details_;
};

}  // namespace vedette::store
