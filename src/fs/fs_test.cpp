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

}  // namespace
}  // namespace vedette::fs
