// SPDX-License-Identifier: Apache-2.0
#include "site/stored_cameras.h"

#include "site/check_camera.h"
#include "site/device_watch.h"

namespace vedette::site {

Result<CameraEntry> StoredCameras::describe(store::Camera camera) const {
  CameraEntry entry;
  entry.status.state = CameraState::kDown;
  entry.status.since = clock_.wall();
  entry.status.cause = "stopped";
  entry.status.message = "Vedette is not running. Start it with: vedette serve";
  StreamStatus main;
  main.state = CameraState::kDown;
  entry.status.streams.push_back(main);
  if (camera.sub_url) {
    main.kind = stream::StreamKind::kSub;
    entry.status.streams.push_back(main);
  }
  VEDETTE_ASSIGN(const auto devices, config_.devices());
  const auto others = other_devices(devices);
  const auto other = others.find(camera.id);
  if (other != others.end()) entry.status.other_device = other->second;
  entry.camera = std::move(camera);
  return entry;
}

Result<std::vector<CameraEntry>> StoredCameras::list() {
  VEDETTE_ASSIGN(auto cameras, config_.cameras());
  std::vector<CameraEntry> entries;
  entries.reserve(cameras.size());
  for (store::Camera& camera : cameras) {
    VEDETTE_ASSIGN(auto entry, describe(std::move(camera)));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<CameraEntry> StoredCameras::find(const std::string& id) {
  VEDETTE_ASSIGN(auto camera, config_.camera(id));
  return describe(std::move(camera));
}

Result<void> StoredCameras::add(const store::Camera& camera) {
  VEDETTE_TRY(check_camera(camera));
  store::Camera dated = camera;
  dated.created_us = clock_.wall().us;
  return config_.add_camera(dated);
}

Result<void> StoredCameras::update(const std::string& id, const Change& change) {
  VEDETTE_ASSIGN(const auto before, config_.camera(id));
  VEDETTE_ASSIGN(const store::Camera camera, change(before));
  VEDETTE_TRY(check_camera(camera));
  VEDETTE_TRY(config_.update_camera(camera));
  return same_place(before, camera) ? ok() : config_.forget_device(camera.id);
}

Result<void> StoredCameras::remove(const std::string& id) { return config_.remove_camera(id); }

Result<store::Configuration> StoredCameras::configuration() { return config_.configuration(); }

Result<store::ConfigChanges> StoredCameras::replace(const store::Configuration& wanted,
                                                    store::ReplaceOptions options) {
  for (const store::Camera& camera : wanted.cameras) VEDETTE_TRY(check_camera(camera));
  options.now = clock_.wall();
  VEDETTE_ASSIGN(const auto before, config_.cameras());
  VEDETTE_ASSIGN(const auto changes, config_.replace(wanted, options));
  if (options.dry_run) return changes;
  for (const store::Camera& old : before)
    for (const store::Camera& now : changes.stored)
      if (old.id == now.id && !same_place(old, now)) VEDETTE_TRY(config_.forget_device(now.id));
  return changes;
}

}  // namespace vedette::site
