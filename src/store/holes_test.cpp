// SPDX-License-Identifier: Apache-2.0
#include "store/holes.h"

#include <gtest/gtest.h>

namespace vedette::store {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
using Stretches = std::vector<std::pair<int64_t, int64_t>>;

Stretches missing(int64_t from, int64_t to, const Stretches& known) {
  std::vector<Span> spans;
  for (const auto& [start, end] : known)
    spans.push_back({{start * kSecondUs}, {end * kSecondUs}, StreamKind::kMain});
  Stretches found;
  for (const Span& one : unaccounted({{from * kSecondUs}, {to * kSecondUs}, StreamKind::kMain},
                                     spans, std::chrono::seconds(2)))
    found.emplace_back(one.start.us / kSecondUs, one.end.us / kSecondUs);
  return found;
}

TEST(Unaccounted, is_what_nothing_covers) {
  EXPECT_EQ(missing(0, 10, {}), (Stretches{{0, 10}}));
  EXPECT_EQ(missing(0, 10, {{0, 10}}), Stretches{});
  EXPECT_EQ(missing(0, 10, {{-5, 3}, {6, 20}}), (Stretches{{3, 6}}));
  EXPECT_EQ(missing(0, 10, {{6, 8}, {2, 7}}), (Stretches{{0, 2}, {8, 10}}));
  EXPECT_EQ(missing(0, 10, {{0, 5}, {6, 10}}), Stretches{}) << "a second is no loss";
  EXPECT_EQ(missing(0, 10, {{0, 9}, {1, 3}, {12, 13}}), Stretches{});
}

TEST(GapOver, is_about_the_hole_and_nothing_else) {
  const Span hole{{5}, {9}, StreamKind::kSub};
  const Gap gap = gap_over(hole, "door", {"restart", "The recorder was not running."}, {12});
  EXPECT_EQ((Span{gap.start, *gap.end, gap.kind}), hole);
  EXPECT_EQ(gap.camera, "door");
  EXPECT_EQ(gap.cause, "restart");
  EXPECT_EQ(gap.first_seen, WallTime{12});
  EXPECT_FALSE(gap.alarm);
  EXPECT_NE(gap.id, gap_over(hole, "door", {}, {12}).id);
}

}  // namespace
}  // namespace vedette::store
