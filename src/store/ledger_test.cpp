// SPDX-License-Identifier: Apache-2.0
#include "store/ledger.h"

#include <functional>

#include "store/ledger_fixture.h"

namespace vedette::store {
namespace {

TEST_F(LedgerTest, ContinuesWhereItEnded) {
  add(3);
  ASSERT_TRUE(ledger_->commit());
  EXPECT_EQ(ledger_->head().entries, 3U);
  open();
  add(2);
  ASSERT_TRUE(ledger_->commit_signed());
  EXPECT_EQ(ledger_->head().entries, 5U);
  expect_intact(5);
  EXPECT_EQ(verify().out.not_signed_yet, 0U);
  EXPECT_EQ(paths().size(), 1U);
}

TEST_F(LedgerTest, IsSignedTenSecondsAfterAnEntry) {
  add();
  ASSERT_TRUE(ledger_->commit());
  EXPECT_FALSE(ledger_->due());
  EXPECT_EQ(verify().out.not_signed_yet, 1U);
  clock_.advance(std::chrono::seconds(10));
  EXPECT_TRUE(ledger_->due());
  ASSERT_TRUE(ledger_->commit());
  EXPECT_EQ(verify().out.not_signed_yet, 0U);
  EXPECT_FALSE(ledger_->due());
}

TEST_F(LedgerTest, WhatWasCommittedSurvivesAPowerCut) {
  add(3);
  ASSERT_TRUE(ledger_->commit());
  add(2);  // queued only
  files_.power_cut();
  open();
  add();
  ASSERT_TRUE(ledger_->commit_signed());
  expect_intact(4);
}

TEST_F(LedgerTest, AnEndThatNoCrashLeavesIsKeptAndContinuedInANewFile) {
  add(2);
  ASSERT_TRUE(ledger_->commit_signed());
  const std::string path = paths().front();
  Bytes content = files_.content(path);
  content[content.size() - 300] ^= 1;  // of the checkpoint
  ASSERT_TRUE(files_.remove(path));
  auto file = files_.create(path).value();
  const ByteSpan part = content;
  ASSERT_TRUE(file->write_at(0, {&part, 1}));
  open();
  add();
  ASSERT_TRUE(ledger_->commit_signed());
  EXPECT_EQ(paths().size(), 2U);
  EXPECT_EQ(files_.content(path), content);
  EXPECT_FALSE(verify().out.intact());
}

TEST_F(LedgerTest, ATornWriteIsCutOff) {
  add(3);
  ASSERT_TRUE(ledger_->commit());
  const std::string path = paths().front();
  Bytes content = files_.content(path);
  content.resize(content.size() - 7);
  auto file = files_.open_write(path).value();
  ASSERT_TRUE(file->truncate(content.size()));
  file.reset();
  open();
  add();
  ASSERT_TRUE(ledger_->commit_signed());
  expect_intact(3);
}

TEST_F(LedgerTest, AFailedWriteOrSyncIsRepeatedInANewFile) {
  for (const fs::Op op : {fs::Op::kWrite, fs::Op::kSync}) {
    add(2);
    ASSERT_TRUE(ledger_->commit());
    const uint64_t before = ledger_->head().entries;
    files_.inject({.op = op, .path_part = ".ledger"});
    add(2);
    EXPECT_FALSE(ledger_->commit().has_value());
    EXPECT_TRUE(ledger_->problem().has_value());
    EXPECT_EQ(ledger_->head().entries, before);
    clock_.advance(std::chrono::seconds(6));
    ASSERT_TRUE(ledger_->commit_signed());
    EXPECT_FALSE(ledger_->problem().has_value());
    expect_intact(before + 2);
  }
  EXPECT_EQ(paths().size(), 3U);
}

TEST_F(LedgerTest, IsFollowedByANewFileAtFourMebibytes) {
  constexpr int kEntries = 4400;
  fill(kEntries);
  ASSERT_GE(paths().size(), 2U);
  EXPECT_EQ(paths()[1].substr(paths()[1].rfind('/') + 1),
            ledger_file_name(
                parse_ledger_file_name(paths()[1].substr(paths()[1].rfind('/') + 1)).value()));
  ASSERT_TRUE(ledger_->commit());
  expect_intact(kEntries);
  open();
  add();
  ASSERT_TRUE(ledger_->commit_signed());
  expect_intact(kEntries + 1);
}

// The sync fails, and so does the truncation that should take the batch away again: the next file
// waits until nothing stands in two.
TEST_F(LedgerTest, ABatchThatCannotBeTakenBackIsNotWrittenToASecondFile) {
  // At first the batch is all that its file holds, then it stands behind others.
  for (const uint64_t before : {0U, 5U}) {
    SCOPED_TRACE(before);
    files_.inject({.op = fs::Op::kSync, .path_part = ".ledger"});
    files_.inject({.op = fs::Op::kTruncate, .for_good = true, .path_part = ".ledger"});
    files_.inject({.op = fs::Op::kRemove, .for_good = true, .path_part = ".ledger"});
    add(3);
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(ledger_->commit().has_value());
      EXPECT_TRUE(ledger_->problem()) << "nothing may be deleted meanwhile";
      clock_.advance(std::chrono::seconds(6));
    }
    EXPECT_EQ(paths().size(), 1U);
    files_.clear_faults();
    add(2);
    ASSERT_TRUE(ledger_->commit_signed());
    expect_intact(before + 5);
  }
  EXPECT_EQ(paths().size(), 2U);
}

TEST_F(LedgerTest, WhatATruncationTookBackDoesNotComeBackWithAPowerCut) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const uint64_t before = ledger_->head().entries;
    add(2);
    ASSERT_TRUE(ledger_->commit());
    files_.inject({.op = fs::Op::kSync, .path_part = "/vedette.ledger/"});
    add(3);
    EXPECT_FALSE(ledger_->commit().has_value());
    clock_.advance(std::chrono::seconds(6));
    ASSERT_TRUE(ledger_->commit());
    files_.power_cut(seed);
    open();
    ASSERT_TRUE(ledger_->commit());
    add();
    ASSERT_TRUE(ledger_->commit_signed());
    expect_intact(before + 6);
  }
}

