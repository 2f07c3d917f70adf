// SPDX-License-Identifier: Apache-2.0
// Deletes what may no longer be kept and what must make room: per camera by age and size, per
// volume by quota and free space, always the oldest closed files first.
//
// A file is deleted only on positive knowledge: the catalog lists it as closed, its volume is there
// with the id it was written under, and the catalog is the one the volume belongs to (same
// generation). The intent is committed in the catalog before the unlink. Files the catalog does not
// know are never touched, so an empty or new catalog deletes nothing. Confined to one thread.
#pragma once

#include <vector>

#include "store/archive.h"
#include "store/volume_writer.h"

namespace vedette::store {

class Cleaner {
 public:
  Cleaner(const ArchiveParts& parts, const ArchiveOptions& options,
          std::vector<VolumeWriter*> volumes);

  /// One round over everything. Bounded: at most some thousand files per volume.
  void run();
  [[nodiscard]] uint64_t deleted_files() const { return deleted_; }

 private:
  void keep_ages_and_sizes();
  void keep_age(const Camera& camera);
  void keep_size(const Camera& camera, int64_t used);
  void keep_room(VolumeWriter& volume);
  void finish_deletions();
  /// The bytes freed; 0 when nothing could be deleted.
  int64_t remove(const std::vector<StoredFile>& files);
  [[nodiscard]] VolumeWriter* writer_of(const std::string& volume_id) const;
  [[nodiscard]] bool may_clean(const VolumeWriter& writer) const;

  const ArchiveParts parts_;
  const ArchiveOptions& options_;
  const std::vector<VolumeWriter*> volumes_;
  uint64_t deleted_ = 0;
};

}  // namespace vedette::store
