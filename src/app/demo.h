// SPDX-License-Identifier: Apache-2.0
// Cameras for `serve --demo`: drawn scenes served by simulators inside this process, so that a new
// user sees pictures without owning a camera. The scenes are drawn once, in the background, and
// kept; each camera appears as soon as its scene is there.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "sim/simulator.h"
#include "site/camera_service.h"

namespace vedette::app {

/// Thread-safe; `clock` and `cameras` must outlive it.
class Demo {
 public:
  /// Scenes are kept in DATA/demo.
  Demo(const std::string& data_dir, const Clock& clock, site::CameraService& cameras);
  ~Demo();  ///< gives up drawing, stops serving
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

 private:
  struct Served {
    std::unique_ptr<sim::Simulator> simulator;
    std::jthread thread;
  };
  void prepare(const std::stop_token& stop);
  [[nodiscard]] Result<void> serve(size_t index, const std::stop_token& stop);

  const std::string cache_dir_;
  const Clock& clock_;
  site::CameraService& cameras_;
  std::vector<Served> served_;  // only the preparing thread adds to it
  std::jthread preparing_;
};

}  // namespace vedette::app
