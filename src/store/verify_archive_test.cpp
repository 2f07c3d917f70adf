// SPDX-License-Identifier: Apache-2.0
// Attacks on a volume, named by what was done, and what must never be taken for one: crashes,
// deletion by retention, a recorder at work.
#include "store/verify_archive.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "evidence/ed25519.h"
#include "fs/fake_file_system.h"
#include "mp4/test_tracks.h"
#include "store/archive.h"
#include "store/ledger.h"
#include "store/ledger_files.h"

namespace vedette::store {
namespace {

constexpr int64_t kSecond = 90'000;

class VerifyArchive : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-verify-" + random_id();
    std::filesystem::create_directory(dir_);
    config_ = ConfigStore::open(dir_ + "/config.db").value();
    Camera camera;
    camera.id = camera.name = "door";
    camera.main_url = "rtsp://camera/main";
    ASSERT_TRUE(config_->add_camera(camera));
    open();
  }
  void TearDown() override {
    end_run();
    archive_.reset();
    catalog_.reset();
    dead_.clear();
    dead_catalogs_.clear();
    std::filesystem::remove_all(dir_);
  }
  void open() {
    catalog_ = Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    ArchiveOptions options;
    options.volumes = {{"/video", std::nullopt}};
    options.threads = false;
    options.file_duration = std::chrono::seconds(30);
    options.sync_interval = sync_interval_;
    ArchiveParts parts{*files_, clock_, *config_, *catalog_};
    parts.signer = with_key_ ? &signer_ : nullptr;
    archive_ = Archive::open(parts, options).value();
  }
  void end_run() {
    if (run_) run_->end();
    run_.reset();
  }
  void stop() {
    end_run();
    archive_.reset();
    catalog_.reset();
  }
  // The machine is gone without a word; what it had not synced is lost, or torn to pieces.
  void power_cut(std::optional<uint64_t> torn = std::nullopt) {
    ASSERT_TRUE(catalog_->flush());
    torn ? files_->power_cut(*torn) : files_->power_cut();
    dead_.push_back(std::move(archive_));
    dead_catalogs_.push_back(std::move(catalog_));
    run_.reset();
  }
  void record(int seconds) {
    if (!run_) {
      origin_ = time_;
      run_ = archive_->begin_run({"door", StreamKind::kMain, track_, nullptr, origin_}).value();
    }
    for (int i = 0; i < seconds; ++i) {
      auto au = std::make_shared<media::AccessUnit>();
      au->track = track_;
      au->dts = au->pts = time_;
      au->utc = clock_.wall();
      au->random_access = true;
      au->data = Bytes(bytes_per_second_, 'v');
      time_ += kSecond;
      FragmentInput input;
      input.video = {au};
      input.video_end = time_;
      ASSERT_TRUE(run_->submit(std::move(input)));
      clock_.advance(std::chrono::seconds(1));
      archive_->step();
    }
  }
  // Until the ledger is signed too: at the sync after ten seconds from its last entry.
  void settle() {
    for (int i = 0; i < 10; ++i) {
      clock_.advance(std::chrono::seconds(2));
      archive_->step();
    }
    ASSERT_TRUE(catalog_->flush());
  }
  [[nodiscard]] std::vector<std::string> recordings() const {
    std::vector<std::string> all;
    for (const std::string& path : files_->all_files())
      if (path.ends_with(".mp4")) all.push_back(path);
    return all;
  }
  void put(const std::string& path, const Bytes& content) {
    (void)files_->remove(path);
    ASSERT_TRUE(files_->make_dirs(fs::parent_of(path)));
    auto file = files_->create(path).value();
    const ByteSpan part = content;
    ASSERT_TRUE(file->write_at(0, std::span(&part, 1)));
  }
  [[nodiscard]] evidence::Verification verify(const std::string& path = "/video") const {
    return verify_archive(*files_, {path, evidence::fingerprint(signer_.public_key())}).value();
  }
  [[nodiscard]] std::string found(const std::string& path = "/video") {
    std::string all;
    for (const auto& finding : verify(path).findings) {
      all += (all.empty() ? "" : " ") + std::string(to_string(finding.fault));
      details_ += finding.path + ": " + finding.detail + "\n";
    }
    return all;
  }

  // Of files that hold something. One whose head did not arrive stays, and is told each time.
  [[nodiscard]] size_t torn_ends() const {
    size_t count = 0;
    for (const evidence::TornEnd& one : verify().torn) count += one.offset > 0 ? 1U : 0U;
    return count;
  }

  std::string dir_;
  std::unique_ptr<fs::FakeFileSystem> files_ = std::make_unique<fs::FakeFileSystem>();
  FakeClock clock_;
  evidence::Ed25519Signer signer_{evidence::Seed{5}};
  bool with_key_ = true;
  size_t bytes_per_second_ = 2000;
  Duration sync_interval_{std::chrono::seconds(1)};
  std::unique_ptr<ConfigStore> config_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Archive> archive_;
  std::vector<std::unique_ptr<Archive>> dead_;
  std::vector<std::unique_ptr<Catalog>> dead_catalogs_;
  std::shared_ptr<RunWriter> run_;
  media::TrackInfoPtr track_ = mp4::h264_track();
  int64_t time_ = 0;
  int64_t origin_ = 0;
  std::string details_;
};

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

// Sectors and whole pages of the last writes are there or not, in any mixture.
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
