// SPDX-License-Identifier: Apache-2.0
// When a volume counts as lost because its disk does not answer, what it says then, and when it is
// taken back: fault 6 of docs/trust.md. What a test does while the disk hangs is what other threads
// of the program do.
#include "store/volume_fixture.h"

namespace vedette::store {
namespace {

using std::chrono::seconds;

class Fault6 : public VolumeTest {
 protected:
  [[nodiscard]] std::string problem(size_t volume) const {
    const auto problem = archive_->volumes()[volume].problem;
    return problem ? problem->what : std::string();
  }
  // The next write to a recording of the first volume takes 14 s, in which `meanwhile` is called
  // after 9 s and after 11 s.
  void hang(const std::function<void(bool late)>& meanwhile) {
    files_.inject({.op = fs::Op::kWrite, .path_part = "/v0/door", .delay = seconds(14)});
    files_.set_on_delay([this, meanwhile](Duration) {
      clock_.advance(seconds(9));
      meanwhile(false);
      clock_.advance(seconds(2));
      meanwhile(true);
      clock_.advance(seconds(3));
    });
  }
};

TEST_F(Fault6, a_disk_that_does_not_answer_for_ten_seconds_is_lost_until_it_does) {
  open({{"/v0", {}, {}}, {"/v1", {}, {}}});
  const auto door = begin("door");
  std::shared_ptr<RunWriter> yard;
  int looked = 0;
  hang([&](bool late) {
    ++looked;
    EXPECT_EQ(problem(0).find("the disk of /v0 does not answer") != std::string::npos, late);
    EXPECT_EQ(problem(1), "");
    EXPECT_EQ(door->should_move(), late);
    if (!late) return;
    yard = begin("yard");
    ASSERT_TRUE(submit(*yard, 0));
    EXPECT_TRUE(submit(*door, 1)) << "memory takes it meanwhile";
  });
  ASSERT_TRUE(submit(*door, 0));
  pass(1);
  EXPECT_EQ(looked, 2);
  EXPECT_EQ(problem(0), "");
  EXPECT_FALSE(door->should_move());
  pass(3);
  const auto of = [&](const char* camera) {
    return catalog_->fragments({camera, StreamKind::kMain, {0}, {INT64_MAX}}).value();
  };
  EXPECT_EQ(of("door").size(), 2U) << "what waited was written";
  ASSERT_EQ(of("yard").size(), 1U);
  EXPECT_EQ(of("yard")[0].file->root, "/v1");
}

TEST_F(Fault6, alone_it_goes_on_in_memory_and_says_so) {
  open({{"/v0", {}, {}}});
  const auto door = begin("door");
  std::shared_ptr<RunWriter> yard;
  hang([&](bool late) {
    EXPECT_EQ(problem(0).empty(), !late);
    EXPECT_FALSE(door->should_move()) << "there is nowhere to go";
    if (!late) return;
    yard = begin("yard");
    EXPECT_TRUE(submit(*yard, 0));
  });
  ASSERT_TRUE(submit(*door, 0));
  pass(4);
  EXPECT_FALSE(door->failure());
  EXPECT_FALSE(yard->failure());
  EXPECT_GT(yard->committed_bytes(), 0U);
}

TEST_F(Fault6, an_idle_volume_is_not_a_hung_one) {
  open({{"/v0", {}, {}}, {"/v1", {}, {}}});
  clock_.advance(seconds(3600));
  EXPECT_EQ(problem(0), "");
  EXPECT_EQ(problem(1), "");
}

}  // namespace
}  // namespace vedette::store
