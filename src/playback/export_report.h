// SPDX-License-Identifier: Apache-2.0
// The page of a bundle that is for people: what it shows, whether anything is missing, how it can
// be checked. English. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "evidence/bundle.h"
#include "playback/export_plan.h"

namespace vedette::playback {

/// A time of the stretch that no fragment covers.
struct Hole {
  WallTime from;
  WallTime to;
  std::string cause;   ///< of the gap that explains it; empty when none does
  std::string detail;  ///< a line for a person
};

/// Those of 100 ms and more, in order.
[[nodiscard]] std::vector<Hole> find_holes(const ExportPlan& plan,
                                           const std::vector<store::Gap>& gaps);

/// `manifest`: without its files, which are still to be written.
[[nodiscard]] std::string make_report(const evidence::Manifest& manifest, const ExportPlan& plan,
                                      const std::vector<Hole>& holes);

}  // namespace vedette::playback
