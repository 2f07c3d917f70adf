// SPDX-License-Identifier: Apache-2.0
// The simulation itself: does it find what is wrong, and is one seed one run?
#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "scenarios.h"
#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;

WorldOptions options_of(uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  fs::FakeChance chance(seed);
  options.cameras = some_cameras(4, chance);
  return options;
}

std::string sentences(const std::vector<std::string>& findings) {
  std::string all;
  for (const std::string& finding : findings) all += finding + "\n";
  return all;
}

TEST(Simulation, a_quiet_minute_breaks_no_invariant) {
  World world(options_of(1));
  world.run(seconds(60));
  world.check();
  EXPECT_EQ(sentences(world.checker().findings()), "");
  EXPECT_GT(world.checker().reported().size(), 100U);
}

TEST(Simulation, a_seed_is_one_run) {
  const auto trace = [](uint64_t seed) {
    World world(options_of(seed));
    world.run(seconds(20));
    world.kill();
    world.start();
    world.run(seconds(20));
    return world.trace();
  };
  EXPECT_EQ(trace(5), trace(5));
  EXPECT_NE(trace(5), trace(6));
}

TEST(Simulation, a_power_cut_and_a_return) {
  World world(options_of(2));
  world.run(seconds(40));
  world.cut_power(7);
  world.start();
  world.check();
  world.run(seconds(40));
  world.check();
  EXPECT_EQ(sentences(world.checker().findings()), "");
}

TEST(Simulation, power_cuts_between_any_two_operations_lose_little) {
  World world(options_of(3));
  world.run(seconds(5));
  world.take_power_cuts(20);
  world.run(seconds(30));
  ASSERT_GT(world.cuts().size(), 10U);
  for (const World::Cut& cut : world.cuts()) {
    EXPECT_EQ(sentences(cut.findings), "") << cut.seed;
    EXPECT_LT(cut.lost_us, 4'000'000);
  }
}

TEST(Simulation, the_checker_sees_what_is_done_behind_its_back) {
  struct Row {
    const char* name;
    std::function<void(World&, const std::string&)> spoil;
  };
  const Row rows[] = {
      {"a recording is unlinked",
       [](World& w, const std::string& path) { EXPECT_TRUE(w.disk().remove(path)); }},
      {"a byte is altered",
       [](World& w, const std::string& path) {
         w.disk().corrupt(path, w.disk().content(path).size() / 2, Bytes(1, 0x77));
       }},
      {"a recording is there twice",
       [](World& w, const std::string& path) {
         const Bytes content = w.disk().content(path);
         ASSERT_TRUE(w.disk().create("/v0/copy.mp4"));
         w.disk().corrupt("/v0/copy.mp4", 0, content);
       }},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    World world(options_of(1));
    world.run(seconds(150));
    world.check();
    ASSERT_EQ(sentences(world.checker().findings()), "");
    const auto files = world.disk().all_files();
    const auto recording = std::find_if(files.begin(), files.end(), [](const std::string& path) {
      return path.find(".mp4") != std::string::npos;
    });
    ASSERT_NE(recording, files.end());
    row.spoil(world, *recording);
    world.check();
    EXPECT_FALSE(world.checker().findings().empty());
  }
}

TEST(Simulation, random_faults_of_a_few_seeds) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome outcome = random_faults(seed);
    EXPECT_EQ(sentences(outcome.findings), "") << "seed " << seed << ":\n"
                                               << sentences(outcome.story);
  }
}

// Seeds that found something, with what it was: they stay.
TEST(Simulation, seeds_that_once_found_something) {
  struct Row {
    uint64_t seed;
    const char* what;
  };
  const Row rows[] = {
      {101, "a disk that could not be identified at the start was never recovered"},
      {229, "likewise, with files that had only grown"},
      {235, "likewise"},
      {416, "a catalog that could not be opened at the start was never recovered"},
      {958, "a folder that could not be listed hid a file of the last second"},
      {171, "the gap over a restart was lost with a catalog that could not be written then"},
      {332, "a failed sync of the catalog's log took everything after it with the power"},
      {335, "likewise, deletions that were called durable among it"},
      {660, "a fragment that failed in front of a gap for another reason was in no gap"},
      {876, "a stop within a second of a failed write left that in no gap"},
      {693, "a hold first carries out what was committed to before"},
      {598, "a statement with rows left locked the catalog after one failed write"},
      {815, "likewise"},
  };
  for (const Row& row : rows) {
    const Outcome outcome = random_faults(row.seed);
    EXPECT_EQ(sentences(outcome.findings), "") << "seed " << row.seed << ": " << row.what << "\n"
                                               << sentences(outcome.story);
  }
}

TEST(Simulation, seeds_whose_evidence_once_did_not_verify) {
  struct Row {
    uint64_t seed;
    const char* what;
  };
  const Row rows[] = {
      {172,
       "gaps in no ledger: the start of the service stood behind what it said before its disk "
       "came"},
      {800, "the disk was full at the stop: the ledger was never told how files ended"},
      {334, "recovery could not cut back or sign on a read-only disk, and nobody tried again"},
      {266, "what a failed sync left could not be cut back, and was said to be in order"},
      {674, "half of a write lay over what another had left: not zeros, and not cut off"},
      {214, "an empty file whose removal the power took back"},
      {873, "a file that was given up without a whole sync was listed by the next look for files"},
      {30, "the ledger said closed of a file whose last checkpoint a full disk had refused"},
  };
  for (const Row& row : rows) {
    const Outcome outcome = random_faults(row.seed, {.verify = true});
    EXPECT_EQ(sentences(outcome.findings), "") << "seed " << row.seed << ": " << row.what << "\n"
                                               << sentences(outcome.story);
  }
}

TEST(Simulation, a_seed_of_random_faults_is_one_run) {
  const Outcome first = random_faults(33);
  const Outcome again = random_faults(33);
  EXPECT_EQ(first.trace, again.trace);
  EXPECT_EQ(first.story, again.story);
}

}  // namespace
}  // namespace vedette::trial
