// SPDX-License-Identifier: Apache-2.0
#include "store/gap_audit.h"

#include "store/retention_fixture.h"

namespace vedette::store {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

using GapAuditTest = RetentionTest;

TEST_F(GapAuditTest, finds_the_silence_after_a_recording_once) {
  open();
  add_files(3);  // one run; its last second was an hour ago
  std::vector<Gap> found;
  GapAudit audit({files_, clock_, *config_, *catalog_}, [&](const Gap& gap) {
    found.push_back(gap);
    archive_->put_gap(gap);
  });
  audit.run();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cause, "unknown");
  EXPECT_EQ(found[0].start.us, clock_.wall().us - kHourUs + kSecondUs);
  EXPECT_EQ(found[0].end->us, clock_.wall().us - 60 * kSecondUs);
  EXPECT_EQ(found[0].first_seen, clock_.wall());
  audit.run();
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(GapAuditTest, a_gap_with_a_cause_needs_no_other) {
  open();
  add_files(3);
  Gap known;
  known.id = new_gap_id();
  known.camera = "door";
  known.start = {clock_.wall().us - kHourUs + kSecondUs};
  known.cause = "unreachable";
  known.first_seen = known.start;
  archive_->put_gap(known);
  std::vector<Gap> found;
  GapAudit audit({files_, clock_, *config_, *catalog_},
                 [&](const Gap& gap) { found.push_back(gap); });
  audit.run();
  EXPECT_TRUE(found.empty());
}

TEST_F(GapAuditTest, what_retention_deleted_is_no_hole) {
  open();
  const int64_t begin = clock_.wall().us;
  add_files(3);
  ASSERT_TRUE(archive_->place_hold(hold(begin, begin + kHourUs)));
  keep("door", {.max_age_us = kHourUs + kHourUs / 2});
  archive_->clean();
  EXPECT_EQ(recordings(), 2U);
  std::vector<Gap> found;
  GapAudit audit({files_, clock_, *config_, *catalog_},
                 [&](const Gap& gap) { found.push_back(gap); });
  audit.run();
  for (const Gap& gap : found)
    EXPECT_FALSE(gap.start.us <= begin + kHourUs && gap.end->us > begin + kHourUs + kSecondUs)
        << "the deleted second is accounted for";
}

}  // namespace
}  // namespace vedette::store
