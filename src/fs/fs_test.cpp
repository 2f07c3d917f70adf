// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "fs/fake_file_system.h"

namespace vedette::fs {
namespace {

ByteSpan text(std::string_view words) { return as_bytes(words); }

Result<void> put(File& file, uint64_t offset, std::string_view words) {
  const ByteSpan part = text(words);
  return file.write_at(offset, std::span(&part, 1));
}

// Both implementations keep the same contract.
class EveryFileSystem : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    dir_ = GetParam() ? testing::TempDir() + "vedette-fs-" + random_id() : "/disk";
    if (GetParam())
      files_ = std::make_unique<RealFileSystem>();
    else
      files_ = std::make_unique<FakeFileSystem>();
    ASSERT_TRUE(files_->make_dirs(join(dir_, "a/b")));
  }
  void TearDown() override {
    if (GetParam()) std::filesystem::remove_all(dir_);
  }
  std::string dir_;
  std::unique_ptr<FileSystem> files_;
};

TEST_P(EveryFileSystem, gathers_many_parts_into_one_write) {
  auto file = files_->create(join(dir_, "f"));
  ASSERT_TRUE(file);
  std::vector<Bytes> store;
  std::vector<ByteSpan> parts;
  Bytes all;
  for (size_t i = 0; i < 3000; ++i) store.push_back(Bytes(i % 7, static_cast<uint8_t>(i)));
  for (const Bytes& part : store) {
    parts.emplace_back(part);
    all.insert(all.end(), part.begin(), part.end());
  }
  ASSERT_TRUE((*file)->write_at(5, parts));
  Bytes back(all.size() + 10);
  EXPECT_EQ((*file)->read_at(5, back).value(), all.size());
  back.resize(all.size());
  EXPECT_EQ(back, all);
  EXPECT_EQ((*file)->size().value(), all.size() + 5);
}