// After a failed sync the pages are clean and their bytes perhaps nowhere: the process that comes
// next reads them, and must not build on them without writing them again.
TEST_F(LedgerTest, WhatAFailedSyncLeftInTheCacheIsWrittenAgainByTheNextProcess) {
  add(2);
  ASSERT_TRUE(ledger_->commit());
  files_.inject({.op = fs::Op::kSync, .path_part = "/vedette.ledger/"});
  files_.inject({.op = fs::Op::kTruncate, .for_good = true, .path_part = "/vedette.ledger/"});
  add(3);
  EXPECT_FALSE(ledger_->commit().has_value());
  files_.process_death();
  files_.clear_faults();
  open();
  add();
  ASSERT_TRUE(ledger_->commit());
  files_.power_cut();
  open();
  add();
  ASSERT_TRUE(ledger_->commit_signed());
  expect_intact(7);
}

TEST_F(LedgerTest, NothingIsWrittenToTheEmptyFolderOfAnUnpluggedDisk) {
  files_.unplug("/video");
  add();
  EXPECT_FALSE(ledger_->commit().has_value());
  files_.plug_in("/video");
  clock_.advance(std::chrono::seconds(6));
  ASSERT_TRUE(ledger_->commit());
  expect_intact(1);
}

TEST_F(LedgerTest, WithoutAKeyEntriesWaitForOne) {
  ledger_ = std::make_unique<Ledger>(files_, clock_, nullptr);
  ledger_->attach({"/video", kVolumeId, "farm"});
  add(3);
  ASSERT_TRUE(ledger_->commit_signed());
  EXPECT_EQ(verify().out.not_signed_yet, 3U);
  open();
  add();
  ASSERT_TRUE(ledger_->commit_signed());
  EXPECT_EQ(verify().out.not_signed_yet, 0U);
  expect_intact(4);
}

TEST_F(LedgerTest, NamesWhatWasDoneToIt) {
  add(4);
  ASSERT_TRUE(ledger_->commit());
  ledger_->append(service_entry(evidence::ServiceEntry::Event::kStopped, &signer_));
  ASSERT_TRUE(ledger_->commit_signed());
  const std::string path = paths().front();
  const Bytes good = files_.content(path);
  const size_t box = ByteReader(good).u32();  // the first four are of one size
  const struct {
    const char* name;
    std::function<void(Bytes&)> act;
    const char* found;
  } attacks[] = {
      {"an entry is changed", [&](Bytes& b) { b[box + 100] ^= 1; }, "altered"},
      {"an entry is cut out",
       [&](Bytes& b) { b.erase(b.begin() + long(box), b.begin() + long(2 * box)); }, "removed"},
      {"two are swapped",
       [&](Bytes& b) { std::swap_ranges(b.begin(), b.begin() + long(box), b.begin() + long(box)); },
       "reordered"},
      {"one stands there twice",
       [&](Bytes& b) {
         const Bytes copy(b.begin() + long(box), b.begin() + long(2 * box));
         b.insert(b.begin() + long(2 * box), copy.begin(), copy.end());
       },
       "duplicated"},
      {"bytes are put in", [&](Bytes& b) { b.insert(b.begin() + long(box), 30, 'x'); },
       "unknown_bytes"},
      {"the signature is changed", [&](Bytes& b) { b.back() ^= 1; }, "altered"},
  };
  for (const auto& attack : attacks) {
    Bytes bad = good;
    attack.act(bad);
    evidence::Verification out;
    evidence::LedgerBook book(out);
    book.read(bad, true);
    book.finish();
    bool found = false;
    std::string all;
    for (const auto& finding : out.findings) {
      found = found || to_string(finding.fault) == attack.found;
      all += std::string(to_string(finding.fault)) + " ";
    }
    EXPECT_TRUE(found) << attack.name << ": " << all;
  }
}

TEST_F(LedgerTest, TellsRecordingsThatEndedFromThoseThatDidNot) {
  using Event = evidence::FileEntry::Event;
  const auto tell = [&](Event event, uint32_t number) {
    FileRef ref;
    ref.camera = "door";
    ref.run = "0123456789abcdef";
    ref.seq = number;
    ref.relative = "door/" + std::to_string(number);
    ledger_->append(file_entry(event, ref, {ref.run, number}));
  };
  for (const uint32_t number : {1, 2, 3, 4}) tell(Event::kOpened, number);
  tell(Event::kRecovered, 3);
  tell(Event::kClosed, 1);
  tell(Event::kLost, 4);
  ASSERT_TRUE(ledger_->commit());
  open();
  ASSERT_TRUE(ledger_->commit());
  ASSERT_EQ(ledger_->left_open().size(), 1U);
  EXPECT_EQ(ledger_->left_open()[0].detail, "door/2");
  ASSERT_EQ(ledger_->recently_ended().size(), 2U);
  EXPECT_EQ(ledger_->recently_ended()[0].detail, "door/3");
  EXPECT_EQ(ledger_->recently_ended()[1].detail, "door/1");
}

}  // namespace
}  // namespace vedette::store
