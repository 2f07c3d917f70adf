// SPDX-License-Identifier: Apache-2.0
#include "store/ledger_list.h"

#include "store/ledger_fixture.h"

namespace vedette::store {
namespace {

TEST_F(LedgerTest, ListsHoldsAndExports) {
  add();
  Hold hold;
  hold.id = "00000000000000aa";
  hold.camera = "door";
  hold.who = "local-owner";
  ledger_->append(hold_entry(evidence::HoldEntry::Event::kPlaced, hold));
  ledger_->append(export_entry({"gate", StreamKind::kSub, {1}, {2}, "local-owner", "mp4"}));
  ASSERT_TRUE(ledger_->commit_signed());
  const WallTime from = clock_.wall();
  const WallTime to = from + Duration(1);
  const auto list = [&](LedgerTopic topic, const std::string& camera, WallTime begin) {
    return LedgerLists(files_).list("/video/vedette.ledger", {topic, camera, begin, to}).entries;
  };
  ASSERT_EQ(list(LedgerTopic::kHolds, "", from).size(), 1U);
  EXPECT_EQ(list(LedgerTopic::kHolds, "", from)[0].cause, "local-owner");
  EXPECT_EQ(list(LedgerTopic::kExports, "gate", from).size(), 1U);
  EXPECT_TRUE(list(LedgerTopic::kExports, "door", from).empty());
  EXPECT_TRUE(list(LedgerTopic::kHolds, "", to).empty());
  expect_intact(3);
}

class LedgerListTest : public LedgerTest {
 protected:
  static constexpr int kDays = 8;
  /// A file for each two days, with an export in each.
  void SetUp() override {
    LedgerTest::SetUp();
    for (int day = 0; day < kDays; ++day) {
      begun_.push_back(clock_.wall());
      ledger_->append(export_entry({"gate", StreamKind::kSub, {1}, {2}, "anna", "mp4"}));
      fill(4400);
      clock_.advance(std::chrono::hours(48));
    }
    ASSERT_TRUE(ledger_->commit_signed());
    ASSERT_GE(paths().size(), static_cast<size_t>(kDays));
  }
  LedgerList list(WallTime from, WallTime to, size_t limit = 0) {
    const LedgerQuery query{LedgerTopic::kExports, "", from, to, limit};
    return lists_.list("/video/vedette.ledger", query);
  }

  LedgerLists lists_{files_};
  std::vector<WallTime> begun_;
};

TEST_F(LedgerListTest, ReadsWhatMayHoldTheTimeAndKeepsWhatItFound) {
  EXPECT_EQ(list(begun_[3], begun_[4]).entries.size(), 1u);
  const uint64_t some = lists_.files_read();
  EXPECT_LT(some, paths().size() - 1) << "the others are of other times";
  EXPECT_EQ(list(begun_[3], begun_[4]).entries.size(), 1u);
  EXPECT_EQ(lists_.files_read(), some) << "none has changed";
  EXPECT_EQ(list({0}, clock_.wall()).entries.size(), static_cast<size_t>(kDays));
  ledger_->append(export_entry({"gate", StreamKind::kSub, {1}, {2}, "anna", "mp4"}));
  ASSERT_TRUE(ledger_->commit_signed());
  EXPECT_EQ(list({0}, clock_.wall() + Duration(1)).entries.size(), static_cast<size_t>(kDays) + 1)
      << "but the last one grows";
}

TEST_F(LedgerListTest, StopsWhereAPageIsFull) {
  const LedgerList page = list({0}, clock_.wall(), 2);
  ASSERT_GE(page.entries.size(), 2u);
  EXPECT_EQ(page.entries[0].written, begun_[0]);
  EXPECT_EQ(page.entries[1].written, begun_[1]);
  EXPECT_LT(lists_.files_read(), paths().size() - 1);
}

TEST_F(LedgerListTest, AFileThatCannotBeReadHidesNoOther) {
  fs::Fault fault;
  fault.op = fs::Op::kRead;
  fault.for_good = true;
  fault.path_part = paths()[2];
  files_.inject(fault);
  const LedgerList all = list({0}, clock_.wall());
  EXPECT_GE(all.entries.size(), static_cast<size_t>(kDays) - 2);
  ASSERT_EQ(all.unread.size(), 1u);
  EXPECT_EQ(all.unread[0].path, paths()[2]);
}

}  // namespace
}  // namespace vedette::store
