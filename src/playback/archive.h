// SPDX-License-Identifier: Apache-2.0
// What playback needs of the store: the catalog's queries about recordings, and their files. The
// real one is CatalogArchive (catalog_archive.h); tests use fakes. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fs/file_system.h"
#include "store/types.h"

namespace vedette::playback {

struct FragmentRange {
  std::string camera;
  media::StreamKind kind = media::StreamKind::kMain;
  WallTime from;  ///< inclusive
  WallTime to;    ///< exclusive
  size_t limit = 100'000;
};

class Archive {
 public:
  virtual ~Archive() = default;
  /// As store::Catalog.
  [[nodiscard]] virtual Result<std::vector<store::Span>> spans(const std::string& camera,
                                                               WallTime from, WallTime to) = 0;
  [[nodiscard]] virtual Result<std::vector<store::Gap>> gaps(const std::string& camera,
                                                             WallTime from, WallTime to) = 0;
  [[nodiscard]] virtual Result<std::vector<store::CameraTimeline>> timeline(
      const store::TimelineQuery& query) = 0;
  [[nodiscard]] virtual Result<std::vector<store::FragmentRef>> fragments(
      const FragmentRange& range) = 0;
  /// kNotFound: retention removed it.
  [[nodiscard]] virtual Result<std::unique_ptr<fs::File>> open(const store::FileRef& file) = 0;
};

}  // namespace vedette::playback
