// SPDX-License-Identifier: Apache-2.0
#include "store/site_key.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/id.h"
#include "evidence/bundle.h"

namespace vedette::store {
namespace {

class SiteKey : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(dir_); }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  static mode_t mode_of(const std::string& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return found.st_mode & 0777;
  }
  const std::string dir_ = testing::TempDir() + "vedette-key-" + random_id();
  const KeyPaths paths_{dir_};
};

TEST_F(SiteKey, IsMadeAtTheFirstStartAndStaysTheSame) {
  EXPECT_EQ(read_public_key(dir_).error().code, ErrorCode::kNotFound);
  const auto first = open_site_key(dir_);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(mode_of(paths_.folder), 0700U);
  EXPECT_EQ(mode_of(paths_.secret), 0600U);
  const auto second = open_site_key(dir_);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ((*first)->public_key(), (*second)->public_key());
  EXPECT_EQ(read_public_key(dir_).value(), (*first)->public_key());
}

TEST_F(SiteKey, ThatOthersCanReadSignsNothingAndSaysWhatToDo) {
  ASSERT_TRUE(open_site_key(dir_).has_value());
  ::chmod(paths_.secret.c_str(), 0640);
  const auto refused = open_site_key(dir_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kPermissionDenied);
  EXPECT_NE(refused.error().what.find("chmod 600 " + paths_.secret), std::string::npos);
  ::chmod(paths_.secret.c_str(), 0600);
  ::chmod(paths_.folder.c_str(), 0750);
  EXPECT_FALSE(open_site_key(dir_).has_value());
}

TEST_F(SiteKey, ThatIsDamagedIsNotReplaced) {
  ASSERT_TRUE(open_site_key(dir_).has_value());
  std::ofstream(paths_.secret, std::ios::trunc) << "ed25519-seed 00\n";
  const auto refused = open_site_key(dir_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kDataLoss);
}

TEST_F(SiteKey, APublicKeyThatWasLostIsWrittenAgain) {
  const auto key = open_site_key(dir_).value()->public_key();
  std::filesystem::remove(paths_.open);
  ASSERT_TRUE(open_site_key(dir_).has_value());
  EXPECT_EQ(read_public_key(dir_).value(), key);
}

TEST_F(SiteKey, ThatIsGoneIsReplacedWithAWarningAndItsPublicKeyIsKept) {
  const auto old = open_site_key(dir_).value()->public_key();
  std::filesystem::remove(paths_.secret);
  testing::internal::CaptureStdout();
  const auto signer = open_site_key(dir_, true);
  const std::string said = testing::internal::GetCapturedStdout();
  ASSERT_TRUE(signer.has_value());
  EXPECT_NE((*signer)->public_key(), old);
  EXPECT_EQ(read_public_key(dir_).value(), (*signer)->public_key());
  const std::string kept = paths_.folder + "/site-" +
                           evidence::to_hex(evidence::fingerprint(old)).substr(0, 16) + ".pub";
  std::string line;
  std::getline(std::ifstream(kept), line);
  EXPECT_EQ(line, evidence::key_line(old));
  EXPECT_NE(said.find("kept in " + kept), std::string::npos) << said;
  EXPECT_NE(said.find("backup"), std::string::npos) << said;
}

TEST_F(SiteKey, ThatWasReplacedIsKnownAtEveryStartUntilItIsBack) {
  ASSERT_TRUE(open_site_key(dir_).has_value());
  EXPECT_EQ(key_replaced(dir_), std::nullopt) << "the first start of a site";
  const std::string backup = dir_ + "/backup";
  std::filesystem::rename(paths_.secret, backup);
  ASSERT_TRUE(open_site_key(dir_, true).has_value());
  const auto when = key_replaced(dir_);
  ASSERT_TRUE(when.has_value());
  struct stat made {};
  ASSERT_EQ(::stat(paths_.secret.c_str(), &made), 0);
  EXPECT_NEAR(static_cast<double>(when->us) / 1e6, static_cast<double>(made.st_mtim.tv_sec), 5);
  ASSERT_TRUE(open_site_key(dir_, true).has_value());
  EXPECT_EQ(key_replaced(dir_), when) << "the next start";
  std::filesystem::rename(backup, paths_.secret);
  ASSERT_TRUE(open_site_key(dir_, true).has_value());
  EXPECT_EQ(key_replaced(dir_), std::nullopt) << "put back";
}

TEST_F(SiteKey, ThatIsGoneWithItsFolderIsMissedWhereSomethingWasRecorded) {
  testing::internal::CaptureStdout();
  ASSERT_TRUE(open_site_key(dir_).has_value());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "") << "the first start of a site";
  std::filesystem::remove_all(paths_.folder);
  testing::internal::CaptureStdout();
  ASSERT_TRUE(open_site_key(dir_, true).has_value());
  const std::string said = testing::internal::GetCapturedStdout();
  EXPECT_NE(said.find("not in this folder any more"), std::string::npos) << said;
  EXPECT_TRUE(key_replaced(dir_).has_value());
  testing::internal::CaptureStdout();
  ASSERT_TRUE(open_site_key(dir_, true).has_value());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "") << "once";
}

}  // namespace
}  // namespace vedette::store
