// SPDX-License-Identifier: Apache-2.0
// What goes without having been deleted, and what was deleted and is listed all the same: the
// ledger says so first, and is believed.
#include <algorithm>
#include <filesystem>

#include "store/ledger.h"
#include "store/ledger_catch_up.h"
#include "store/volume_fixture.h"

namespace vedette::store {
namespace {

class RecoveryGone : public VolumeTest {
 protected:
  void open_site() {
    if (!catalog_) catalog_ = Catalog::open(clock_, {.path = db(), .threads = false});
    open({{"/video", std::nullopt, std::nullopt}});
  }
  void kill() {
    files_.set_halted(true);  // its destructors run, and nothing of that reaches the disk
    run_.reset();
    archive_.reset();
    catalog_.reset();
    files_.set_halted(false);
    files_.process_death();
    files_.clear_faults();
    clock_.advance(std::chrono::seconds(10));
  }
  void lose_catalog() {
    for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(db() + part);
  }
  /// The first sync of a new recording fails. `before`: what else is broken then.
  void give_one_up(std::vector<fs::Fault> before = {}) {
    pass(2);
    files_.inject({fs::Op::kSync, 1, true, ErrorCode::kUnavailable, ".mp4"});
    for (fs::Fault& fault : before) files_.inject(fault);
    run_ = begin("door");
    ASSERT_TRUE(submit(*run_, 0));
    pass(1);
    ASSERT_TRUE(run_->failure());
    files_.clear_faults();
  }
  /// Recordings whose removal was asked for while the ledger has them as open.
  void watch_removals() {
    files_.set_on_operation([this](fs::Op op, const std::string& path) {
      if (op != fs::Op::kRemove || !path.ends_with(".mp4")) return;
      files_.set_exempt(true);
      ++removals_;
      const RecentFiles known = ledger();
      for (const evidence::LedgerEntry& entry : known.left_open)
        EXPECT_FALSE(path.ends_with(entry.detail)) << "it would seem to be missing";
      files_.set_exempt(false);
    });
  }
  [[nodiscard]] RecentFiles ledger() {
    return recent_files(files_, "/video/vedette.ledger").value();
  }
  [[nodiscard]] std::vector<std::string> recordings() const {
    std::vector<std::string> paths = files_.all_files();
    std::erase_if(paths, [](const std::string& path) { return !path.ends_with(".mp4"); });
    return paths;
  }
  [[nodiscard]] size_t listed() const {
    return catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}})->size();
  }
  [[nodiscard]] int64_t listed_bytes() const {
    int64_t bytes = 0;
    const std::vector<Usage> usage = catalog_->usage().value();
    for (const Usage& part : usage) bytes += part.bytes;
    return bytes;
  }
  [[nodiscard]] std::string db() const { return dir_ + "/catalog.db"; }
  void copy_catalog(const std::string& from, const std::string& to) const {
    using Options = std::filesystem::copy_options;
    for (const char* part : {"", "-wal"})
      if (std::filesystem::exists(dir_ + from + part))
        std::filesystem::copy_file(dir_ + from + part, dir_ + to + part,
                                   Options::overwrite_existing);
  }

  std::shared_ptr<RunWriter> run_;
  int removals_ = 0;
};

TEST_F(RecoveryGone, what_was_given_up_goes_when_the_ledger_has_it_as_lost) {
  open_site();
  watch_removals();
  give_one_up();
  EXPECT_EQ(removals_, 1);
  EXPECT_TRUE(recordings().empty());
  ASSERT_EQ(ledger().lost.size(), 1U);
  kill();
  lose_catalog();
  open_site();
  EXPECT_TRUE(ledger().left_open.empty()) << "nobody is accused of having taken it away";
}

TEST_F(RecoveryGone, what_the_ledger_cannot_be_told_stays_until_it_can) {
  open_site();
  watch_removals();
  give_one_up({{fs::Op::kWrite, 2, true, ErrorCode::kUnavailable, ".ledger"}});
  EXPECT_EQ(removals_, 0);
  EXPECT_EQ(recordings().size(), 1U);
  EXPECT_EQ(ledger().left_open.size(), 1U);
  pass(20);
  EXPECT_EQ(removals_, 1);
  EXPECT_TRUE(recordings().empty());
  EXPECT_TRUE(ledger().left_open.empty());
  EXPECT_EQ(listed(), 0U);
}

TEST_F(RecoveryGone, what_the_ledger_never_knew_goes_at_once) {
  open_site();
  watch_removals();
  give_one_up({{fs::Op::kWrite, 1, true, ErrorCode::kUnavailable, ".ledger"}});
  EXPECT_EQ(removals_, 1);
  EXPECT_TRUE(recordings().empty());
}

