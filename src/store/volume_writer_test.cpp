// SPDX-License-Identifier: Apache-2.0
// What a volume's writer does when what it calls throws: memory has run out, or a library failed.
#include <new>

#include "store/volume_fixture.h"

namespace vedette::store {
namespace {

class VolumeWriterTest : public VolumeTest {
 protected:
  void SetUp() override {
    VolumeTest::SetUp();
    open({{"/video", std::nullopt, std::nullopt}});
  }
  /// The next operation of this kind at a path with `part` in it throws.
  void throw_at(fs::Op op, const std::string& part) {
    files_.set_on_operation([this, op, part](fs::Op seen, const std::string& path) {
      if (seen != op || path.find(part) == std::string::npos) return;
      files_.set_on_operation(nullptr);
      throw std::bad_alloc();
    });
  }
};

TEST_F(VolumeWriterTest, memory_that_runs_out_under_one_camera_ends_its_run_and_no_other) {
  const auto door = begin("door");
  const auto yard = begin("yard");
  ASSERT_TRUE(submit(*door, 0));
  ASSERT_TRUE(submit(*yard, 0));
  pass(2);
  throw_at(fs::Op::kWrite, "door");
  ASSERT_TRUE(submit(*door, 1));
  ASSERT_TRUE(submit(*yard, 1));
  pass(2);
  ASSERT_TRUE(door->failure()) << "its recorder must hear of it";
  EXPECT_EQ(door->failure()->cause, "write_failed");
  EXPECT_FALSE(submit(*door, 2));
  EXPECT_FALSE(yard->failure());
  EXPECT_EQ(catalog_->fragments({"yard", StreamKind::kMain, {0}, {INT64_MAX}})->size(), 2u);
  EXPECT_EQ(catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}})->size(), 1u)
      << "what was committed stays";
  const auto anew = begin("door");
  ASSERT_TRUE(submit(*anew, 2));
  pass(2);
  EXPECT_FALSE(anew->failure());
  EXPECT_EQ(catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}})->size(), 2u);
}

TEST_F(VolumeWriterTest, a_disk_that_takes_a_new_file_is_asked_at_once_to_take_the_ledger) {
  const auto yard = begin("yard");
  ASSERT_TRUE(submit(*yard, 0));
  files_.inject({.op = fs::Op::kWrite, .path_part = ".ledger"});
  pass(1);
  ASSERT_TRUE(archive_->volumes()[0].ledger_problem);
  const auto door = begin("door");
  ASSERT_TRUE(submit(*door, 0));
  pass(2);
  EXPECT_EQ(catalog_->fragments({"door", StreamKind::kMain, {0}, {INT64_MAX}})->size(), 1u);
  EXPECT_FALSE(archive_->volumes()[0].ledger_problem)
      << "what is listed would be unknown to it, should the process and the catalog go now";
}

TEST_F(VolumeWriterTest, what_fails_when_nobody_asks_any_more_is_a_gap) {
  const WallTime begin_at = clock_.wall();
  const auto door = begin("door");
  ASSERT_TRUE(submit(*door, 0));
  pass(2);
  files_.inject({.op = fs::Op::kWrite, .for_good = true, .path_part = "door"});
  const WallTime committed{door->committed_end_us()};
  auto run = begin("door");
  ASSERT_TRUE(submit(*run, 2));
  const WallTime end = clock_.wall() + std::chrono::seconds(1);
  run->end();
  run->leave(committed, end);
  run.reset();
  pass(2);
  const auto gaps = catalog_->gaps("door", begin_at, {INT64_MAX}).value();
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].start, committed);
  EXPECT_EQ(gaps[0].end, end);
  EXPECT_EQ(gaps[0].cause, "write_failed");
}

TEST_F(VolumeWriterTest, memory_that_runs_out_between_write_and_sync_is_told_to_every_recorder) {
  const auto door = begin("door");
  ASSERT_TRUE(submit(*door, 0));
  pass(2);
  throw_at(fs::Op::kSync, "");
  ASSERT_TRUE(submit(*door, 1));
  pass(2);
  ASSERT_TRUE(door->failure());
  EXPECT_FALSE(archive_->volumes()[0].problem);
  const auto anew = begin("door");
  ASSERT_TRUE(submit(*anew, 2));
  pass(2);
  EXPECT_FALSE(anew->failure());
}

// Retention keeps its reserve free and no more: waiting for more would be waiting for ever.
TEST_F(VolumeWriterTest, a_small_disk_that_failed_is_recorded_to_again) {
  files_.mount("/video", files_.used_bytes() + (uint64_t{12} << 20));
  const auto door = begin("door");
  ASSERT_TRUE(submit(*door, 0));
  pass(2);
  files_.inject({.op = fs::Op::kWrite, .code = ErrorCode::kResourceExhausted, .path_part = ".mp4"});
  ASSERT_TRUE(submit(*door, 1));
  pass(2);
  ASSERT_TRUE(archive_->volumes()[0].problem);
  pass(10);
  EXPECT_FALSE(archive_->volumes()[0].problem);
  const auto anew = archive_->begin_run({"door", StreamKind::kMain, track_, nullptr, 0});
  ASSERT_TRUE(anew);
  ASSERT_TRUE(submit(**anew, 2));
  pass(2);
  EXPECT_FALSE((*anew)->failure());
}

}  // namespace
}  // namespace vedette::store
