// SPDX-License-Identifier: Apache-2.0
// The arithmetic of accounting for time: what of a range nothing explains, and the gap that says
// so. Pure; callable from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace vedette::store {

/// The parts of `range` that none of `known` covers and that last `least` or longer, by start.
/// `known` may overlap, in any order.
[[nodiscard]] std::vector<Span> unaccounted(const Span& range, std::vector<Span> known,
                                            Duration least);

/// Why nothing is recorded, in the words of Gap::cause and Gap::detail.
struct Why {
  std::string_view cause;
  std::string_view detail;
};

/// A gap of a stream of `camera` over `hole`, with an id of its own.
[[nodiscard]] Gap gap_over(const Span& hole, const std::string& camera, const Why& why,
                           WallTime first_seen);

}  // namespace vedette::store
