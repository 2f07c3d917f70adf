// SPDX-License-Identifier: Apache-2.0
// Verifies an export bundle: docs/design/bundle.md §"Verifying". Pure; reads the source once for
// the list, and then each file of it into memory whole: it needs as much as the largest of them.
#pragma once

#include <string>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/finding.h"
#include "mp4/source.h"

namespace vedette::evidence {

/// A time of the stretch that no fragment covers.
struct UncoveredTime {
  WallTime from;
  WallTime to;
  std::string cause;  ///< of the gap in the ledger; empty when none explains it
  friend bool operator==(const UncoveredTime&, const UncoveredTime&) = default;
};

struct BundleVerification {
  Verification verification;
  std::optional<Manifest> manifest;  ///< when it could be read
  std::vector<UncoveredTime> holes;  ///< the stretch is complete when there are none
};

/// An error only when the source cannot be read. `wanted_key`: as parse_wanted_key().
[[nodiscard]] Result<BundleVerification> verify_bundle(const mp4::ByteSource& source,
                                                       std::optional<Hash> wanted_key);

}  // namespace vedette::evidence
