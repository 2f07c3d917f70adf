// SPDX-License-Identifier: Apache-2.0
#include "app/demo.h"

#include "base/contain.h"
#include "base/log.h"

namespace vedette::app {
namespace {

struct DemoCamera {
  const char* id;
  const char* name;
  uint64_t scene;
};

constexpr DemoCamera kCameras[] = {{"demo-1", "Front door", 0},
                                   {"demo-2", "Street", 1},
                                   {"demo-3", "Yard", 2},
                                   {"demo-4", "Car park", 3}};
constexpr int64_t kKeepUs = int64_t{24} * 3600 * 1'000'000;

/// The port is another one at each start, so the addresses are written anew.
Result<void> point_to(site::CameraService& cameras, const DemoCamera& demo, uint16_t port) {
  const std::string url = "rtsp://127.0.0.1:" + std::to_string(port) + "/cam0";
  const auto pointed = [&url](store::Camera camera) -> Result<store::Camera> {
    camera.main_url = url;
    camera.sub_url = url + "/sub";
    return camera;
  };
  auto updated = cameras.update(demo.id, pointed);
  if (updated || updated.error().code != ErrorCode::kNotFound) return updated;
  store::Camera camera;
  camera.id = demo.id;
  camera.name = demo.name;
  camera.retention.max_age_us = kKeepUs;
  VEDETTE_ASSIGN(camera, pointed(camera));
  return cameras.add(camera);
}

}  // namespace

Demo::Demo(const std::string& data_dir, const Clock& clock, site::CameraService& cameras)
    : cache_dir_(data_dir + "/demo"),
      clock_(clock),
      cameras_(cameras),
      preparing_([this](const std::stop_token& stop) { prepare(stop); }) {}

Demo::~Demo() {
  preparing_.request_stop();
  preparing_.join();
}

void Demo::prepare(const std::stop_token& stop) {
  for (size_t i = 0; i < std::size(kCameras) && !stop.stop_requested(); ++i) {
    const auto served = serve(i, stop);
    if (!served && served.error().code != ErrorCode::kCancelled) {
      log::error("demo", "camera={}: {}", kCameras[i].id, served.error().message());
    }
  }
}

Result<void> Demo::serve(size_t index, const std::stop_token& stop) {
  sim::SimOptions options;
  options.cameras = 1;
  options.scenes = 1;
  options.seed = kCameras[index].scene;
  options.port = 0;
  options.cache_dir = cache_dir_;
  options.cancel = stop;
  VEDETTE_ASSIGN(auto created, sim::Simulator::create(options, clock_));
  Served& served = served_.emplace_back();
  served.simulator = std::move(created);
  served.thread = std::jthread([simulator = served.simulator.get()](const std::stop_token& ending) {
    (void)contain("a camera of the demo", [&] { simulator->run(ending); });
  });
  return point_to(cameras_, kCameras[index], served.simulator->port());
}

}  // namespace vedette::app
