// SPDX-License-Identifier: Apache-2.0
// The writers of an archive's volumes. Volumes are added while it runs and never taken out: one
// that is not recorded to any more is still read, and cleaned when its time comes. So a writer,
// once found, lives as long as the set. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/volume_writer.h"

namespace vedette::store {

class VolumeSet {
 public:
  /// Both outlive the set. `options.queue_bytes` is for each of `options.volumes`; what is added
  /// later shares in it.
  VolumeSet(const ArchiveParts& parts, const ArchiveOptions& options)
      : parts_(parts), options_(options) {}

  /// In the order in which they were added.
  [[nodiscard]] std::vector<VolumeWriter*> all() const;
  /// Null when there is none in that folder.
  [[nodiscard]] VolumeWriter* find(const std::string& folder) const;
  /// Not started. REQUIRES: none is there.
  VolumeWriter& add(const VolumeSpec& spec);

 private:
  const ArchiveParts& parts_;
  const ArchiveOptions& options_;
  mutable Mutex mutex_{LockOrder::kLeaf};
  std::vector<std::unique_ptr<VolumeWriter>> writers_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::store
