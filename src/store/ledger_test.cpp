// SPDX-License-Identifier: Apache-2.0
#include "store/ledger.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "evidence/ed25519.h"
#include "evidence/verify_ledger.h"
#include "fs/fake_file_system.h"
#include "store/ledger_catch_up.h"
#include "store/ledger_files.h"
#include "store/ledger_list.h"
#include "store/volume.h"

namespace vedette::store {
namespace {

constexpr const char* kVolumeId = "00112233aabbccdd";

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(files_.make_dirs("/video"));
    ASSERT_TRUE(fs::write_atomically(files_, "/video/vedette-volume.json",
                                     as_bytes(to_json({kVolumeId, "farm", "generation"}))));
    ASSERT_TRUE(files_.sync_all("/video"));
    open();
  }
  void open() {
    ledger_ = std::make_unique<Ledger>(files_, clock_, &signer_);
    ledger_->attach({"/video", kVolumeId, "farm"});
  }
  void add(int count = 1) {
    for (int i = 0; i < count; ++i) {
      Gap gap;
      gap.id = ++gaps_;
      gap.camera = "door";
      gap.cause = "unreachable";
      gap.start = gap.first_seen = clock_.wall();
      ledger_->append(gap_entry(gap));
    }
  }
  /// Entries as long as they may be, so that it takes few to fill a file.
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      Gap gap;
      gap.id = ++gaps_;
      gap.camera = "door";
      gap.cause = "unreachable";
      gap.detail = std::string(evidence::kMaxDetailBytes, 'x');
      ledger_->append(gap_entry(gap));
      if (i % 400 == 399) {
        ASSERT_TRUE(ledger_->commit());
      }
    }
  }
  [[nodiscard]] std::vector<std::string> paths() {
    return ledger_files(files_, "/video/vedette.ledger").value();
  }
  // Everything that the ledger's files say, and what is wrong with them.
  struct Seen {
    evidence::Verification out;
    uint64_t entries = 0;
  };
  [[nodiscard]] Seen verify() {
    Seen seen;
    evidence::LedgerBook book(seen.out);
    const auto all = paths();
    for (size_t i = 0; i < all.size(); ++i) {
      seen.out.path = all[i];
      book.read(files_.content(all[i]), i + 1 == all.size());
    }
    book.finish();
    seen.entries = book.entries();
    return seen;
  }
  void expect_intact(uint64_t entries) {
    const Seen seen = verify();
    EXPECT_EQ(seen.entries, entries);
    for (const auto& finding : seen.out.findings)
      ADD_FAILURE() << to_string(finding.fault) << " " << finding.path << ": " << finding.detail;
  }

  fs::FakeFileSystem files_;
  FakeClock clock_;
  evidence::Ed25519Signer signer_{evidence::Seed{5}};
  std::unique_ptr<Ledger> ledger_;
  int64_t gaps_ = 0;
};

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

// The catalog, or the configuration, has what the ledger has not: power failed between the two.

TEST_F(LedgerTest, ReadsTheLastWordOfTheProcessBefore) {
  ledger_->append(service_entry(evidence::ServiceEntry::Event::kStarted, &signer_));
  add(2);
  ASSERT_TRUE(ledger_->commit());
  const WallTime last = clock_.wall();
  EXPECT_EQ(read_recent_ledger(files_, "/video/vedette.ledger")->last_word, last)
      << "the start of a process that is over, while that of the next one waits for the disk";
  clock_.advance(std::chrono::hours(1));
  open();
  ledger_->append(service_entry(evidence::ServiceEntry::Event::kStarted, &signer_));
  add();
  ASSERT_TRUE(ledger_->commit());
  const auto recent = read_recent_ledger(files_, "/video/vedette.ledger").value();
  EXPECT_EQ(recent.last_word, last);
  EXPECT_EQ(recent.entries.size(), 5U);
  EXPECT_EQ(recent.from, WallTime{INT64_MIN}) << "all of it was read";
}

