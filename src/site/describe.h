// SPDX-License-Identifier: Apache-2.0
// From what hub, session and recorder each know to what a person is told. Pure.
#pragma once

#include "ingest/ingest.h"
#include "record/recorder.h"
#include "site/camera_service.h"

namespace vedette::site {

/// What the parts of one stream say at one moment.
struct StreamParts {
  stream::StreamKind kind = stream::StreamKind::kMain;
  stream::HubState hub;
  record::RecorderStatus recorder;
  ingest::StreamStatus session;
  size_t ring_bytes = 0;
};

[[nodiscard]] StreamStatus describe_stream(const StreamParts& parts);

/// The camera's state is that of its main stream. REQUIRES: streams is not empty, main first.
[[nodiscard]] CameraStatus describe_camera(const std::vector<StreamParts>& streams);

}  // namespace vedette::site
