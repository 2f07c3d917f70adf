// SPDX-License-Identifier: Apache-2.0
// Two recorders with the same right to a volume: fault 31 of docs/trust.md. tests/sim and
// tests/integration have a recorder at work beside a copy of its data folder.
#include "store/volume_lock.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "fs/fake_file_system.h"
#include "store/archive.h"
#include "store/stopped_archive.h"

namespace vedette::store {
namespace {

using std::chrono::seconds;

// A data folder on the real disk with an archive that the test steps.
struct Site {
  Site(fs::FileSystem& files, FakeClock& clock, const std::string& data)
      : config(ConfigStore::open(data + "/config.db").value()),
        catalog(Catalog::open(clock, {.path = data + "/catalog.db", .threads = false})),
        parts{files, clock, *config, *catalog} {}
  void open(std::vector<VolumeSpec> volumes) {
    ArchiveOptions options;
    options.volumes = std::move(volumes);
    options.threads = false;
    archive = Archive::open(parts, options).value();
  }
  [[nodiscard]] std::string problem(size_t volume = 0) const {
    const auto problem = archive->volumes()[volume].problem;
    return problem ? problem->what : std::string();
  }
  std::unique_ptr<ConfigStore> config;
  std::unique_ptr<Catalog> catalog;
  ArchiveParts parts;
  std::unique_ptr<Archive> archive;
};

class Fault31 : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-two-" + random_id();
    for (const char* folder : {"/a", "/video"}) std::filesystem::create_directories(dir_ + folder);
    video_ = dir_ + "/video";
    { Site first(files_, clock_, dir_ + "/a"); }
    std::filesystem::copy(dir_ + "/a", dir_ + "/b");
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(video_))
      all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
  }

  std::string dir_;
  std::string video_;
  FakeClock clock_;
  fs::RealFileSystem files_;
};

TEST_F(Fault31, a_copy_of_the_data_folder_waits_until_the_first_recorder_ends) {
  Site first(files_, clock_, dir_ + "/a");
  first.open({{video_, {}, {}}});
  EXPECT_EQ(first.problem(), "");
  const auto before = names();
  Site second(files_, clock_, dir_ + "/b");
  second.open({{video_, {}, {}}});
  EXPECT_NE(second.problem().find("another recorder writes to " + video_), std::string::npos)
      << second.problem();
  EXPECT_EQ(second.archive->begin_run({}).error().code, ErrorCode::kFailedPrecondition);
  clock_.advance(seconds(6));
  second.archive->step();
  second.archive->clean();
  EXPECT_NE(second.problem(), "");
  EXPECT_EQ(names(), before) << "nothing was written by the second one";
  first.archive.reset();
  clock_.advance(seconds(6));
  second.archive->step();
  EXPECT_EQ(second.problem(), "");
}

TEST_F(Fault31, one_folder_under_two_names_is_recorded_to_once) {
  std::filesystem::create_directory_symlink(video_, dir_ + "/other_name");
  Site site(files_, clock_, dir_ + "/a");
  site.open({{video_, {}, {}}, {dir_ + "/other_name", {}, {}}});
  EXPECT_EQ(site.problem(0), "");
  EXPECT_NE(site.problem(1).find("another recorder writes to "), std::string::npos);
}

