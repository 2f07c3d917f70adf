// SPDX-License-Identifier: Apache-2.0
#include "site/device_watch.h"

#include <algorithm>
#include <utility>

#include "base/contain.h"
#include "base/log.h"

namespace vedette::site {
namespace {

/// What is known better now. A sign that changed is believed only of what is surely the same.
DeviceSigns merged(const DeviceSigns& known, const DeviceSigns& now) {
  const bool sure = surely_same(known, now);
  DeviceSigns all = known;
  const auto take = [&](std::string& mine, const std::string& theirs) {
    if (!theirs.empty() && (sure || mine.empty())) mine = theirs;
  };
  take(all.hardware, now.hardware);
  take(all.realm, now.realm);
  take(all.server, now.server);
  take(all.session, now.session);
  return all;
}

/// The id of the one other camera that this device is known as; "" when none or several are.
std::string known_as(const store::CameraDevice& device,
                     const std::vector<store::CameraDevice>& all) {
  std::string found;
  for (const store::CameraDevice& one : all) {
    const bool same = std::any_of(one.known.begin(), one.known.end(), [&](const auto& signs) {
      return surely_same(signs, device.other->signs);
    });
    if (!same || one.camera == device.camera) continue;
    if (!found.empty()) return {};
    found = one.camera;
  }
  return found;
}

}  // namespace

OtherDevices other_devices(const std::vector<store::CameraDevice>& all) {
  OtherDevices others;
  for (const store::CameraDevice& device : all) {
    if (!device.other || device.known.empty()) continue;
    // What was confirmed later may have made them alike; then there is nothing to say.
    const auto change = tell_apart(device.known.front(), device.other->signs);
    if (!change) continue;
    others[device.camera] = {device.other->since, change->was, change->is, known_as(device, all)};
  }
  return others;
}

DeviceWatch::DeviceWatch(const Clock& clock, store::ConfigStore& config, Sessions sessions)
    : clock_(clock), config_(config), sessions_(std::move(sessions)) {
  MutexLock lock(work_mutex_);
  if (load()) tell();
}

DeviceWatch::~DeviceWatch() {
  {
    MutexLock lock(stop_mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DeviceWatch::start() {
  thread_ = std::thread([this] {
    for (;;) {
      {
        MutexLock lock(stop_mutex_);
        if (!stop_) stopped_.wait_for(stop_mutex_, kInterval);
        if (stop_) return;
      }
      (void)contain("the watch over devices", [this] { step(); });
    }
  });
}

bool DeviceWatch::load() {
  if (loaded_) return true;
  auto all = config_.devices();
  if (!all) return false;
  for (store::CameraDevice& device : *all) devices_[device.camera] = device;
  return loaded_ = true;
}

void DeviceWatch::step() {
  const auto sessions = sessions_();
  MutexLock lock(work_mutex_);
  if (!load()) return;
  for (const ingest::StreamStatus& session : sessions)
    if (session.kind == stream::StreamKind::kMain && !session.device.empty()) look_at(session);
  tell();
}

void DeviceWatch::look_at(const ingest::StreamStatus& session) {
  const auto found = devices_.find(session.camera);
  if (found == devices_.end()) {
    // One that refuses us may be anything; the first that sends pictures is the camera.
    if (session.state == ingest::StreamState::kLive)
      keep({session.camera, {session.device}, std::nullopt});
    return;
  }
  store::CameraDevice device = found->second;
  const auto same = std::find_if(device.known.begin(), device.known.end(), [&](const auto& signs) {
    return !tell_apart(signs, session.device);
  });
  if (same != device.known.end()) {
    *same = merged(*same, session.device);
    if (device.other) log::info("site", "camera={} event=known_device_again", session.camera);
    device.other.reset();
  } else if (device.other && !tell_apart(device.other->signs, session.device)) {
    device.other->signs = merged(device.other->signs, session.device);
  } else {
    device.other = {session.device, clock_.wall()};
    log::warn("site", "camera={} event=other_device hardware=\"{}\" realm=\"{}\" server=\"{}\"",
              session.camera, session.device.hardware, session.device.realm, session.device.server);
  }
  if (!(device == found->second)) keep(device);
}

void DeviceWatch::keep(const store::CameraDevice& device) {
  // What cannot be written now is told all the same, and written when it changes again.
  const auto kept = config_.put_device(device);
  if (!kept && kept.error().code == ErrorCode::kNotFound) return;  // it was removed meanwhile
  if (!kept) log::warn("site", "camera={} {}", device.camera, kept.error().message());
  devices_[device.camera] = device;
}

Result<void> DeviceWatch::confirm(const std::string& camera) {
  MutexLock lock(work_mutex_);
  VEDETTE_TRY(config_.confirm_device(camera));
  const auto found = devices_.find(camera);
  if (found == devices_.end()) return ok();
  store::confirm_other(found->second);
  log::info("site", "camera={} event=device_confirmed", camera);
  tell();
  return ok();
}

Result<void> DeviceWatch::forget(const std::string& camera) {
  MutexLock lock(work_mutex_);
  VEDETTE_TRY(config_.forget_device(camera));
  devices_.erase(camera);
  tell();
  return ok();
}

void DeviceWatch::drop(const std::string& camera) {
  MutexLock lock(work_mutex_);
  devices_.erase(camera);
  tell();
}

void DeviceWatch::tell() {
  std::vector<store::CameraDevice> all;
  for (const auto& [camera, device] : devices_) all.push_back(device);
  OtherDevices others = other_devices(all);
  MutexLock lock(told_mutex_);
  told_ = std::move(others);
}

OtherDevices DeviceWatch::others() const {
  MutexLock lock(told_mutex_);
  return told_;
}

}  // namespace vedette::site
