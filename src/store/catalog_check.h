// SPDX-License-Identifier: Apache-2.0
// Internal to store: what rebuilding the catalog needs beside Catalog itself. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "store/types.h"

namespace vedette::store {

/// Id of a gap that was found rather than lived through: the same for the same stretch whenever it
/// is found, so that finding it twice makes no second one. Positive.
[[nodiscard]] int64_t found_gap_id(const std::string& camera, StreamKind kind, int64_t start_us);

}  // namespace vedette::store
