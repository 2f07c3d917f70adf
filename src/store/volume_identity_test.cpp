// SPDX-License-Identifier: Apache-2.0
// vedette-volume.json is gone, and the volume is not: its ledger says which one it is.
#include <SQLiteCpp/SQLiteCpp.h>

#include "store/verify_archive_fixture.h"
#include "store/volume.h"

namespace vedette::store {
namespace {

class VolumeIdentityLost : public VerifyArchive {
 protected:
  [[nodiscard]] std::string problem() const {
    const auto problem = archive_->volumes()[0].problem;
    return problem ? problem->what : std::string();
  }
  [[nodiscard]] std::string ledger_problem() const {
    const auto problem = archive_->volumes()[0].ledger_problem;
    return problem ? problem->what : std::string();
  }
  [[nodiscard]] VolumeIdentity identity() const {
    return parse_identity(as_text(files_->content(kFile))).value();
  }
  void expect_to_go_on(const VolumeIdentity& before) {
    EXPECT_EQ(problem(), "");
    ASSERT_TRUE(files_->exists(kFile));
    EXPECT_EQ(identity().id, before.id);
    EXPECT_EQ(identity().site, before.site);
    const size_t files = recordings().size();
    record(40);
    end_run();
    settle();
    EXPECT_GT(recordings().size(), files);
    EXPECT_EQ(ledger_problem(), "");
    EXPECT_EQ(found(), "") << details_;
  }

  static constexpr const char* kFile = "/video/vedette-volume.json";
};

TEST_F(VolumeIdentityLost, while_nobody_recorded) {
  record(20);
  const VolumeIdentity before = identity();
  stop();
  ASSERT_TRUE(files_->remove(kFile));
  open();
  expect_to_go_on(before);
  archive_->clean();
  const auto off = archive_->volumes()[0].cleaning_off;
  ASSERT_TRUE(off) << "no catalog is believed to know what is there";
  EXPECT_NE(off->what.find("vedette fsck --rebuild"), std::string::npos) << off->what;
}

TEST_F(VolumeIdentityLost, and_the_folder_has_another_name_now) {
  record(20);
  const VolumeIdentity before = identity();
  stop();
  config_.reset();
  SQLite::Database(dir_ + "/config.db", SQLite::OPEN_READWRITE).exec("DELETE FROM volume");
  config_ = ConfigStore::open(dir_ + "/config.db").value();
  ASSERT_TRUE(files_->remove(kFile));
  open();
  expect_to_go_on(before);
}

TEST_F(VolumeIdentityLost, while_it_is_recorded_to) {
  record(20);
  archive_->clean();
  const VolumeIdentity before = identity();
  ASSERT_TRUE(files_->remove(kFile));
  record(10);
  expect_to_go_on(before);
  archive_->clean();
  EXPECT_FALSE(archive_->volumes()[0].cleaning_off) << "the catalog at work knows what is there";
}

TEST_F(VolumeIdentityLost, with_the_ledger_is_a_disk_that_is_not_mounted) {
  record(20);
  stop();
  ASSERT_TRUE(files_->remove(kFile));
  for (const std::string& path : files_->all_files()) {
    if (path.starts_with("/video/vedette.ledger/")) {
      ASSERT_TRUE(files_->remove(path));
    }
  }
  open();
  EXPECT_NE(problem().find("is missing; mount its disk"), std::string::npos) << problem();
  EXPECT_FALSE(files_->exists(kFile));
}

TEST_F(VolumeIdentityLost, of_another_site_is_not_taken) {
  record(20);
  stop();
  ASSERT_TRUE(files_->remove(kFile));
  config_ = ConfigStore::open(dir_ + "/other.db").value();
  open();
  EXPECT_NE(problem().find("belongs to another site's recorder"), std::string::npos) << problem();
  EXPECT_FALSE(files_->exists(kFile));
}

TEST_F(VolumeIdentityLost, one_that_is_damaged_says_what_to_do_next) {
  record(20);
  const VolumeIdentity before = identity();
  stop();
  put(kFile, Bytes(10, '{'));
  open();
  EXPECT_NE(problem().find("/video/vedette-volume.json is damaged; restore it from a backup, or"
                           " delete it"),
            std::string::npos)
      << problem();
  ASSERT_TRUE(files_->remove(kFile));
  clock_.advance(std::chrono::seconds(6));
  archive_->step();
  expect_to_go_on(before);
}

}  // namespace
}  // namespace vedette::store
