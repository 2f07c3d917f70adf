// SPDX-License-Identifier: Apache-2.0
#include "mp4/read_window.h"

#include <gtest/gtest.h>

namespace vedette::mp4 {
namespace {

/// 10,000 bytes, each its offset; counts the reads, and fails those that it is told to.
class Tape final : public ByteSource {
 public:
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    ++reads;
    if (fails) return make_error(ErrorCode::kUnavailable, "medium error");
    return MemorySource(bytes_).read_at(offset, out);
  }
  [[nodiscard]] uint64_t size() const override { return bytes_.size(); }

  mutable int reads = 0;
  bool fails = false;

 private:
  static Bytes numbered() {
    Bytes bytes(10'000);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i);
    return bytes;
  }
  const Bytes bytes_ = numbered();
};

TEST(ReadWindow, neighbours_cost_one_read) {
  const Tape tape;
  ReadWindow window(tape);
  EXPECT_EQ(window.at(100, 8).value()[0], 100);
  EXPECT_EQ(window.at(4100, 96).value()[0], static_cast<uint8_t>(4100));
  EXPECT_EQ(window.at(101, 8).value()[0], 101);
  EXPECT_EQ(tape.reads, 1);
  EXPECT_EQ(window.at(99, 8).value()[0], 99) << "before it";
  EXPECT_EQ(tape.reads, 2);
  EXPECT_EQ(window.at(4190, 8).value()[7], static_cast<uint8_t>(4197)) << "across its end";
  EXPECT_EQ(tape.reads, 3);
}

TEST(ReadWindow, gives_what_there_is_at_the_end) {
  const Tape tape;
  ReadWindow window(tape);
  EXPECT_EQ(window.at(9'990, 100)->size(), 10U);
  EXPECT_EQ(window.at(9'995, 100)->size(), 5U);
  EXPECT_TRUE(window.at(10'000, 8)->empty());
  EXPECT_TRUE(window.at(20'000, 8)->empty());
}

TEST(ReadWindow, a_read_that_failed_leaves_nothing_to_believe) {
  Tape tape;
  ReadWindow window(tape);
  ASSERT_TRUE(window.at(0, 8));
  tape.fails = true;
  EXPECT_EQ(window.at(5'000, 8).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(window.at(5'000, 8).error().code, ErrorCode::kUnavailable);
  tape.fails = false;
  EXPECT_EQ(window.at(5'000, 8).value()[0], static_cast<uint8_t>(5'000));
}

}  // namespace
}  // namespace vedette::mp4
