// SPDX-License-Identifier: Apache-2.0
// What months of recording leave behind, for tests and benchmarks and nothing else: a catalog
// without recordings (the paths it names do not exist), and real recording files without cameras.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/archive.h"
#include "store/catalog.h"
#include "store/volume.h"

namespace vedette::store {

/// Some minutes of the day something moves, few of the night; the same at each call. As
/// FragmentEntry::activity.
[[nodiscard]] uint8_t synthetic_activity(int camera, int64_t start_us);

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

/// Recordings as the recorder makes them, but with next to no pictures in them.
struct ArchiveSpec {
  int cameras = 2;  ///< "cam0", "cam1", …
  int files = 10;   ///< in all
  int files_per_run = 288;
  int fragments_per_file = 30;
  int64_t fragment_us = 1'000'000;
  size_t picture_bytes = 4;
  WallTime end;       ///< the newest file of each camera ends about here
  bool close = true;  ///< false: the last file of each camera is left open, on disk and in memory
};

/// Writes the files to `volume` and lists them in the catalog, as recording does. Nothing is
/// synced. About 290 bytes for a fragment and 13 KB for a file.
[[nodiscard]] Result<void> fill_archive(const ArchiveParts& parts, const Volume& volume,
                                        const ArchiveSpec& spec);

}  // namespace vedette::store
