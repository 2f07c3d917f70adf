// SPDX-License-Identifier: Apache-2.0
// What must never be taken for an attack: crashes, deletion by retention, a recorder at work.
#include "store/verify_archive.h"

#include "evidence/checkpoint.h"
#include "store/verify_archive_fixture.h"

namespace vedette::store {
namespace {

TEST_F(VerifyArchive, IsIntactWhenStoppedAndSignsEverything) {
  record(100);
  stop();
  const auto seen = verify();
  EXPECT_EQ(found(), "") << details_;
  EXPECT_EQ(seen.not_signed_yet, 0U);
  EXPECT_EQ(seen.records, 100U);
  EXPECT_GE(seen.files, 4U);
  EXPECT_GE(seen.checkpoints, 10U);
  EXPECT_EQ(found("/video/door"), "") << details_;
  for (const std::string& path : recordings()) EXPECT_EQ(found(path), "") << details_;
}

TEST_F(VerifyArchive, IsIntactWhileItIsRecorded) {
  for (int i = 0; i < 40; ++i) {
    record(2);
    EXPECT_EQ(found(), "") << "after " << 2 * i << " s\n" << details_;
    EXPECT_LE(verify().not_signed_yet, 20U);
  }
}

TEST_F(VerifyArchive, IsIntactAfterAPowerCutAtAnyMomentBeforeAndAfterRecovery) {
  for (int seconds = 1; seconds < 45; seconds += 4) {
    record(seconds);
    power_cut();
    EXPECT_EQ(found(), "") << "power cut after " << seconds << " s\n" << details_;
    open();
    settle();
    EXPECT_EQ(found(), "") << "recovered after " << seconds << " s\n" << details_;
    EXPECT_EQ(verify().not_signed_yet, 0U);
  }
}

TEST_F(VerifyArchive, IsIntactAfterTheDiskWasFullWhenTheServiceStopped) {
  record(12);
  settle();
  record(3);
  files_->set_capacity(files_->used_bytes());
  stop();
  files_->set_capacity(uint64_t{1} << 32);
  open();
  settle();
  EXPECT_EQ(found(), "") << details_;
  EXPECT_EQ(verify().not_signed_yet, 0U);
}

TEST_F(VerifyArchive, IsIntactWhenTheDiskWasReadOnlyAtTheEndAndAtTheStartAfterIt) {
  record(12);
  settle();
  record(3);
  files_->set_read_only("", true);
  stop();
  open();
  settle();
  files_->set_read_only("", false);
  clock_.advance(std::chrono::minutes(10));
  settle();
  EXPECT_EQ(found(), "") << details_;
  EXPECT_EQ(verify().not_signed_yet, 0U);
}

TEST_F(VerifyArchive, IsIntactWhenACatalogWasLostBetweenACrashAndTheNextStart) {
  record(12);
  settle();
  record(3);
  power_cut();
  dead_.clear();
  dead_catalogs_.clear();
  for (const char* part : {"", "-wal", "-shm"})
    std::filesystem::remove(dir_ + "/catalog.db" + part);
  open();
  settle();
  EXPECT_EQ(found(), "") << details_;
  EXPECT_EQ(verify().not_signed_yet, 0U) << "closed and signed, though nobody lists it";
}

// Sectors and whole pages of the last writes are there or not, in any mixture.
TEST_F(VerifyArchive, IsIntactAfterAPowerCutThatTearsWrites) {
  stop();
  sync_interval_ = std::chrono::seconds(5);  // most cuts fall between two of them
  open();
  size_t torn = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    bytes_per_second_ = 300 + seed * 37 % 3000;
    record(1 + static_cast<int>(seed % 7));
    if (seed % 5 == 0) end_run();  // closed, and not yet synced
    if (seed % 3 == 0) archive_->step();
    power_cut(seed);
    ASSERT_EQ(found(), "") << "power cut of seed " << seed << "\n" << details_;
    torn += torn_ends();
    open();
    settle();
    ASSERT_EQ(found(), "") << "recovered, seed " << seed << "\n" << details_;
    ASSERT_EQ(verify().not_signed_yet, 0U) << "seed " << seed;
    ASSERT_EQ(torn_ends(), 0U) << "seed " << seed;
  }
  EXPECT_GT(torn, 0U);  // a handful; torn_end_test.cpp tries every tear
}

TEST_F(VerifyArchive, RecoverySignsWhatItFound) {
  record(17);
  power_cut();
  open();
  settle();
  const auto seen = verify(recordings().front());
  EXPECT_TRUE(seen.intact());
  EXPECT_EQ(seen.not_signed_yet, 0U);
  EXPECT_GE(seen.records, 15U);
  const Bytes content = files_->content(recordings().front());
  const size_t size = evidence::kCheckpointFixedBytes + config_->site_id().size() + 4;
  const auto last = evidence::decode_checkpoint(ByteSpan(content).last(size));
  ASSERT_TRUE(last.has_value());
  EXPECT_TRUE(last->recovered && last->closing && last->final);
}

TEST_F(VerifyArchive, WhatRetentionDeletesIsAccountedFor) {
  record(100);
  end_run();
  settle();
  Camera camera = config_->camera("door").value();
  camera.retention.max_age_us = 60'000'000;
  ASSERT_TRUE(config_->update_camera(camera));
  const size_t before = recordings().size();
  archive_->clean();
  EXPECT_LT(recordings().size(), before);
  EXPECT_EQ(found(), "") << details_;
  stop();
  EXPECT_EQ(found(), "") << details_;
}

TEST_F(VerifyArchive, ADeletionThatCannotBeEnteredIsNotDone) {
  record(100);
  end_run();
  settle();
  Camera camera = config_->camera("door").value();
  camera.retention.max_age_us = 1;
  ASSERT_TRUE(config_->update_camera(camera));
  const size_t before = recordings().size();
  files_->inject({.op = fs::Op::kWrite, .for_good = true, .path_part = ".ledger"});
  archive_->clean();
  EXPECT_EQ(recordings().size(), before);
  EXPECT_TRUE(archive_->volumes()[0].ledger_problem.has_value());
  record(5);  // and recording goes on
  files_->clear_faults();
  settle();
  archive_->clean();
  EXPECT_LT(recordings().size(), before);
}

TEST_F(VerifyArchive, ALedgerAloneIsVerifiedByItself) {
  record(40);
  stop();
  const std::string folder = "/video/vedette.ledger";
  const std::string file = folder + "/0000000000000000.ledger";
  for (const std::string& path : {folder, folder + "/", file}) {
    const auto verification = verify(path);
    EXPECT_TRUE(verification.intact()) << path;
    EXPECT_GT(verification.checkpoints, 0U) << path;
    EXPECT_EQ(verification.keys.size(), 1U) << path;
  }
  put(folder + "/notes.txt", Bytes(3, 'x'));
  EXPECT_EQ(found(folder), "unknown_bytes") << details_;
  Bytes changed = files_->content(file);
  changed[changed.size() / 2] ^= 1;
  put(file, changed);
  EXPECT_NE(found(file), "") << details_;
  EXPECT_EQ(verify_archive(*files_, {"/video/none.ledger", std::nullopt}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(VerifyArchive, AFileThatHoldsNothingSignedSaysHowToGetOneThatDoes) {
  record(20);
  stop();
  EXPECT_TRUE(verify(recordings().front()).notes.empty());
  put("/copies/plain.mp4", Bytes(100, 0));
  const auto plain = verify("/copies/plain.mp4");
  EXPECT_FALSE(plain.intact());
  ASSERT_EQ(plain.notes.size(), 1U);
  EXPECT_NE(plain.notes[0].find("vedette export --out NAME.zip"), std::string::npos);
}

TEST_F(VerifyArchive, WithoutAKeyRecordingGoesOnAndSaysSo) {
  with_key_ = false;
  stop();
  open();
  record(100);
  stop();
  EXPECT_NE(found().find("unsigned"), std::string::npos);
  EXPECT_EQ(verify().records, 100U);
}

TEST_F(VerifyArchive, EvidenceCostsLessThanTwoThousandthsOfTheBytes) {
  bytes_per_second_ = 250'000;
  record(120);
  stop();
  uint64_t all = 0;
  for (const std::string& path : files_->all_files())
    if (path.starts_with("/video/")) all += files_->content(path).size();
  const uint64_t media = 120 * uint64_t{bytes_per_second_};
  // The head and the reserved index of each file (13 KB per 5 minutes) are MP4, not evidence.
  const uint64_t structure = recordings().size() * 13'000 + 120 * 120;
  EXPECT_LT(static_cast<double>(all - media - structure), 0.002 * static_cast<double>(media));
}

}  // namespace
}  // namespace vedette::store
