// SPDX-License-Identifier: Apache-2.0
// What fsck holds while it goes through one camera of one volume. Internal to store.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/fsck.h"

namespace vedette::store {

struct Fsck::Listed {
  Catalog::ListedFile row;
  bool seen = false;
};

/// A recording, by its name, that the catalog does not have at this place.
struct Fsck::Stranger {
  std::string relative;
  RecordingName name;
};

struct Fsck::CameraPass {
  /// Where the chain of a run stands behind one of its files.
  struct ChainEnd {
    uint32_t file = 0;
    uint32_t next_sequence = 0;
    evidence::Hash head{};
  };

  const FsckVolume& volume;
  std::string camera;
  std::map<Key, Listed> listed;
  std::vector<Stranger> moved;  // listed elsewhere: settled once that place was looked at
  std::map<std::string, ChainEnd> chains;
  bool complete = true;  // every folder could be listed

  [[nodiscard]] const Volume& known() const { return *volume.volume; }
  [[nodiscard]] bool at_work(const std::string& run) const {
    return volume.unpublished && volume.unpublished->contains(run);
  }
};

}  // namespace vedette::store
