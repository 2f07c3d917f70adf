// SPDX-License-Identifier: Apache-2.0
#include "record/open_gap.h"

#include <gtest/gtest.h>

namespace vedette::record {
namespace {

/// Keeps the newest of each id, as the catalog does, in the order in which they came.
class OpenGapTest : public testing::Test {
 protected:
  void put(const store::Gap& gap) {
    ++puts_;
    for (store::Gap& known : known_)
      if (known.id == gap.id) return static_cast<void>(known = gap);
    known_.push_back(gap);
  }
  void open(std::string_view cause, int64_t start, int64_t now) {
    gap_.open({cause, "why"}, {start}, {now});
  }
  /// "starting 0-5, loss 5-": cause, begin and end of each.
  [[nodiscard]] std::string known() const {
    std::string all;
    for (const store::Gap& gap : known_) {
      all += (all.empty() ? "" : ", ") + gap.cause + " " + std::to_string(gap.start.us) + "-";
      if (gap.end) all += std::to_string(gap.end->us);
    }
    return all;
  }

  std::vector<store::Gap> known_;
  int puts_ = 0;
  OpenGap gap_{"door", store::StreamKind::kSub, [this](const store::Gap& gap) { put(gap); }};
};

TEST_F(OpenGapTest, reasons_follow_each_other_without_a_hole) {
  open("unreachable", 10, 12);
  open("unauthenticated", 10, 20);
  open("bad_stream", 10, 30);
  gap_.close({40});
  EXPECT_EQ(known(), "unreachable 10-20, unauthenticated 20-30, bad_stream 30-40");
  EXPECT_FALSE(gap_.get());
  for (const store::Gap& gap : known_) {
    EXPECT_EQ(gap.camera, "door");
    EXPECT_EQ(gap.kind, store::StreamKind::kSub);
  }
  EXPECT_EQ(known_[0].first_seen, WallTime{12}) << "when it was noticed";
}

TEST_F(OpenGapTest, the_same_reason_goes_on_and_is_told_again_only_with_other_words) {
  open("unreachable", 10, 12);
  open("unreachable", 14, 16);
  EXPECT_EQ(puts_, 1);
  gap_.open({"unreachable", "No route."}, {14}, {16});
  EXPECT_EQ(puts_, 2);
  EXPECT_EQ(known(), "unreachable 10-");
  EXPECT_EQ(known_[0].detail, "No route.");
}

TEST_F(OpenGapTest, starting_becomes_the_reason_why_there_is_no_picture) {
  open("starting", 10, 10);
  EXPECT_FALSE(gap_.ends_for("unreachable"));
  open("unreachable", 30, 30);
  EXPECT_EQ(known(), "unreachable 10-");
  EXPECT_TRUE(gap_.ends_for("loss"));
  EXPECT_FALSE(gap_.ends_for("unreachable"));
}

TEST_F(OpenGapTest, what_the_recorder_before_left_goes_on) {
  store::Gap left = store::gap_over({{10}, {10}, store::StreamKind::kSub}, "door", {}, {11});
  left.end.reset();
  for (const bool stopped : {true, false}) {
    SCOPED_TRACE(stopped);
    known_.clear();
    left.cause = stopped ? "stopped" : "unreachable";
    gap_.take_over(left);
    EXPECT_TRUE(known_.empty()) << "nothing of it has changed yet";
    open("starting", 20, 20);
    gap_.close({30});
    EXPECT_EQ(known(), stopped ? "starting 10-30" : "unreachable 10-20, starting 20-30");
  }
}

TEST_F(OpenGapTest, an_end_before_the_begin_is_the_begin) {
  open("loss", 10, 10);
  gap_.close({5});
  EXPECT_EQ(known(), "loss 10-10");
}

TEST_F(OpenGapTest, that_more_is_missing_moves_its_begin) {
  open("unreachable", 10, 10);
  gap_.begin_at({4});
  EXPECT_EQ(known(), "unreachable 4-");
}

TEST_F(OpenGapTest, an_alarm_is_noted_in_each_gap_as_long_as_it_lasts) {
  open("unreachable", 10, 10);
  EXPECT_EQ(gap_.raise_alarm({10}, {40}), "why");
  open("bad_stream", 50, 50);
  gap_.clear_alarm();
  open("loss", 60, 60);
  ASSERT_EQ(known(), "unreachable 10-50, bad_stream 50-60, loss 60-");
  EXPECT_EQ(known_[0].alarm, WallTime{40});
  EXPECT_EQ(known_[1].alarm, WallTime{50});
  EXPECT_FALSE(known_[2].alarm);
}

TEST_F(OpenGapTest, an_alarm_while_pictures_are_handed_over_has_a_gap_that_ends_as_nothing) {
  EXPECT_NE(gap_.raise_alarm({10}, {40}).find("the disk does not take them"), std::string::npos);
  EXPECT_TRUE(gap_.alarm());
  EXPECT_FALSE(gap_.get()) << "nothing is known to be missing";
  EXPECT_EQ(known(), "disk_stalled 10-");
  EXPECT_EQ(known_[0].alarm, WallTime{40});
  gap_.clear_alarm();
  EXPECT_FALSE(gap_.alarm());
  EXPECT_EQ(known(), "disk_stalled 10-10");
}

}  // namespace
}  // namespace vedette::record
