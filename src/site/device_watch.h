// SPDX-License-Identifier: Apache-2.0
// Whether the device that answers at a camera's address is still the one that did: remembers what
// it said of itself, and says since when another one answers (docs/adr/0014-other-device.md).
// Recording never waits for it. Of devices only. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "ingest/ingest.h"
#include "site/camera_service.h"
#include "store/config_store.h"

namespace vedette::site {

/// By camera.
using OtherDevices = std::map<std::string, OtherDevice>;
[[nodiscard]] OtherDevices other_devices(const std::vector<store::CameraDevice>& all);

class DeviceWatch {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(5);
  using Sessions = std::function<std::vector<ingest::StreamStatus>()>;

  /// What is known is read from `config`, which outlives this. One that cannot be read is as one
  /// that knows nothing, and is not written over until it can.
  DeviceWatch(const Clock& clock, store::ConfigStore& config, Sessions sessions);
  ~DeviceWatch();
  DeviceWatch(const DeviceWatch&) = delete;
  DeviceWatch& operator=(const DeviceWatch&) = delete;

  /// A thread of its own calls step() each kInterval from now on.
  void start();
  /// Looks once at who answers now.
  void step();

  /// The device that answers is the right one. kNotFound when there is no such camera.
  [[nodiscard]] Result<void> confirm(const std::string& camera);
  /// A person said where the camera is: whatever answers there is learnt.
  [[nodiscard]] Result<void> forget(const std::string& camera);
  /// The camera is no more; its rows went with it.
  void drop(const std::string& camera);
  /// Of all cameras where another device answers. Never waits for a disk.
  [[nodiscard]] OtherDevices others() const;

 private:
  [[nodiscard]] bool load() VEDETTE_REQUIRES(work_mutex_);
  void look_at(const ingest::StreamStatus& session) VEDETTE_REQUIRES(work_mutex_);
  void keep(const store::CameraDevice& device) VEDETTE_REQUIRES(work_mutex_);
  void tell() VEDETTE_REQUIRES(work_mutex_);

  const Clock& clock_;
  store::ConfigStore& config_;
  const Sessions sessions_;

  Mutex work_mutex_{LockOrder::kDevices};  ///< held while the configuration is written
  bool loaded_ VEDETTE_GUARDED_BY(work_mutex_) = false;
  std::map<std::string, store::CameraDevice> devices_ VEDETTE_GUARDED_BY(work_mutex_);
  mutable Mutex told_mutex_{LockOrder::kLeaf};
  OtherDevices told_ VEDETTE_GUARDED_BY(told_mutex_);

  Mutex stop_mutex_{LockOrder::kLeaf};
  CondVar stopped_;
  bool stop_ VEDETTE_GUARDED_BY(stop_mutex_) = false;
  std::thread thread_;
};

}  // namespace vedette::site