TEST_F(LedgerTest, ReadsMoreThanTheTwoNewestFilesWhereTheyAreSmall) {
  ledger_->append(service_entry(evidence::ServiceEntry::Event::kStarted, &signer_));
  ASSERT_TRUE(ledger_->commit());
  for (int i = 0; i < 4; ++i) {
    files_.inject({fs::Op::kWrite, 1, false, ErrorCode::kUnavailable, ".ledger"});
    add();
    EXPECT_FALSE(ledger_->commit());
    clock_.advance(std::chrono::seconds(10));
    ASSERT_TRUE(ledger_->commit()) << "to a new file";
  }
  EXPECT_EQ(paths().size(), 5U);
  const auto recent = read_recent_ledger(files_, "/video/vedette.ledger").value();
  EXPECT_EQ(recent.entries.size(), 5U);
  EXPECT_EQ(recent.from, WallTime{INT64_MIN}) << "all of it was read";
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

TEST_F(LedgerTest, AGapThatOnlyTheCatalogHasIsToBeEnteredAgain) {
  CatalogOptions options;
  options.path = testing::TempDir() + "catch-up-" + std::to_string(clock_.wall().us) + ".db";
  std::filesystem::remove(options.path);
  options.threads = false;
  const auto catalog = Catalog::open(clock_, options);
  const auto put = [&](int64_t id, int64_t start_s, std::optional<int64_t> end_s) {
    Gap gap;
    gap.id = id;
    gap.camera = "door";
    gap.cause = "unreachable";
    gap.start = gap.first_seen = {start_s * 1'000'000};
    if (end_s) gap.end = WallTime{*end_s * 1'000'000};
    catalog->put_gap(gap);
    return gap;
  };
  RecentLedger ledger;
  const Gap known = put(1, 10'000, 10'010);
  put(2, 10'020, 10'030);        // power failed before it was written
  put(3, 10'040, std::nullopt);  // lasts: whoever ends it says so
  put(4, 1'000, 1'010);          // long before: not looked for
  const Gap opened = put(5, 10'050, 10'060);
  ledger.entries = {gap_entry(known), gap_entry(opened)};
  std::get<evidence::GapEntry>(ledger.entries[1].what).event =
      evidence::GapEntry::Event::kOpened;  // its end is what is missing
  using Ids = std::vector<int64_t>;
  const auto missing = [&] {
    Ids ids;
    const auto found = gaps_no_ledger_knows(*catalog, {ledger});
    EXPECT_TRUE(found);
    if (found)
      for (const Gap& gap : *found) ids.push_back(gap.id);
    return ids;
  };
  EXPECT_EQ(missing(), Ids{}) << "nobody was here before";
  ledger.last_word = WallTime{10'060'000'000};
  EXPECT_EQ(missing(), (Ids{2, 5}));
  ledger.earliest = {1'500'000'000};  // the clock was set back, and forward again
  EXPECT_EQ(missing(), (Ids{4, 2, 5})) << "all that the entries read may be about";
  ledger.from = {10'055'000'000};  // older files were not read
  EXPECT_EQ(missing(), Ids{5});
}

TEST_F(LedgerTest, AHoldThatOnlyOneOfTheTwoKnowsIsToBeEnteredAgain) {
  using Event = evidence::HoldEntry::Event;
  const auto hold = [](const char* id) {
    Hold made;
    made.id = id;
    made.camera = "door";
    made.who = "anna";
    made.created_us = 500;
    return made;
  };
  RecentLedger ledger;
  ledger.entries = {hold_entry(Event::kPlaced, hold("a1")), hold_entry(Event::kPlaced, hold("b2")),
                    hold_entry(Event::kPlaced, hold("c3")), hold_entry(Event::kLifted, hold("c3"))};
  // b2 was lifted and d4 placed, and the ledger was not told.
  const auto missing = holds_unknown_to(ledger, {hold("a1"), hold("d4")});
  ASSERT_EQ(missing.size(), 2U);
  EXPECT_EQ(std::get<evidence::HoldEntry>(missing[0].what).id, 0xd4U);
  EXPECT_EQ(std::get<evidence::HoldEntry>(missing[0].what).event, Event::kPlaced);
  EXPECT_EQ(std::get<evidence::HoldEntry>(missing[1].what).id, 0xb2U);
  EXPECT_EQ(std::get<evidence::HoldEntry>(missing[1].what).event, Event::kLifted);
  ledger.from = {501};
  EXPECT_EQ(holds_unknown_to(ledger, {hold("a1"), hold("b2"), hold("d4")}).size(), 0U)
      << "what was placed before is in files that were not read";
}

}  // namespace
}  // namespace vedette::store
