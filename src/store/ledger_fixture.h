// SPDX-License-Identifier: Apache-2.0
// For the tests of the ledger: that of one volume on a disk in memory.
#pragma once

#include <gtest/gtest.h>

#include "evidence/ed25519.h"
#include "evidence/verify_ledger.h"
#include "fs/fake_file_system.h"
#include "store/ledger.h"
#include "store/ledger_files.h"
#include "store/volume.h"

namespace vedette::store {

inline constexpr const char* kVolumeId = "00112233aabbccdd";

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

}  // namespace vedette::store
