// SPDX-License-Identifier: Apache-2.0
// Every fault runs a site before, during and after itself; the checker then looks at everything,
// also after a power cut.
#include <gtest/gtest.h>

#include "fault_cases.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;

std::vector<FaultCase> all_faults() {
  std::vector<FaultCase> all = disk_faults();
  for (const auto& more : {archive_faults(), camera_faults()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

class FaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(FaultTest, breaks_no_invariant) {
  const FaultCase& fault = GetParam();
  WorldOptions options;
  fs::FakeChance chance(static_cast<uint64_t>(fault.number));
  options.cameras = some_cameras(3, chance);
  if (fault.prepare) fault.prepare(options);
  World world(options);
  world.run(seconds(20));
  fault.spoil(world);
  world.run(seconds(25));
  expect_all_recorded(world);
  expect_sound(world);
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultTest, testing::ValuesIn(all_faults()), [](const auto& row) {
  return std::to_string(row.param.number) + "_" + row.param.name;
});

}  // namespace
}  // namespace vedette::trial
