// SPDX-License-Identifier: Apache-2.0
#include "store/types.h"

#include "base/assert.h"
#include "base/id.h"

namespace vedette::store {

int64_t new_gap_id() {
  // 60 random bits: unique over all sites for every practical purpose, and positive in SQL.
  return static_cast<int64_t>(std::stoull(random_id(8).substr(1), nullptr, 16));
}

std::string_view to_string(DeletionReason reason) {
  switch (reason) {
    case DeletionReason::kMaxAge:
      return "max_age";
    case DeletionReason::kMaxBytes:
      return "max_bytes";
    case DeletionReason::kQuota:
      return "quota";
    case DeletionReason::kReserve:
      return "reserve";
  }
  VEDETTE_ASSERT(false);
}

std::optional<DeletionReason> parse_deletion_reason(std::string_view text) {
  for (const DeletionReason reason : {DeletionReason::kMaxAge, DeletionReason::kMaxBytes,
                                      DeletionReason::kQuota, DeletionReason::kReserve})
    if (to_string(reason) == text) return reason;
  return std::nullopt;
}

}  // namespace vedette::store
