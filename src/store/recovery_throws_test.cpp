// SPDX-License-Identifier: Apache-2.0
// Memory runs out while what a crash left is brought in, or while the ledgers are told of the past:
// recording begins all the same, and the rest is done while it goes on.
#include <new>

#include "store/ledger.h"
#include "store/ledger_catch_up.h"
#include "store/volume_fixture.h"

namespace vedette::store {
namespace {

class RecoveryThrows : public VolumeTest {
 protected:
  void open_site() {
    if (!catalog_)
      catalog_ = Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    open({{"/video", std::nullopt, std::nullopt}});
  }
  /// Three fragments of a file that nobody closed, and a gap that no ledger knows.
  void leave_a_crash() {
    open_site();
    auto run = begin("door");
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(submit(*run, i));
      pass(1);
    }
    Gap gap;
    gap.id = new_gap_id();
    gap.camera = "yard";
    gap.cause = "unreachable";
    gap.start = gap.first_seen = clock_.wall() - std::chrono::seconds(2);
    gap.end = clock_.wall();
    catalog_->put_gap(gap);
    ASSERT_TRUE(catalog_->flush());
    files_.set_halted(true);  // its destructors run, and nothing of that reaches the disk
    run.reset();
    archive_.reset();
    catalog_.reset();
    files_.set_halted(false);
    files_.process_death();
    clock_.advance(std::chrono::seconds(10));
  }
  void begin_anew() {
    TearDown();
    files_.~FakeFileSystem();
    new (&files_) fs::FakeFileSystem();
    SetUp();
  }
  [[nodiscard]] size_t gaps_unknown_to_the_ledger() {
    const auto ledger = read_recent_ledger(files_, "/video/vedette.ledger").value();
    return gaps_no_ledger_knows(*catalog_, {ledger})->size();
  }
};

TEST_F(RecoveryThrows, at_any_operation_of_a_start_and_is_done_while_recording_goes_on) {
  int nth = 1;
  for (bool threw = true; threw; ++nth) {
    SCOPED_TRACE("operation " + std::to_string(nth));
    begin_anew();
    leave_a_crash();
    threw = false;
    int operations = 0;
    files_.set_on_operation([&](fs::Op, const std::string&) {
      if (++operations != nth) return;
      threw = true;
      throw std::bad_alloc();
    });
    open_site();
    files_.set_on_operation(nullptr);
    pass(6);
    const auto run = begin("door");
    ASSERT_TRUE(submit(*run, 0));
    pass(2);
    EXPECT_NE(run->committed_end_us(), 0) << "it is recorded";
    for (int i = 0; i < 4; ++i) {
      pass(10);
      archive_->clean();
    }
    run->end();
    pass(4);
    EXPECT_EQ(catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}})->size(), 4u);
    ASSERT_TRUE(catalog_->flush());
    EXPECT_TRUE(catalog_->open_files()->empty()) << "all that is over is closed";
    EXPECT_TRUE(recent_files(files_, "/video/vedette.ledger")->left_open.empty());
    EXPECT_EQ(gaps_unknown_to_the_ledger(), 0u);
    if (HasFailure() || nth > 500) break;
  }
  EXPECT_GT(nth, 30) << "a start with a crash to put in order does more than that";
}

}  // namespace
}  // namespace vedette::store
