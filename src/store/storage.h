// SPDX-License-Identifier: Apache-2.0
// How full the volumes are, how far back each camera reaches, and what is to be expected: what a
// person who looks after the disks wants to know. Values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "store/config_store.h"
#include "store/forecast.h"

namespace vedette::store {

/// One camera over all volumes; one that was removed too, as long as there are recordings of it.
struct CameraStorage {
  std::string camera;
  Retention keep;
  int64_t bytes = 0;
  int64_t files = 0;
  double bytes_per_us = 0;  ///< over the last day
  std::optional<WallTime> oldest;
  Forecast::Camera forecast;
};

struct HeldStorage {
  Hold hold;
  int64_t bytes = 0;  ///< of recordings that it keeps from being deleted
};

struct StorageReport {
  std::vector<CameraStorage> cameras;
  std::vector<HeldStorage> holds;
  std::vector<Forecast::Volume> volumes;
};

}  // namespace vedette::store
