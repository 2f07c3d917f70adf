// SPDX-License-Identifier: Apache-2.0
// Attacks on a volume, named by what was done.
#include <algorithm>

#include "store/ledger.h"
#include "store/ledger_files.h"
#include "store/verify_archive.h"
#include "store/verify_archive_fixture.h"

namespace vedette::store {
namespace {

TEST_F(VerifyArchive, AFileThatWasRemovedIsNamed) {
  record(100);
  stop();
  const std::vector<std::string> all = recordings();
  for (const std::string& path : all) {
    const Bytes content = files_->content(path);
    ASSERT_TRUE(files_->remove(path));
    const auto seen = verify();
    ASSERT_EQ(seen.findings.size(), 1U) << path;
    EXPECT_EQ(seen.findings[0].fault, evidence::FaultClass::kRemoved);
    EXPECT_EQ(seen.findings[0].path, path);
    put(path, content);
  }
  EXPECT_EQ(found(), "") << details_;
}

TEST_F(VerifyArchive, AFileThatWasCutOffIsTruncated) {
  record(40);
  stop();
  const std::string path = recordings().front();
  const Bytes content = files_->content(path);
  for (const size_t less : {size_t{1}, size_t{400}, size_t{3000}, content.size() / 2}) {
    put(path, Bytes(content.begin(), content.end() - static_cast<long>(less)));
    EXPECT_NE(found().find("truncated"), std::string::npos) << less << "\n" << details_;
  }
}

TEST_F(VerifyArchive, AnOlderCopyOfAFileIsTruncated) {
  record(20);
  const std::string path = recordings().front();
  const Bytes older = files_->content(path);
  record(30);
  stop();
  put(path, older);
  EXPECT_NE(found().find("truncated"), std::string::npos) << details_;
}

TEST_F(VerifyArchive, AnOlderLedgerIsRolledBack) {
  record(50);
  settle();
  const std::string ledger = "/video/vedette.ledger/0000000000000000.ledger";
  const Bytes older = files_->content(ledger);
  record(100);
  stop();
  EXPECT_EQ(found(), "") << details_;
  put(ledger, older);
  EXPECT_NE(found().find("rolled_back"), std::string::npos) << details_;
}

TEST_F(VerifyArchive, AVolumeWhoseLedgerWasTakenAwayIsFoundAndAFolderOfOneCameraIsNot) {
  record(50);
  end_run();
  record(20);
  stop();
  for (const std::string& path : files_->all_files()) {
    if (path.starts_with("/video/vedette.ledger/")) {
      ASSERT_TRUE(files_->remove(path));
    }
  }
  EXPECT_EQ(found(), "rolled_back") << details_;
  ASSERT_TRUE(files_->remove("/video/vedette-volume.json"));
  ASSERT_TRUE(files_->remove_dir("/video/vedette.ledger"));
  EXPECT_EQ(found(), "removed") << details_;
  const auto camera = verify("/video/door");
  EXPECT_TRUE(camera.findings.empty());
  EXPECT_EQ(camera.notes, std::vector<std::string>{"/video/door has no ledger: whether recordings "
                                                   "are missing is not known"});
}

TEST_F(VerifyArchive, AFileOfAnotherVolumeIsSpliced) {
  record(40);
  stop();
  const Bytes foreign = files_->content(recordings().front());
  const std::string name = recordings().front();
  files_ = std::make_unique<fs::FakeFileSystem>();
  config_ = ConfigStore::open(dir_ + "/other.db").value();
  for (const char* part : {"", "-wal", "-shm"})
    std::filesystem::remove(dir_ + "/catalog.db" + part);
  open();
  record(40);
  stop();
  put(name + "x.mp4", foreign);
  EXPECT_NE(found().find("spliced"), std::string::npos) << details_;
}

TEST_F(VerifyArchive, AFileThatStandsThereTwiceIsDuplicated) {
  record(40);
  stop();
  const Bytes content = files_->content(recordings().front());
  put(recordings().front() + "-copy.mp4", content);
  EXPECT_NE(found().find("duplicated"), std::string::npos) << details_;
}

TEST_F(VerifyArchive, FilesThatChangedPlacesAreBothNamed) {
  record(100);
  stop();
  const std::vector<std::string> all = recordings();
  ASSERT_GE(all.size(), 3U);
  const Bytes first = files_->content(all[0]);
  const Bytes third = files_->content(all[2]);
  put(all[0], third);
  put(all[2], first);
  const auto seen = verify();
  ASSERT_EQ(seen.findings.size(), 2U);
  for (const size_t i : {size_t{0}, size_t{1}}) {
    EXPECT_EQ(seen.findings[i].fault, evidence::FaultClass::kReordered);
    EXPECT_EQ(seen.findings[i].path, all[2 * i]);
    EXPECT_NE(seen.findings[i].detail.find(all[2 - 2 * i]), std::string::npos);
  }
}

TEST_F(VerifyArchive, AFileInThePlaceOfAnotherHidesNotThatItIsMissing) {
  record(100);
  stop();
  const std::vector<std::string> all = recordings();
  put(all[1], files_->content(all[2]));
  ASSERT_TRUE(files_->remove(all[2]));
  EXPECT_EQ(found(), "removed reordered") << details_;
  for (const auto& finding : verify().findings) EXPECT_EQ(finding.path, all[1]);
}

TEST_F(VerifyArchive, ALedgerThatWasCutBehindTheLastHeadSaysWhereItEnds) {
  record(40);
  end_run();
  settle();
  const std::string ledger = ledger_files(*files_, "/video/vedette.ledger").value().back();
  const Bytes before = files_->content(ledger);
  const WallTime end = clock_.wall();
  clock_.advance(std::chrono::hours(1));
  archive_->put_gap({new_gap_id(), "door", StreamKind::kMain, end, clock_.wall(), "unreachable", "",
                     clock_.wall()});
  stop();
  EXPECT_TRUE(verify().notes.empty()) << "it ends with the word that the service stopped";
  ASSERT_GT(files_->content(ledger).size(), before.size());
  put(ledger, before);
  EXPECT_EQ(found(), "") << details_;
  ASSERT_EQ(verify().notes.size(), 1U);
  EXPECT_EQ(verify().notes[0].find("the ledger ends at " + to_rfc3339(end).substr(0, 10)), 0U)
      << verify().notes[0];
}

TEST_F(VerifyArchive, AFileUnderAnotherNameIsNoFaultAndIsTold) {
  record(100);
  stop();
  const std::string path = recordings()[1];
  ASSERT_TRUE(files_->make_dirs("/video/set aside"));
  ASSERT_TRUE(files_->rename(path, "/video/set aside/one.mp4"));
  EXPECT_EQ(found(), "") << details_;
  ASSERT_EQ(verify().notes.size(), 1U);
  EXPECT_NE(verify().notes[0].find(path), std::string::npos);
}

TEST_F(VerifyArchive, WhatACrashLeftOfWritingTheIdentityIsNoFault) {
  record(10);
  stop();
  put("/video/vedette-volume.json.new", Bytes(10, '{'));
  EXPECT_EQ(found(), "") << details_;
  put("/video/door/vedette-volume.json.new", Bytes(10, '{'));
  EXPECT_EQ(found(), "unknown_bytes");
}

TEST_F(VerifyArchive, AFileThatIsNotOursIsUnknown) {
  record(10);
  stop();
  put("/video/door/notes.txt", Bytes(10, 'x'));
  EXPECT_EQ(found(), "unknown_bytes");
}

// Whoever alters a recording must not be able to keep that quiet by spoiling a file beside it.
TEST_F(VerifyArchive, ALedgerThatCannotBeReadHidesNothingElse) {
  record(65);
  stop();
  const std::string altered = recordings()[1];
  Bytes content = fs::read_all(*files_, altered, 1 << 20).value();
  content[content.size() / 2] ^= 1;
  put(altered, content);
  fs::Fault fault;
  fault.op = fs::Op::kOpen;
  fault.for_good = true;
  fault.path_part = ".ledger/";
  files_->inject(fault);
  const auto result = verify();
  EXPECT_GT(result.records, 60u);
  const auto said = [&](const std::string& path) {
    return std::any_of(result.findings.begin(), result.findings.end(), [&](const auto& finding) {
      return finding.fault == evidence::FaultClass::kAltered &&
             finding.path.find(path) != std::string::npos;
    });
  };
  EXPECT_TRUE(said(".ledger/"));
  EXPECT_TRUE(said(altered));
}

TEST_F(VerifyArchive, ALedgerThatWasMadeTooLargeToReadHidesNothingElse) {
  record(65);
  stop();
  const std::string removed = recordings()[1];
  ASSERT_TRUE(files_->remove(removed));
  const auto ledger = ledger_files(*files_, fs::join("/video", kLedgerFolder)).value().back();
  Bytes content = fs::read_all(*files_, ledger, kMaxLedgerFileBytes).value();
  content.resize(kMaxLedgerFileBytes + 1000);
  put(ledger, content);
  const auto result = verify();
  const auto count = [&](evidence::FaultClass fault, const std::string& path) {
    return std::count_if(result.findings.begin(), result.findings.end(), [&](const auto& finding) {
      return finding.fault == fault && finding.path == path;
    });
  };
  EXPECT_GE(count(evidence::FaultClass::kUnknownBytes, ledger), 1);
  EXPECT_EQ(count(evidence::FaultClass::kRemoved, removed), 1);
  EXPECT_GT(result.records, 30u);
}

TEST_F(VerifyArchive, AFolderThatCannotBeListedHidesNothingElse) {
  record(65);
  stop();
  ASSERT_TRUE(files_->make_dirs("/video/locked"));
  fs::Fault fault;
  fault.op = fs::Op::kList;
  fault.for_good = true;
  fault.path_part = "locked";
  files_->inject(fault);
  EXPECT_EQ(found(), "altered") << details_;
  EXPECT_GT(verify().records, 60u);
}

}  // namespace
}  // namespace vedette::store
