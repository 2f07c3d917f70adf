// SPDX-License-Identifier: Apache-2.0
// The scenarios that the seeds are spent on: random mixtures of faults, power cuts between any two
// operations, and the failure of every single operation of one canonical run. Each returns what it
// found; the same arguments find the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vedette::trial {

struct Outcome {
  std::vector<std::string> findings;
  std::vector<std::string> story;  ///< what was done to the site, one line each
  uint64_t trace = 0;
  uint64_t fragments = 0;  ///< reported recorded
};
struct Extent {
  bool verify = false;  ///< the service stops at the end, and what it signed must verify
  bool wired = false;   ///< the cameras are heard over RTSP and RTP, by the real ingest
};
/// A site of 2 to 5 cameras for a minute or two, with everything that can go wrong. Even seeds have
/// a key.
[[nodiscard]] Outcome random_faults(uint64_t seed, Extent extent = {});

struct CutFigures {
  uint64_t images = 0;
  std::vector<std::string> findings;  ///< each begins with its seed
  std::vector<int64_t> lost_us;       ///< per image, of the camera that lost most
};
/// One seed: a healthy site with GOPs of a second, cut at about `images` moments.
void power_cuts(uint64_t seed, uint64_t images, CutFigures& figures);

struct IoFigures {
  uint64_t operations = 0;  ///< of the canonical run
  uint64_t tried = 0;
  std::vector<std::string> findings;  ///< each begins with the operation's number
};
/// Every `stride`-th operation of a run of ten minutes with four cameras, failed once and failed
/// for good, each in a process of its own that goes on for twenty seconds, loses power, recovers
/// and is looked at.
[[nodiscard]] IoFigures io_errors(uint64_t first, uint64_t last, uint64_t stride);

}  // namespace vedette::trial
