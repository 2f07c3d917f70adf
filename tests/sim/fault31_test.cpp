// SPDX-License-Identifier: Apache-2.0
// A second recorder with a copy of the data folder beside one at work: src/store/
// volume_lock_test.cpp has the other variants.
#include <map>

#include <gtest/gtest.h>

#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;

std::map<std::string, Bytes> contents(World& world) {
  std::map<std::string, Bytes> all;
  for (const std::string& path : world.disk().all_files())
    if (path.starts_with("/v0/")) all[path] = world.disk().content(path);
  return all;
}

TEST(Fault31, a_second_recorder_leaves_what_is_being_written_alone) {
  WorldOptions options = signed_site(3, 31);
  options.quota_bytes = 2'000'000;
  World world(options);
  world.run(seconds(100));
  world.disk().replace("/data2", *world.disk().image("/data"));
  const auto before = contents(world);
  {
    const auto catalog =
        store::Catalog::open(world.clock(), {.path = "/data2/catalog.db", .threads = false});
    store::ArchiveOptions second_options;
    second_options.volumes = {{World::volume(0), 1'000'000, {}}};
    second_options.threads = false;
    const auto second = store::Archive::open(
                            {world.disk(), world.clock(), world.config(), *catalog}, second_options)
                            .value();
    ASSERT_TRUE(second->volumes()[0].problem);
    for (int i = 0; i < 10; ++i) {
      second->step();
      catalog->step();
      second->clean();
    }
    EXPECT_EQ(contents(world), before) << "recovery, the ledger or retention was at work";
    world.run(seconds(20));
    second->step();
    EXPECT_TRUE(second->volumes()[0].problem);
    for (size_t i = 0; i < world.cameras(); ++i) EXPECT_TRUE(world.recorder(i).status().recording);
  }
  world.run(seconds(20));
  world.check();
  world.kill();  // the lock goes with the process
  world.start();
  EXPECT_FALSE(world.archive().volumes()[0].problem);
  world.run(seconds(20));
  world.check();
  world.stop_and_verify();
  for (const std::string& finding : world.checker().findings()) ADD_FAILURE() << finding;
}

}  // namespace
}  // namespace vedette::trial