TEST_F(Fault31, a_killed_recorder_leaves_no_lock_behind) {
  Site second(files_, clock_, dir_ + "/b");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t first = ::fork();
  ASSERT_GE(first, 0);
  if (first == 0) {
    VolumeLock lock(files_, video_);
    const bool taken = bool(lock.take());
    (void)!::write(ready[1], taken ? "y" : "n", 1);
    for (;;) ::pause();
  }
  char taken = 0;
  ASSERT_EQ(::read(ready[0], &taken, 1), 1);
  EXPECT_EQ(taken, 'y');
  second.open({{video_, {}, {}}});
  EXPECT_NE(second.problem(), "");
  ::kill(first, SIGKILL);
  ::waitpid(first, nullptr, 0);
  clock_.advance(seconds(6));
  second.archive->step();
  EXPECT_EQ(second.problem(), "");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(Fault31, a_rebuild_does_not_begin_beside_a_recorder) {
  Site first(files_, clock_, dir_ + "/a");
  first.open({{video_, {}, {}}});
  {
    const auto config = ConfigStore::open(dir_ + "/b/config.db").value();
    ASSERT_TRUE(config->remember_volume({video_, first.archive->volumes()[0].id}));
  }
  const auto stopped = StoppedArchive::open(files_, clock_, dir_ + "/b").value();
  const auto report = stopped->check({.rebuild = true}, {});
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_NE(report.findings[0].detail.find("another recorder writes to"), std::string::npos);
  EXPECT_TRUE(report.rebuilt.empty());
  EXPECT_TRUE(stopped->check({}, {}).findings.empty() ||
              stopped->check({}, {}).findings[0].detail.find("another recorder") ==
                  std::string::npos)
      << "looking needs no lock";
}

TEST_F(Fault31, a_disk_that_comes_back_is_taken_again_unless_somebody_has_it) {
  fs::FakeFileSystem disk;
  ASSERT_TRUE(disk.make_dirs("/video"));
  Site site(disk, clock_, dir_ + "/a");
  site.open({{"/video", {}, {}}});
  EXPECT_EQ(site.problem(), "");
  disk.unplug("/video");
  clock_.advance(seconds(6));
  site.archive->step();
  EXPECT_NE(site.problem().find("is missing"), std::string::npos);
  disk.plug_in("/video");
  VolumeLock other(disk, "/video");
  ASSERT_TRUE(other.take());
  clock_.advance(seconds(6));
  site.archive->step();
  EXPECT_NE(site.problem().find("another recorder"), std::string::npos);
  other.let_go();
  clock_.advance(seconds(6));
  site.archive->step();
  EXPECT_EQ(site.problem(), "");
}

TEST_F(Fault31, deleting_the_lock_file_lets_nobody_in) {
  Site first(files_, clock_, dir_ + "/a");
  first.open({{video_, {}, {}}});
  ASSERT_TRUE(std::filesystem::remove(video_ + "/" + kVolumeLockFile));
  Site second(files_, clock_, dir_ + "/b");
  second.open({{video_, {}, {}}});
  EXPECT_NE(second.problem().find("another recorder writes to " + video_), std::string::npos)
      << second.problem();
  clock_.advance(seconds(6));
  first.archive->step();
  EXPECT_EQ(first.problem(), "");
}

TEST_F(Fault31, an_older_version_that_locks_the_file_alone_is_waited_for) {
  const auto older = files_.lock(video_ + "/" + kVolumeLockFile);
  ASSERT_TRUE(older);
  VolumeLock ours(files_, video_);
  EXPECT_EQ(ours.take().error().code, ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(files_.lock(video_)) << "nothing of it is held by one that was refused";
}

TEST_F(Fault31, where_folders_cannot_be_locked_the_file_is) {
  fs::FakeFileSystem disk;
  ASSERT_TRUE(disk.make_dirs("/video"));
  disk.set_on_operation([&](fs::Op op, const std::string& path) {
    if (op == fs::Op::kLock && path == "/video") disk.inject({.op = fs::Op::kLock});
  });
  VolumeLock first(disk, "/video");
  ASSERT_TRUE(first.take());
  EXPECT_EQ(VolumeLock(disk, "/video").take().error().code, ErrorCode::kFailedPrecondition);
}

TEST_F(Fault31, a_file_system_without_locks_is_recorded_to) {
  fs::FakeFileSystem disk;
  ASSERT_TRUE(disk.make_dirs("/video"));
  disk.inject({.op = fs::Op::kLock, .for_good = true, .code = ErrorCode::kUnavailable});
  Site site(disk, clock_, dir_ + "/a");
  site.open({{"/video", {}, {}}});
  EXPECT_EQ(site.problem(), "");
}

}  // namespace
}  // namespace vedette::store