TEST_F(RecoveryGone, what_is_there_though_the_ledger_has_it_as_lost_is_put_in_order) {
  for (const bool catalog_lost : {false, true}) {
    for (const bool power_cut : {false, true}) {
      SCOPED_TRACE(std::to_string(catalog_lost) + std::to_string(power_cut));
      open_site();
      give_one_up({{fs::Op::kRemove, 1, true, ErrorCode::kUnavailable, ".mp4"}});
      ASSERT_EQ(recordings().size(), 1U);
      ASSERT_EQ(ledger().lost.size(), 1U);
      kill();
      if (power_cut) files_.power_cut();
      if (catalog_lost) lose_catalog();
      watch_removals();
      open_site();
      pass(2);
      EXPECT_TRUE(ledger().left_open.empty());
      EXPECT_EQ(recordings().size(), ledger().ended.size()) << "it is vouched for, or gone";
      EXPECT_EQ(recordings().size(), power_cut ? 0U : 1U);
      TearDown();
      files_.~FakeFileSystem();
      new (&files_) fs::FakeFileSystem();
      SetUp();
    }
  }
}

TEST_F(RecoveryGone, a_start_tells_the_ledger_before_it_removes_what_holds_nothing) {
  open_site();
  pass(2);
  files_.inject({fs::Op::kSync, 1, true, ErrorCode::kUnavailable, ".mp4"});
  files_.inject({fs::Op::kRemove, 1, true, ErrorCode::kUnavailable, ".mp4"});
  run_ = begin("door");
  ASSERT_TRUE(submit(*run_, 0));
  files_.inject({fs::Op::kWrite, 2, true, ErrorCode::kUnavailable, ".ledger"});
  pass(1);
  kill();
  files_.power_cut();
  ASSERT_EQ(recordings().size(), 1U) << "its name, and nothing in it";
  ASSERT_EQ(ledger().left_open.size(), 1U);
  watch_removals();
  open_site();
  EXPECT_EQ(removals_, 1);
  EXPECT_TRUE(recordings().empty());
  EXPECT_TRUE(ledger().left_open.empty());
}

// The catalog is of this start of the volume, and of before the deletions.
TEST_F(RecoveryGone,
       what_a_catalog_of_before_lists_and_the_ledger_has_as_deleted_is_listed_no_more) {
  Camera camera;
  camera.id = camera.name = "door";
  camera.main_url = "rtsp://camera/main";
  camera.retention.max_age_us = 30'000'000;
  ASSERT_TRUE(config_->add_camera(camera));
  open_site();
  const auto record = [&](bool ended) {
    run_ = begin("door");
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(submit(*run_, i));
      pass(1);
    }
    if (ended) run_->end();
    pass(2);
    ASSERT_TRUE(catalog_->flush());
  };
  record(true);
  record(false);
  archive_->clean();
  copy_catalog("/catalog.db", "/before.db");
  run_->end();
  pass(40);
  record(true);
  archive_->clean();
  ASSERT_EQ(ledger().deleted.size(), 2U);
  ASSERT_EQ(recordings().size(), 1U);
  kill();
  lose_catalog();
  copy_catalog("/before.db", "/catalog.db");
  open_site();
  EXPECT_EQ(listed(), 3U) << "what is there";
  EXPECT_EQ(listed_bytes(), static_cast<int64_t>(files_.content(recordings()[0]).size()));
  EXPECT_TRUE(catalog_->open_files()->empty());
  EXPECT_EQ(catalog_->deletions("door", {0}, {INT64_MAX})->size(), 2U)
      << "what was deleted stays listed as that";
  archive_->clean();
  EXPECT_TRUE(catalog_->tombstones()->empty());
  EXPECT_EQ(archive_->volumes()[0].used_bytes, listed_bytes());
}

TEST_F(RecoveryGone, what_is_there_stays_listed_whatever_the_ledger_says) {
  open_site();
  run_ = begin("door");
  ASSERT_TRUE(submit(*run_, 0));
  pass(1);
  run_->end();
  pass(2);
  const FileRefPtr file =
      catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}})->front().file;
  run_.reset();
  archive_.reset();
  {
    Ledger ledger(files_, clock_, nullptr);
    ledger.attach({"/video", file->volume, config_->site_id()});
    ledger.append(deletion_entry(*file, {file->run, file->seq}, "age"));
    ASSERT_TRUE(ledger.commit());
  }
  catalog_.reset();
  files_.inject({fs::Op::kOpen, 1, true, ErrorCode::kUnavailable, ".mp4"});
  open_site();
  EXPECT_EQ(listed(), 1U) << "a disk that fails says nothing";
  files_.clear_faults();
  pass(10);
  archive_->clean();
  EXPECT_EQ(listed(), 1U);
  EXPECT_EQ(recordings().size(), 1U);
}

}  // namespace
}  // namespace vedette::store
