// SPDX-License-Identifier: Apache-2.0
// Deletions that were decided and cannot be carried out: no others go in their place, they count as
// what they are, and the ledger knows each of them in the end.
#include <set>

#include "evidence/box_walk.h"
#include "evidence/ledger_entry.h"
#include "store/ledger.h"
#include "store/ledger_files.h"
#include "store/retention_fixture.h"

namespace vedette::store {
namespace {

class UndoneDeletionTest : public RetentionTest {
 protected:
  static constexpr int64_t kQuota = 10'000;
  static constexpr size_t kFiles = 20;
  static constexpr size_t kGoing = 11;  // a hundredth of the quota is kept free

  void SetUp() override {
    RetentionTest::SetUp();
    next_seq_ = 0;
    open();
    add_files(kFiles);
  }
  void clean_often() {
    for (int round = 0; round < 10; ++round) {
      archive_->clean();
      clock_.advance(std::chrono::seconds(2));
    }
  }
  [[nodiscard]] int64_t used() const { return archive_->volumes()[0].used_bytes; }
  // Of the numbers of the files, as often as the ledger says that they go.
  [[nodiscard]] std::multiset<uint32_t> deletions_in_ledger() {
    std::multiset<uint32_t> numbers;
    const auto paths = ledger_files(files_, fs::join("/video", kLedgerFolder));
    for (const std::string& path : paths ? *paths : std::vector<std::string>()) {
      const Bytes content = files_.content(path);
      for (auto at = evidence::find_box(content, 0); at;) {
        const auto box = evidence::box_at(content, *at);
        const auto entry =
            box ? evidence::decode_entry(*box) : Result<evidence::LedgerEntry>(Error{});
        at = evidence::find_box(content, entry ? *at + box->size() : *at + 1);
        const auto* gone = entry ? std::get_if<evidence::DeletionEntry>(&entry->what) : nullptr;
        if (gone != nullptr) numbers.insert(gone->file.number);
      }
    }
    return numbers;
  }
  void expect_done() {
    EXPECT_EQ(recordings(), kFiles - kGoing);
    EXPECT_EQ(listed(), kFiles - kGoing);
    EXPECT_TRUE(catalog_->tombstones()->empty());
    EXPECT_EQ(used(), static_cast<int64_t>(kFiles - kGoing) * 1000);
  }
};

TEST_F(UndoneDeletionTest, others_do_not_go_in_their_place) {
  const fs::Fault faults[] = {
      {.op = fs::Op::kRemove, .for_good = true, .path_part = ".mp4"},
      {.op = fs::Op::kWrite, .for_good = true, .path_part = ".ledger"},
      {.op = fs::Op::kSyncDir, .for_good = true, .path_part = "/door"},
  };
  for (const fs::Fault& fault : faults) {
    SCOPED_TRACE(static_cast<int>(fault.op));
    TearDown();
    files_.clear_faults();
    for (const std::string& path : files_.all_files()) ASSERT_TRUE(files_.remove(path));
    SetUp();
    open(kQuota);
    files_.inject(fault);
    clean_often();
    EXPECT_EQ(listed(), kFiles - kGoing) << "more than the quota asked for was given up";
    EXPECT_EQ(catalog_->tombstones()->size(), kGoing);
    files_.clear_faults();
    clock_.advance(std::chrono::seconds(10));
    clean_often();
    expect_done();
  }
}

TEST_F(UndoneDeletionTest, what_is_still_there_counts_after_a_restart) {
  open(kQuota);
  files_.inject({.op = fs::Op::kRemove, .for_good = true, .path_part = ".mp4"});
  archive_->clean();
  restart(kQuota);
  EXPECT_EQ(used(), static_cast<int64_t>(kFiles) * 1000);
  clean_often();
  EXPECT_EQ(listed(), kFiles - kGoing);
  files_.clear_faults();
  clean_often();
  expect_done();
}

TEST_F(UndoneDeletionTest, the_ledger_says_it_once_however_many_rounds_it_takes) {
  open(kQuota);
  files_.inject({.op = fs::Op::kRemove, .for_good = true, .path_part = ".mp4"});
  clean_often();
  files_.clear_faults();
  clean_often();
  const auto numbers = deletions_in_ledger();
  EXPECT_EQ(numbers.size(), kGoing);
  for (const uint32_t number : numbers) EXPECT_EQ(numbers.count(number), 1U) << number;
}

// A disk so full that the ledger cannot grow, not even when files went to make room for it.
TEST_F(UndoneDeletionTest, the_ledger_of_a_full_disk_knows_what_went_before_its_entry) {
  for (const bool stopped_in_between : {false, true}) {
    TearDown();
    for (const std::string& path : files_.all_files()) ASSERT_TRUE(files_.remove(path));
    SetUp();
    open(kQuota);
    files_.inject({.op = fs::Op::kWrite,
                   .for_good = true,
                   .code = ErrorCode::kResourceExhausted,
                   .path_part = ".ledger"});
    for (size_t round = 1; round <= 3; ++round) {
      archive_->clean();
      EXPECT_EQ(recordings(), kFiles - kGoing);
      EXPECT_EQ(catalog_->tombstones()->size(), kGoing) << "none is forgotten";
      EXPECT_TRUE(deletions_in_ledger().empty());
    }
    if (stopped_in_between) restart(kQuota);
    files_.clear_faults();
    archive_->clean();
    expect_done();
    const auto numbers = deletions_in_ledger();
    for (uint32_t number = 0; number < kGoing; ++number)
      EXPECT_GE(numbers.count(number), 1U) << number;
  }
}

}  // namespace
}  // namespace vedette::store
