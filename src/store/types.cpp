// SPDX-License-Identifier: Apache-2.0
#include "store/types.h"

#include "base/id.h"

namespace vedette::store {

int64_t new_gap_id() {
  // 60 random bits: unique over all sites for every practical purpose, and positive in SQL.
  return static_cast<int64_t>(std::stoull(random_id(8).substr(1), nullptr, 16));
}

}  // namespace vedette::store
