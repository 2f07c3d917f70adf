// SPDX-License-Identifier: Apache-2.0
#include "store/volume_set.h"

#include <algorithm>

namespace vedette::store {

std::vector<VolumeWriter*> VolumeSet::all() const {
  std::vector<VolumeWriter*> all;
  MutexLock lock(mutex_);
  all.reserve(writers_.size());
  for (const auto& writer : writers_) all.push_back(writer.get());
  return all;
}

VolumeWriter* VolumeSet::find(const std::string& folder) const {
  for (VolumeWriter* const writer : all())
    if (writer->path() == folder) return writer;
  return nullptr;
}

VolumeWriter& VolumeSet::add(const VolumeSpec& spec) {
  auto writer = std::make_unique<VolumeWriter>(parts_, options_, spec);
  VolumeWriter& added = *writer;
  MutexLock lock(mutex_);
  writers_.push_back(std::move(writer));
  // The memory of the machine does not grow with its disks.
  const size_t first = std::max<size_t>(1, options_.volumes.size());
  const size_t each = options_.queue_bytes * first / std::max(first, writers_.size());
  for (const auto& one : writers_) {
    one->set_queue_bytes(each);
    one->set_beside_another(writers_.size() > 1);
  }
  return added;
}

}  // namespace vedette::store
