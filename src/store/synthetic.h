// SPDX-License-Identifier: Apache-2.0
// A catalog as it looks after months of recording, without the recordings: for tests and benchmarks
// of queries. Not for anything else; the paths it names do not exist.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/catalog.h"

namespace vedette::store {

struct SyntheticSpec {
  std::string volume = "synthetic";
  int cameras = 100;    ///< "cam0", "cam1", …
  int files = 100'000;  ///< in all, 5 minutes each, one run per camera and day
  int fragments_per_file = 300;
  WallTime end;  ///< the newest file of each camera ends here
};

/// Writes closed files straight into the database of `catalog`, in batches. Takes about 0.2 ms and
/// 4 KB per file.
[[nodiscard]] Result<void> fill_synthetic(Catalog& catalog, const SyntheticSpec& spec);

}  // namespace vedette::store
