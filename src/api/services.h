// SPDX-License-Identifier: Apache-2.0
// What the handlers need of the rest of the program. app/ implements these over configuration,
// ingest, recorder and store; tests use fakes. Every method is called on handler threads, and the
// ones marked so on the reactor thread, where they must not block. Implementations are thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "playback/archive.h"
#include "store/config_store.h"
#include "stream/hub.h"

namespace vedette::api {

enum class CameraState : uint8_t { kRecording, kConnecting, kDown };
/// "recording", "connecting", "down".
[[nodiscard]] std::string_view to_string(CameraState state);

struct StreamStatus {
  stream::StreamKind kind = stream::StreamKind::kMain;
  CameraState state = CameraState::kConnecting;
  media::TrackInfoPtr video;  ///< null until seen once
  media::TrackInfoPtr audio;  ///< null without sound
  double fps = 0;             ///< measured
  int64_t bitrate = 0;        ///< bit/s, measured

  // Counted since the stream was added.
  uint64_t packets = 0;
  uint64_t lost_packets = 0;
  uint64_t bytes = 0;
  uint64_t reconnects = 0;
  uint64_t fragments = 0;  ///< committed
  uint64_t committed_bytes = 0;
  uint64_t dropped_gops = 0;              ///< left out by the recorder: loss, overload, disk
  std::optional<WallTime> last_fragment;  ///< end of the newest committed one
};

struct CameraStatus {
  CameraState state = CameraState::kConnecting;
  WallTime since;
  std::string cause;    ///< a BreakCause or gap cause name; empty while all is well
  std::string message;  ///< one line for a person; empty while all is well
  std::optional<WallTime> last_fragment;
  std::vector<StreamStatus> streams;  ///< main first; sub when there is one
};

struct CameraEntry {
  store::Camera camera;
  CameraStatus status;
};

class CameraService {
 public:
  virtual ~CameraService() = default;
  /// By creation time.
  [[nodiscard]] virtual Result<std::vector<CameraEntry>> list() = 0;
  [[nodiscard]] virtual Result<CameraEntry> find(const std::string& id) = 0;  ///< kNotFound
  /// Stores the camera and starts to record it. kFailedPrecondition when the id is taken.
  [[nodiscard]] virtual Result<void> add(const store::Camera& camera) = 0;
  /// Reconnects when an address or the transport changed.
  [[nodiscard]] virtual Result<void> update(const store::Camera& camera) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::string& id) = 0;
  /// Reactor thread too. Null when there is no such camera or stream.
  [[nodiscard]] virtual std::shared_ptr<stream::Hub> hub(const std::string& camera,
                                                         stream::StreamKind kind) = 0;
};

struct VolumeEntry {
  std::string path;
  int64_t total_bytes = 0;
  int64_t free_bytes = 0;
  int64_t used_bytes = 0;  ///< by recordings
  std::string problem;     ///< one line; empty when all is well
};

class SystemService {
 public:
  virtual ~SystemService() = default;
  [[nodiscard]] virtual std::string version() const = 0;
  [[nodiscard]] virtual WallTime started() const = 0;
  [[nodiscard]] virtual std::vector<VolumeEntry> volumes() = 0;
};

/// References must outlive what is made from them.
struct Services {
  const Clock& clock;
  CameraService& cameras;
  SystemService& system;
  playback::Archive& archive;
  std::string web_root;  ///< the folder with index.html; empty: no page
};

}  // namespace vedette::api
