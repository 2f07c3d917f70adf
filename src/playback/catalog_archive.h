// SPDX-License-Identifier: Apache-2.0
// The store's catalog and the real files as playback wants them. Thread-safe.
#pragma once

#include "playback/archive.h"
#include "store/catalog.h"

namespace vedette::playback {

class CatalogArchive final : public Archive {
 public:
  /// Both must outlive it.
  CatalogArchive(const store::Catalog& catalog, fs::FileSystem& files)
      : catalog_(catalog), files_(files) {}

  Result<std::vector<store::Span>> spans(const std::string& camera, WallTime from,
                                         WallTime to) override {
    return catalog_.spans(camera, from, to);
  }
  Result<std::vector<store::Gap>> gaps(const std::string& camera, WallTime from,
                                       WallTime to) override {
    return catalog_.gaps(camera, from, to);
  }
  Result<std::vector<store::CameraTimeline>> timeline(const store::TimelineQuery& query) override {
    return catalog_.timeline(query);
  }
  Result<std::vector<store::FragmentRef>> fragments(const FragmentRange& range) override {
    return catalog_.fragments({range.camera, range.kind, range.from, range.to, range.limit});
  }
  Result<std::unique_ptr<fs::File>> open(const store::FileRef& file) override {
    return files_.open_read(file.path());
  }

 private:
  const store::Catalog& catalog_;
  fs::FileSystem& files_;
};

}  // namespace vedette::playback
