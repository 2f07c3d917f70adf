// SPDX-License-Identifier: Apache-2.0
// A copy of recordings on a disk that records: /video and /exports share one.
#include "store/retention_fixture.h"

namespace vedette::store {
namespace {

class CopyRoomTest : public RetentionTest {
 protected:
  // 50 files of 1000 bytes, and 5000 bytes free, of which a volume keeps 4000.
  void fill() {
    open_volumes({{"/video", std::nullopt, 4'000}});
    ASSERT_TRUE(files_.make_dirs("/exports"));
    add_files(50);
    open_volumes({{"/video", std::nullopt, 4'000}});
    archive_->clean();  // the ledger and the identity are as long as they get
    files_.set_capacity(files_.used_bytes() + 5'000);
  }
  CopyRoom copy(int64_t bytes) const {
    return {"/exports", bytes, "door", clock_.wall() - std::chrono::hours(5), clock_.wall()};
  }
  [[nodiscard]] int64_t free() {
    return static_cast<int64_t>(files_.space("/exports")->free_bytes);
  }
};

TEST_F(CopyRoomTest, what_fits_beside_the_reserve_deletes_nothing) {
  fill();
  EXPECT_TRUE(archive_->make_room_for(copy(900)));
  EXPECT_EQ(recordings(), 50U);
}

TEST_F(CopyRoomTest, the_oldest_make_room_and_the_reserve_is_left_to_recording) {
  fill();
  ASSERT_TRUE(archive_->make_room_for(copy(10'000)));
  EXPECT_LE(recordings(), 41U);
  EXPECT_GE(free(), 14'000);
  EXPECT_LT(free(), 16'000) << "no more than it takes";
  EXPECT_EQ(listed(), recordings());
}

TEST_F(CopyRoomTest, what_is_copied_is_held_or_kept_at_least_makes_no_room) {
  fill();
  ASSERT_TRUE(archive_->place_hold(hold(0, clock_.wall().us - 30 * kHourUs)));
  const auto held = archive_->make_room_for(copy(40'000));
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::kResourceExhausted);
  EXPECT_NE(held.error().what.find("of which recording keeps"), std::string::npos)
      << held.error().what;
  EXPECT_EQ(recordings(), 20U + 5U) << "held, or copied";
}

TEST_F(CopyRoomTest, nobody_is_taken_below_what_it_keeps_at_least) {
  fill();
  keep("door", {.min_age_us = 20 * kHourUs});
  EXPECT_FALSE(archive_->make_room_for(copy(40'000)));
  EXPECT_GE(recordings(), 20U);
}

TEST_F(CopyRoomTest, another_disk_is_no_concern_of_retention) {
  fill();
  files_.mount("/usb", uint64_t{1} << 20);
  ASSERT_TRUE(files_.make_dirs("/usb/exports"));
  CopyRoom other = copy(1'000'000'000'000);
  other.folder = "/usb/exports";
  EXPECT_TRUE(archive_->make_room_for(other)) << "whoever writes there looks by itself";
  EXPECT_EQ(recordings(), 50U);
}

TEST_F(CopyRoomTest, a_folder_that_is_not_there_is_an_error) {
  fill();
  files_.inject({fs::Op::kSpace, 1, false, ErrorCode::kNotFound, "/exports"});
  EXPECT_FALSE(archive_->make_room_for(copy(10)));
  EXPECT_EQ(recordings(), 50U);
}

}  // namespace
}  // namespace vedette::store
