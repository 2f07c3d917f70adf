// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scenarios.h"
#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;

constexpr uint64_t kWarmUp = 5;
constexpr uint64_t kOperationsPerSecond = 25;  // about, with four cameras
constexpr uint64_t kLength = 60;

}  // namespace

void power_cuts(uint64_t seed, uint64_t images, CutFigures& figures) {
  fs::FakeChance chance(seed);
  WorldOptions options;
  options.seed = seed;
  options.cameras = some_cameras(4, chance);
  for (CameraScript& script : options.cameras) script.gop = script.fps;  // a second each
  const bool full = chance.below(2) == 0;  // so that retention works all the time
  if (full) {
    options.quota_bytes = 7'000'000;
    for (CameraScript& script : options.cameras) {
      script.key_bytes = 25'000;
      script.other_bytes = 4000;
    }
  }
  World world(options);
  world.run(full ? seconds(60) : seconds(kWarmUp));
  world.take_power_cuts(std::max<uint64_t>(1, kLength * kOperationsPerSecond / images));
  for (uint64_t s = 0; s < kLength && world.cuts().size() < images; ++s) world.run(seconds(1));
  for (const World::Cut& cut : world.cuts()) {
    ++figures.images;
    figures.lost_us.push_back(cut.lost_us);
    for (const std::string& finding : cut.findings)
      figures.findings.push_back(fmt::format("seed {} cut {}: {}", seed, cut.seed, finding));
  }
  world.check();
  for (const std::string& finding : world.checker().findings())
    figures.findings.push_back(fmt::format("seed {}: {}", seed, finding));
}

}  // namespace vedette::trial
