// SPDX-License-Identifier: Apache-2.0
// Memory and threads that cannot be had: fault 24 of docs/trust.md. A recorder on real files has
// its n-th allocation fail, for n through all that it makes in some seconds. What is thrown ends
// where it ends in the program: a round of a thread, or the session of a camera. Afterwards both
// cameras are recorded, what was reported recorded is there and verifies, and every second is
// recorded or in a gap. A binary of its own, for scarcity.cpp replaces operator new.
#include <algorithm>
#include <filesystem>
#include <system_error>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/contain.h"
#include "evidence/ed25519.h"
#include "record/recorder.h"
#include "scarcity.h"
#include "store/fsck.h"
#include "store/verify_archive.h"

namespace vedette::trial {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using store::StreamKind;

constexpr int kFps = 5;
constexpr const char* kCameras[] = {"door", "yard"};
constexpr int64_t kSecondUs = 1'000'000;

media::TrackInfoPtr track() {
  media::TrackInfo info;
  info.codec = media::Codec::kH264;
  info.decoder_config = {1,    0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 10, 0x67, 0x42, 0xc0, 0x1e, 0xd9,
                         0x01, 0x40, 0x7b, 0x20, 0x08, 1,    0, 4,  0x68, 0xcb, 0x83, 0xcb};
  info.rfc6381 = "avc1.42c01e";
  info.width = 640;
  info.height = 480;
  info.fps = kFps;
  return std::make_shared<const media::TrackInfo>(info);
}

// Runs what a thread of the program would run; false: it threw.
template <typename Work>
bool scarce(Work&& work) {
  const bool ended = contain("a trial", [&] {
    arm_scarcity(true);
    work();
  });
  arm_scarcity(false);
  return ended;
}

class Site {
 public:
  explicit Site(const std::string& dir) : dir_(dir) {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_ + "/video");
    config_ = store::ConfigStore::open(dir_ + "/config.db").value();
    for (const char* id : kCameras) {
      store::Camera camera;
      camera.id = camera.name = id;
      camera.main_url = "rtsp://camera/main";
      EXPECT_TRUE(config_->add_camera(camera));
    }
  }
  ~Site() {
    stop();
    config_.reset();
    std::filesystem::remove_all(dir_);
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  void start() {
    catalog_ = store::Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    store::ArchiveOptions options;
    options.volumes = {{dir_ + "/video", {}, {}}};
    options.file_duration = seconds(4);
    options.threads = false;
    archive_ =
        store::Archive::open({files_, clock_, *config_, *catalog_, &signer_}, options).value();
    for (const char* id : kCameras)
      recorders_.push_back(std::make_unique<record::Recorder>(
          *archive_, clock_, record::RecorderOptions{.camera = id}));
  }
  void stop() {
    recorders_.clear();
    archive_.reset();
    catalog_.reset();
  }
  void run(int whole_seconds) {
    for (int i = 0; i < whole_seconds * kFps; ++i) {
      clock_.advance(milliseconds(1000 / kFps));
      for (auto& recorder : recorders_) deliver(*recorder);
      (void)scarce([&] { archive_->step(); });
      if (frame_ % 3 == 0) (void)scarce([&] { catalog_->step(); });
      if (frame_ % 10 == 0) (void)scarce([&] { archive_->clean(); });
      ++frame_;
    }
  }
  // No more than the fragment that was being made, of one camera.
  void expect_lost_one_fragment_at_most() {
    int cameras = 0;
    for (const char* camera : kCameras) {
      int64_t lost_us = 0;
      const auto gaps = catalog_->gaps(camera, {0}, {INT64_MAX}).value();
      for (const store::Gap& gap : gaps)
        if (gap.cause != "starting")
          lost_us += (gap.end ? gap.end->us : clock_.wall().us) - gap.start.us;
      EXPECT_LE(lost_us, kSecondUs) << camera;
      if (lost_us > 0) ++cameras;
    }
    EXPECT_LE(cameras, 1);
  }
  void expect_whole() {
    for (size_t i = 0; i < recorders_.size(); ++i) {
      SCOPED_TRACE(kCameras[i]);
      EXPECT_TRUE(recorders_[i]->status().recording);
      expect_every_second(kCameras[i]);
    }
    const auto report = archive_->check({}, {});
    for (const auto& finding : report.findings)
      if (!store::is_note(finding.kind))
        ADD_FAILURE() << "fsck: " << to_string(finding.kind) << " " << finding.path << " "
                      << finding.detail;
    stop();
    const auto seen =
        store::verify_archive(files_, {dir_ + "/video", evidence::Hash(signer_.public_key())});
    ASSERT_TRUE(seen) << seen.error().message();
    for (const auto& finding : seen->findings)
      ADD_FAILURE() << "verify: " << finding.path << " " << finding.detail;
  }

 private:
  void deliver(record::Recorder& recorder) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = track_;
    au->dts = au->pts = frame_ * (90'000 / kFps);
    au->utc = clock_.wall();
    au->arrival = clock_.mono();
    au->random_access = frame_ % kFps == 0;
    au->data = Bytes(300, static_cast<uint8_t>(frame_));
    const bool taken = scarce([&] {
      recorder.on_access_unit(au);
      recorder.on_tick(clock_.mono());
    });
    EXPECT_TRUE(taken) << "a recorder threw: its camera's session would end";
  }
  void expect_every_second(const std::string& camera) {
    std::vector<std::pair<int64_t, int64_t>> known;
    const auto fragments =
        catalog_->fragments({camera, StreamKind::kMain, {0}, {INT64_MAX}}).value();
    for (const auto& at : fragments) known.emplace_back(at.entry.start_us, at.end_us());
    EXPECT_GE(known.size(), 4U);
    const auto gaps = catalog_->gaps(camera, {0}, {INT64_MAX}).value();
    for (const store::Gap& gap : gaps)
      known.emplace_back(gap.start.us, gap.end ? gap.end->us : clock_.wall().us);
    std::sort(known.begin(), known.end());
    int64_t end = begun_.us;
    for (const auto& [from, to] : known) {
      EXPECT_LE(from - end, kSecondUs / kFps) << "neither recorded nor in a gap before " << from;
      end = std::max(end, to);
    }
    EXPECT_LE(clock_.wall().us - end, 3 * kSecondUs) << "it is not recorded any more";
  }

  const std::string dir_;
  FakeClock clock_;
  const WallTime begun_ = clock_.wall();
  fs::RealFileSystem files_;
  evidence::Ed25519Signer signer_{evidence::Seed{7}};
  media::TrackInfoPtr track_ = track();
  std::unique_ptr<store::ConfigStore> config_;
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::Archive> archive_;
  std::vector<std::unique_ptr<record::Recorder>> recorders_;
  int64_t frame_ = 0;
};

class Fault24 : public testing::Test {
 protected:
  static constexpr int kSeconds = 6;
  static constexpr int64_t kTrials = 60;

