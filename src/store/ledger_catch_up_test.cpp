// SPDX-License-Identifier: Apache-2.0
// The catalog, or the configuration, has what the ledger has not: power failed between the two.
#include "store/ledger_catch_up.h"

#include <filesystem>

#include "store/ledger_fixture.h"

namespace vedette::store {
namespace {

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

TEST_F(LedgerTest, KnowsWhenAProcessEndedWithoutAWord) {
  using Event = evidence::ServiceEntry::Event;
  const auto say = [&](Event event) {
    ledger_->append(service_entry(event, &signer_));
    ASSERT_TRUE(ledger_->commit());
  };
  const auto cut_short = [&] {
    return recent_files(files_, "/video/vedette.ledger").value().cut_short;
  };
  FileRef file;
  file.camera = "door";
  file.run = "00000000000000aa";
  file.seq = 3;
  file.relative = "door/2023/11/14/221320-00000000000000aa-3.mp4";
  say(Event::kStarted);
  EXPECT_TRUE(cut_short().empty()) << "nobody was here before";
  clock_.advance(std::chrono::hours(1));
  say(Event::kStopped);
  clock_.advance(std::chrono::hours(1));
  say(Event::kStarted);
  EXPECT_TRUE(cut_short().empty()) << "the one before stopped";
  ledger_->append(file_entry(evidence::FileEntry::Event::kOpened, file, {file.run, file.seq}));
  ASSERT_TRUE(ledger_->commit());
  const WallTime last = clock_.wall();
  clock_.advance(std::chrono::hours(1));
  say(Event::kStarted);
  ASSERT_EQ(cut_short().size(), 1U);
  EXPECT_EQ(cut_short()[0].last_word, last);
  EXPECT_EQ(cut_short()[0].next_start, clock_.wall());
  ledger_->append(deletion_entry(file, {file.run, file.seq}, "age"));
  ASSERT_TRUE(ledger_->commit());
  EXPECT_EQ(recent_files(files_, "/video/vedette.ledger")->named.count({file.run, file.seq}), 1U)
      << "also what was deleted";
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
