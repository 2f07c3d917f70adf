// SPDX-License-Identifier: Apache-2.0
// What a session tells of itself, on any thread.
#include <utility>

#include "ingest/camera_session.h"

namespace vedette::ingest {

using stream::BreakCause;

void CameraSession::set_state(StreamState state, std::optional<BreakCause> cause,
                              std::string message) {
  refresh_status();
  MutexLock lock(mutex_);
  const bool was_live = status_.state == StreamState::kLive;
  const bool is_live = state == StreamState::kLive;
  if (was_live != is_live || status_.cause.has_value() != cause.has_value()) status_.since = wall_;
  status_.state = state;
  status_.cause = cause;
  status_.message = std::move(message);
}

DeviceSigns CameraSession::device_signs() const {
  DeviceSigns device = session_->device();
  device.hardware = hardware_;
  return device;
}

/// What a session has heard; one that heard nothing leaves what was known.
void CameraSession::note_device() {
  if (session_ == nullptr || session_->device().empty()) return;
  DeviceSigns device = device_signs();
  MutexLock lock(mutex_);
  status_.device = std::move(device);
}

void CameraSession::refresh_status() {
  StreamCounters counters = counters_;
  counters.packets = base_stats_.packets;
  counters.lost = base_stats_.lost;
  counters.malformed = base_stats_.malformed;
  counters.damaged = base_stats_.damaged;
  for (const Track& track : tracks_) {
    if (track.receiver == nullptr) continue;
    const rtp::ReceiverStats& stats = track.receiver->stats();
    counters.packets += stats.packets;
    counters.lost += stats.lost;
    counters.malformed += stats.malformed;
    counters.damaged += stats.damaged;
    if (track.video && time_) time_->camera_clock = stats.camera_clock;
  }
  loss_.count(now_, counters.packets, counters.lost);
  if (session_ != nullptr) counters.garbage_bytes += session_->garbage_bytes();
  MutexLock lock(mutex_);
  status_.counters = counters;
  status_.bitrate = meter_.bits_per_second();
  status_.fps = meter_.frames_per_second();
  status_.loss = loss_.share();
  status_.time = time_;
}

StreamStatus CameraSession::status() const {
  MutexLock lock(mutex_);
  return status_;
}

}  // namespace vedette::ingest
