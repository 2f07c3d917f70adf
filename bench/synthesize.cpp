// SPDX-License-Identifier: Apache-2.0
// Makes an archive for bench/run catalog-10m: real recording files with next to no pictures, and a
// catalog that has them and, if asked, many more that do not exist.
// usage: bench_synthesize DATA VOLUME CAMERAS FILES FRAGMENTS_PER_FILE MORE_FILES
#include <cstdio>
#include <cstdlib>

#include "store/data_folder.h"
#include "store/synthetic.h"

namespace vedette::store {
namespace {

Result<void> synthesize(char** argv) {
  fs::RealFileSystem files;
  const RealClock clock;
  const DataPaths paths(argv[1]);
  VEDETTE_TRY(files.make_dirs(argv[1]));
  VEDETTE_ASSIGN(const auto config, ConfigStore::open(paths.config));
  CatalogOptions options;
  options.path = paths.catalog;
  options.threads = false;
  const auto catalog = Catalog::open(clock, options);
  VEDETTE_ASSIGN(const Volume volume,
                 Volume::identify(files, *config, argv[2], catalog->generation()));
  ArchiveSpec spec;
  spec.cameras = std::atoi(argv[3]);
  spec.files = std::atoi(argv[4]);
  spec.fragments_per_file = std::atoi(argv[5]);
  spec.end = clock.wall() - std::chrono::minutes(10);
  VEDETTE_TRY(fill_archive({files, clock, *config, *catalog}, volume, spec));
  SyntheticSpec more;
  more.volume = volume.id();
  more.cameras = 100;
  more.files = std::atoi(argv[6]);
  more.fragments_per_file = spec.fragments_per_file;
  more.end = spec.end - std::chrono::hours(24 * 365);
  if (more.files > 0) VEDETTE_TRY(fill_synthetic(*catalog, more));
  return ok();
}

}  // namespace
}  // namespace vedette::store

int main(int argc, char** argv) {
  constexpr int kArguments = 7;
  if (argc != kArguments) {
    std::fprintf(stderr, "usage: bench_synthesize DATA VOLUME CAMERAS FILES FRAGMENTS MORE\n");
    return 2;
  }
  const auto made = vedette::store::synthesize(argv);
  if (!made) std::fprintf(stderr, "bench_synthesize: %s\n", made.error().message().c_str());
  return made ? 0 : 3;
}