  static std::string folder() {
    const std::string root = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
    return root + "/vedette-memory-" + std::to_string(::getpid());
  }
  static void nothing_fails() { fail_allocations(0, 0); }
  // Through the allocations of some seconds from the `first` on, `how_many` in a row.
  static void fail_each(int64_t how_many, int64_t first) {
    int64_t all = 0;
    {
      Site site(folder());
      site.start();
      nothing_fails();
      site.run(kSeconds);
      all = allocations_made();
      site.run(4);
      site.expect_whole();
    }
    ASSERT_GT(all, 1000);
    const int64_t step = std::max<int64_t>(1, all / kTrials);
    for (int64_t nth = first; nth <= all && !HasFailure(); nth += step) {
      SCOPED_TRACE("allocation " + std::to_string(nth) + " of " + std::to_string(all));
      Site site(folder());
      site.start();
      fail_allocations(nth, how_many);
      site.run(kSeconds);
      EXPECT_LT(allocations_to_fail(), how_many) << "nothing failed";
      nothing_fails();
      site.run(8);
      if (how_many == 1) site.expect_lost_one_fragment_at_most();
      site.expect_whole();
    }
  }
};

TEST_F(Fault24, one_allocation_fails_anywhere_in_a_recording) { fail_each(1, 1); }

TEST_F(Fault24, fifty_allocations_fail_in_a_row_anywhere_in_a_recording) { fail_each(50, 8); }

TEST_F(Fault24, memory_is_gone_until_the_end_of_a_recording) { fail_each(int64_t{1} << 40, 15); }

TEST_F(Fault24, an_allocation_fails_at_the_start_and_the_next_start_records) {
  for (int64_t nth = 1; !HasFailure(); nth += 7) {
    SCOPED_TRACE("allocation " + std::to_string(nth) + " of the start");
    Site site(folder());
    site.start();
    nothing_fails();
    site.run(3);
    site.stop();
    fail_allocations(nth, 1);
    const bool started = scarce([&] { site.start(); });
    const bool failed = allocations_to_fail() == 0;
    nothing_fails();
    if (!started) {
      site.stop();  // as the process that ends
      site.start();
    }
    site.run(8);
    site.expect_whole();
    if (!failed) break;
  }
}

TEST_F(Fault24, threads_that_cannot_be_had_end_the_start_and_hold_nothing) {
  RealClock clock;
  fs::RealFileSystem files;
  const std::string dir = folder();
  std::filesystem::create_directories(dir + "/video");
  {
    const auto config = store::ConfigStore::open(dir + "/config.db").value();
    store::ArchiveOptions options;
    options.volumes = {{dir + "/video", {}, {}}};
    int failures = 0;
    for (int threads = 0; threads < 10; ++threads) {
      allow_threads(threads);
      bool opened = false;
      try {
        const auto catalog = store::Catalog::open(clock, {.path = dir + "/catalog.db"});
        const auto archive = store::Archive::open({files, clock, *config, *catalog}, options);
        opened = archive.has_value();
        if (opened) {
          EXPECT_FALSE((*archive)->volumes()[0].problem) << "the lock of before is still held";
        }
      } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), EAGAIN);
        ++failures;
      }
      allow_all_threads();
      if (opened) break;
    }
    EXPECT_GE(failures, 3) << "catalog, volume and retention have a thread each";
    EXPECT_LT(failures, 10);
  }
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace vedette::trial
