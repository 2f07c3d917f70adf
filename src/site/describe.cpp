// SPDX-License-Identifier: Apache-2.0
#include "site/describe.h"

#include <cmath>

#include "base/assert.h"

namespace vedette::site {
namespace {

CameraState state_of(const StreamParts& parts) {
  if (!parts.hub.live) {
    const bool first = parts.hub.why && parts.hub.why->cause == stream::BreakCause::kStarting;
    return first ? CameraState::kConnecting : CameraState::kDown;
  }
  // Between the first picture and the first key frame there is a gap but nothing is wrong.
  const auto& gap = parts.recorder.gap;
  if (gap && gap->cause == store::kNotScheduled) return CameraState::kNotScheduled;
  const bool refused = !parts.recorder.recording && gap && gap->cause != "starting" &&
                       gap->cause != "waiting_for_key_frame" && gap->cause != "loss";
  return refused ? CameraState::kNotRecording : CameraState::kRecording;
}

}  // namespace

std::string_view to_string(CameraState state) {
  switch (state) {
    case CameraState::kConnecting:
      return "connecting";
    case CameraState::kRecording:
      return "recording";
    case CameraState::kNotRecording:
      return "not_recording";
    case CameraState::kNotScheduled:
      return "not_scheduled";
    case CameraState::kDown:
      return "down";
  }
  VEDETTE_ASSERT(false);
}

StreamStatus describe_stream(const StreamParts& parts) {
  StreamStatus status;
  status.kind = parts.kind;
  status.state = state_of(parts);
  status.ring_bytes = parts.ring_bytes;
  status.video = parts.hub.video;
  status.audio = parts.hub.audio;
  status.fps = parts.session.fps;
  status.bitrate = std::llround(parts.session.bitrate);
  status.loss = parts.session.loss;
  status.time = parts.session.time;
  const auto& counters = parts.session.counters;
  status.packets = counters.packets;
  status.lost_packets = counters.lost;
  status.bytes = counters.bytes;
  status.reconnects = counters.sessions > 0 ? counters.sessions - 1 : 0;
  status.frames = parts.recorder.frames;
  status.fragments = parts.recorder.fragments;
  status.committed_bytes = parts.recorder.bytes;
  status.lost_frames = parts.recorder.lost_frames;
  status.last_fragment = parts.recorder.last_fragment;
  return status;
}

CameraStatus describe_camera(const std::vector<StreamParts>& streams) {
  VEDETTE_ASSERT(!streams.empty());
  CameraStatus status;
  for (const StreamParts& parts : streams) status.streams.push_back(describe_stream(parts));
  const StreamParts& main = streams.front();
  status.state = status.streams.front().state;
  status.last_fragment = main.recorder.last_fragment;
  status.alarm = main.recorder.alarm;
  status.silent_since = main.recorder.silent_since;
  status.since = main.hub.since;
  if (status.state == CameraState::kNotRecording || status.state == CameraState::kNotScheduled) {
    status.since = main.recorder.gap->start;
    status.cause = main.recorder.gap->cause;
    status.message = main.recorder.gap->detail;
  } else if (!main.hub.live && main.hub.why) {
    status.cause = to_string(main.hub.why->cause);
    status.message = main.hub.why->detail;
  }
  if (status.alarm && status.cause.empty()) {
    status.cause = "disk_stalled";
    status.message = "Pictures arrive, but the disk does not take them.";
  }
  return status;
}

}  // namespace vedette::site
