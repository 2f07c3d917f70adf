// SPDX-License-Identifier: Apache-2.0
#include "store/live_index.h"

#include <gtest/gtest.h>

namespace vedette::store {
namespace {

using std::chrono::seconds;

class GrownFiles : public testing::Test {
 protected:
  static constexpr Duration kProgress = seconds(10);

  // A file with one fragment, written down `at` seconds.
  void open_and_write(int64_t id, int at) {
    FileRef ref;
    ref.id = id;
    live_.open_file(std::make_shared<const FileRef>(ref));
    grow(id);
    live_.written(live_.changes(time(at), kProgress, false), time(at));
  }
  void grow(int64_t id) {
    FragmentEntry entry;
    entry.sequence = next_++;
    entry.offset = entry.sequence * 1000;
    entry.size = 1000;
    entry.duration = 90'000;
    live_.commit(id, {&entry, 1});
  }
  std::vector<int64_t> due(int at) {
    std::vector<int64_t> ids;
    const LiveIndex::Changes changes = live_.changes(time(at), kProgress, false);
    for (const LiveFile& file : changes.files) ids.push_back(file.ref->id);
    return ids;
  }
  static MonoTime time(int at) { return MonoTime{} + seconds(at); }

  LiveIndex live_;
  uint32_t next_ = 1;
};

TEST_F(GrownFiles, AreNotDueBeforeTheirTime) {
  open_and_write(1, 100);
  grow(1);
  EXPECT_EQ(due(109), std::vector<int64_t>{});
  EXPECT_EQ(due(110), std::vector<int64_t>{1});
}

TEST_F(GrownFiles, ThatWouldSoonBeDueGoWithWhatIs) {
  open_and_write(1, 100);
  open_and_write(2, 104);
  open_and_write(3, 108);
  for (const int64_t id : {1, 2, 3}) grow(id);
  EXPECT_EQ(due(109), std::vector<int64_t>{});
  EXPECT_EQ(due(110), (std::vector<int64_t>{1, 2}));
}

TEST_F(GrownFiles, ThatHaveNotGrownAreLeftOut) {
  open_and_write(1, 100);
  open_and_write(2, 100);
  grow(1);
  EXPECT_EQ(due(120), std::vector<int64_t>{1});
}

TEST_F(GrownFiles, ThatAreLeftStayOpenInTheDatabaseAndAreLetGo) {
  open_and_write(1, 100);
  live_.leave_file(1);
  EXPECT_TRUE(live_.urgent());
  const LiveIndex::Changes changes = live_.changes(time(101), kProgress, false);
  ASSERT_EQ(changes.files.size(), 1U);
  EXPECT_FALSE(changes.files[0].closed);
  live_.written(changes, time(101));
  EXPECT_TRUE(live_.file_ids().empty());
  EXPECT_FALSE(live_.urgent());
}

TEST_F(GrownFiles, ThatAreClosedWhileTheyWaitToBeLeftAreClosed) {
  open_and_write(1, 100);
  live_.leave_file(1);
  const LiveIndex::Changes left = live_.changes(time(101), kProgress, false);
  live_.close_file(1, 1000);
  live_.written(left, time(101));
  const LiveIndex::Changes closed = live_.changes(time(102), kProgress, false);
  ASSERT_EQ(closed.files.size(), 1U);
  EXPECT_TRUE(closed.files[0].closed);
  live_.written(closed, time(102));
  EXPECT_TRUE(live_.file_ids().empty());
}

}  // namespace
}  // namespace vedette::store