TEST_P(EveryFileSystem, reserving_space_does_not_change_the_size) {
  auto file = files_->create(join(dir_, "f"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(put(**file, 0, "abc"));
  ASSERT_TRUE((*file)->allocate(0, 1 << 20));
  EXPECT_EQ((*file)->size().value(), 3U);
  ASSERT_TRUE((*file)->truncate(2));
  EXPECT_EQ((*file)->size().value(), 2U);
  ASSERT_TRUE((*file)->sync_data());
}

TEST_P(EveryFileSystem, create_refuses_an_existing_file_and_open_a_missing_one) {
  ASSERT_TRUE(files_->create(join(dir_, "f")));
  EXPECT_EQ(files_->create(join(dir_, "f")).error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(files_->open_read(join(dir_, "g")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files_->open_write(join(dir_, "no/g")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files_->remove(join(dir_, "g")).error().code, ErrorCode::kNotFound);
}

TEST_P(EveryFileSystem, lists_files_and_folders) {
  ASSERT_TRUE(files_->create(join(dir_, "f")));
  auto entries = files_->list(dir_);
  ASSERT_TRUE(entries);
  std::sort(entries->begin(), entries->end(), [](auto& a, auto& b) { return a.name < b.name; });
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].name, "a");
  EXPECT_TRUE((*entries)[0].is_dir);
  EXPECT_EQ((*entries)[1].name, "f");
  EXPECT_FALSE((*entries)[1].is_dir);
  EXPECT_EQ(files_->remove_dir(join(dir_, "a")).error().code, ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(files_->remove_dir(join(dir_, "a/b")));
}

TEST_P(EveryFileSystem, a_lock_is_held_once_and_released_with_its_holder) {
  auto first = files_->lock(join(dir_, "LOCK"));
  ASSERT_TRUE(first);
  EXPECT_EQ(files_->lock(join(dir_, "LOCK")).error().code, ErrorCode::kFailedPrecondition);
  std::move(first).value().reset();
  EXPECT_TRUE(files_->lock(join(dir_, "LOCK")));
}

TEST_P(EveryFileSystem, a_folder_is_locked_itself) {
  auto first = files_->lock(dir_);
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_EQ(files_->lock(dir_).error().code, ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(files_->lock(join(dir_, "LOCK"))) << "what lies in it is locked on its own";
  std::move(first).value().reset();
  EXPECT_TRUE(files_->lock(dir_));
}

TEST_P(EveryFileSystem, write_atomically_replaces_a_file) {
  const std::string path = join(dir_, "f");
  ASSERT_TRUE(write_atomically(*files_, path, text("one")));
  ASSERT_TRUE(write_atomically(*files_, path, text("two")));
  EXPECT_EQ(as_text(read_all(*files_, path).value()), "two");
  EXPECT_EQ(read_all(*files_, path, 2).error().code, ErrorCode::kResourceExhausted);
}

INSTANTIATE_TEST_SUITE_P(FileSystems, EveryFileSystem, testing::Bool(),
                         [](const auto& p) { return p.param ? "real" : "fake"; });

class FakeDisk : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(files_.make_dirs("/disk")); }
  FakeFileSystem files_;
};

TEST_F(FakeDisk, power_cut_loses_what_was_not_synced) {
  ASSERT_TRUE(files_.sync_all("/disk"));
  auto file = files_.create("/disk/f");
  ASSERT_TRUE(put(**file, 0, "kept"));
  ASSERT_TRUE((*file)->sync_data());
  ASSERT_TRUE(files_.sync_dir("/disk"));
  ASSERT_TRUE(put(**file, 4, "lost"));
  ASSERT_TRUE(files_.create("/disk/nameless"));
  files_.power_cut();
  EXPECT_EQ(as_text(files_.content("/disk/f")), "kept");
  EXPECT_FALSE(files_.exists("/disk/nameless"));
  EXPECT_FALSE(put(**file, 0, "a dead descriptor"));
}

TEST_F(FakeDisk, fails_the_nth_operation_once_or_for_good) {
  auto file = files_.create("/disk/f");
  files_.inject({.op = Op::kWrite, .nth = 2});
  EXPECT_TRUE(put(**file, 0, "1"));
  EXPECT_FALSE(put(**file, 0, "2"));
  EXPECT_TRUE(put(**file, 0, "3"));
  files_.inject({.op = Op::kSync, .for_good = true, .path_part = "/f"});
  EXPECT_FALSE((*file)->sync_data());
  EXPECT_FALSE((*file)->sync_data());
  files_.clear_faults();
  EXPECT_TRUE((*file)->sync_data());
}

TEST_F(FakeDisk, fills_up) {
  files_.set_capacity(10);
  auto file = files_.create("/disk/f");
  EXPECT_TRUE(put(**file, 0, "12345678"));
  EXPECT_EQ(put(**file, 8, "123").error().code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(files_.space("/disk").value().free_bytes, 2U);
}

TEST_F(FakeDisk, unplugged_folders_are_missing_until_plugged_in) {
  ASSERT_TRUE(files_.create("/disk/f"));
  files_.unplug("/disk");
  EXPECT_EQ(files_.open_read("/disk/f").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(files_.exists("/disk"));
  files_.plug_in("/disk");
  EXPECT_TRUE(files_.open_read("/disk/f"));
}

TEST_F(FakeDisk, a_torn_power_cut_keeps_what_was_synced_and_mixes_the_rest) {
  ASSERT_TRUE(files_.sync_all("/disk"));
  auto file = files_.create("/disk/f");
  const std::string before(20'000, 'a');
  ASSERT_TRUE(put(**file, 0, before));
  ASSERT_TRUE((*file)->sync_data());
  ASSERT_TRUE(files_.sync_dir("/disk"));
  ASSERT_TRUE(put(**file, 8192, std::string(20'000, 'b')));
  ASSERT_TRUE(files_.create("/disk/nameless"));
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto copy = files_.clone();
    copy->power_cut(seed);
    const Bytes left = copy->content("/disk/f");
    ASSERT_GE(left.size(), 20'000U);
    EXPECT_EQ(as_text(ByteSpan(left).first(8192)), before.substr(0, 8192));
    const Bytes again = [&] {
      const auto same = files_.clone();
      same->power_cut(seed);
      return same->content("/disk/f");
    }();
    EXPECT_EQ(left, again) << "the same seed leaves the same disk";
    std::string pattern = copy->exists("/disk/nameless") ? "n" : "-";
    for (size_t at = 8192; at < left.size(); at += 512) pattern += static_cast<char>(left[at]);
    outcomes.insert(pattern);
  }
  EXPECT_GT(outcomes.size(), 50U);
  EXPECT_EQ(files_.content("/disk/f").size(), 28'192U) << "a clone shares nothing that changes";
}

TEST_F(FakeDisk, after_a_failed_sync_the_next_one_lies) {
  auto file = files_.create("/disk/f");
  ASSERT_TRUE(files_.sync_all("/disk"));
  ASSERT_TRUE(put(**file, 0, "lost"));
  files_.inject({.op = Op::kSync});
  EXPECT_FALSE((*file)->sync_data());
  EXPECT_TRUE((*file)->sync_data());
  EXPECT_EQ(as_text(files_.content("/disk/f")), "lost");
  files_.power_cut();
  EXPECT_EQ(as_text(files_.content("/disk/f")), std::string(4, '\0'));
}

TEST_F(FakeDisk, a_delayed_operation_takes_time_and_succeeds) {
  Duration passed{0};
  files_.set_on_delay([&](Duration d) { passed += d; });
  files_.inject({.op = Op::kAny, .nth = 2, .delay = std::chrono::seconds(10)});
  EXPECT_TRUE(files_.create("/disk/f"));
  EXPECT_EQ(passed.count(), 0);
  EXPECT_TRUE(files_.list("/disk"));
  EXPECT_EQ(passed, std::chrono::seconds(10));
}

TEST_F(FakeDisk, mounts_fill_up_and_turn_read_only_on_their_own) {
  ASSERT_TRUE(files_.make_dirs("/other"));
  files_.mount("/disk", 10);
  auto full = files_.create("/disk/f");
  auto free = files_.create("/other/f");
  EXPECT_FALSE(put(**full, 0, "more than ten bytes"));
  EXPECT_TRUE(put(**free, 0, "more than ten bytes"));
  files_.set_read_only("/disk", true);
  EXPECT_EQ(files_.create("/disk/g").error().code, ErrorCode::kPermissionDenied);
  EXPECT_TRUE(files_.create("/other/g"));
}

TEST_F(FakeDisk, an_older_copy_can_take_the_place_of_a_disk) {
  ASSERT_TRUE(files_.create("/disk/f"));
  const auto older = files_.image("/disk");
  auto file = files_.create("/disk/g");
  const auto newer = files_.image("/disk");
  files_.replace("/disk", *older);
  EXPECT_FALSE(files_.exists("/disk/g"));
  EXPECT_FALSE(put(**file, 0, "to a disk that is gone"));
  files_.replace("/disk", *newer);
  EXPECT_TRUE(files_.exists("/disk/g"));
}

TEST_F(FakeDisk, a_dead_process_leaves_what_it_wrote_and_no_lock) {
  auto file = files_.create("/disk/f");
  auto held = files_.lock("/disk/LOCK");
  ASSERT_TRUE(put(**file, 0, "kept"));
  files_.process_death();
  EXPECT_FALSE(put(**file, 0, "dead"));
  EXPECT_EQ(as_text(files_.content("/disk/f")), "kept");
  EXPECT_TRUE(files_.lock("/disk/LOCK"));
}

}  // namespace
}  // namespace vedette::fs
