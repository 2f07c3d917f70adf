// SPDX-License-Identifier: Apache-2.0
// The cameras of a site as everything above sees them: what is configured, how it is doing, and
// where its pictures come from. Methods are called on any thread; hub() never blocks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "ingest/ingest.h"
#include "store/config_store.h"
#include "stream/hub.h"

namespace vedette::site {

/// What a person wants to know first.
enum class CameraState : uint8_t {
  kConnecting,    ///< no session yet, and none has failed
  kRecording,     ///< pictures arrive and are being recorded
  kNotRecording,  ///< pictures arrive, but the archive refuses them
  kNotScheduled,  ///< pictures arrive, and nobody wants them recorded now
  kDown,          ///< no pictures
};
/// "connecting", "recording", "not_recording", "not_scheduled", "down".
[[nodiscard]] std::string_view to_string(CameraState state);

struct StreamStatus {
  stream::StreamKind kind = stream::StreamKind::kMain;
  CameraState state = CameraState::kConnecting;
  media::TrackInfoPtr video;               ///< null until seen once
  media::TrackInfoPtr audio;               ///< null without sound
  double fps = 0;                          ///< measured
  int64_t bitrate = 0;                     ///< bit/s, measured
  uint64_t ring_bytes = 0;                 ///< payload that the hub holds for viewers
  std::optional<double> loss;              ///< share of the packets of the last minute
  std::optional<ingest::StreamTime> time;  ///< while pictures arrive

  // Counted since the stream was added.
  uint64_t packets = 0;
  uint64_t lost_packets = 0;
  uint64_t bytes = 0;
  uint64_t reconnects = 0;
  uint64_t frames = 0;  ///< video access units handed to the archive
  uint64_t fragments = 0;
  uint64_t committed_bytes = 0;
  uint64_t lost_frames = 0;               ///< left out by the recorder after a loss
  std::optional<WallTime> last_fragment;  ///< end of the newest committed one
};

/// Another device answers at a camera's address, as far as devices tell.
struct OtherDevice {
  WallTime since;
  std::string was;  ///< what the camera called itself, and what answers now does
  std::string is;
  std::string looks_like;  ///< the id of the camera it is known as; "" when it is not
};

struct CameraStatus {
  CameraState state = CameraState::kConnecting;
  WallTime since;
  std::string cause;    ///< a BreakCause or gap cause name; empty while all is well
  std::string message;  ///< one line for a person; empty while all is well
  std::optional<WallTime> last_fragment;
  bool alarm = false;                       ///< nothing was committed for too long
  std::optional<WallTime> silent_since;     ///< while the alarm lasts: the end of what is recorded
  std::vector<StreamStatus> streams;        ///< main first; sub when there is one
  std::optional<OtherDevice> other_device;  ///< recorded all the same, until a person decides
};

struct CameraEntry {
  store::Camera camera;  ///< with passwords: redact before showing
  CameraStatus status;
};

/// The configuration as a whole. Thread-safe.
class ConfigurationService {
 public:
  virtual ~ConfigurationService() = default;
  /// With passwords: redact before showing.
  [[nodiscard]] virtual Result<store::Configuration> configuration() = 0;
  /// As store::ConfigStore::replace(), of which it sets the time: all or nothing. What does not
  /// change goes on recording undisturbed.
  [[nodiscard]] virtual Result<store::ConfigChanges> replace(const store::Configuration& wanted,
                                                             store::ReplaceOptions options) = 0;
};

class CameraService {
 public:
  virtual ~CameraService() = default;
  /// By creation time.
  [[nodiscard]] virtual Result<std::vector<CameraEntry>> list() = 0;
  [[nodiscard]] virtual Result<CameraEntry> find(const std::string& id) = 0;  ///< kNotFound
  /// Stores the camera and starts to record it. kFailedPrecondition when the id is taken.
  [[nodiscard]] virtual Result<void> add(const store::Camera& camera) = 0;
  /// What becomes of a camera as it is stored; its id stays.
  using Change = std::function<Result<store::Camera>(const store::Camera& stored)>;
  /// Carries out `change`, between which and what is stored no other change comes; its error is
  /// passed on. Reconnects when an address or the transport changed. One that changes nothing has
  /// what the camera refused tried again. kNotFound.
  [[nodiscard]] virtual Result<void> update(const std::string& id, const Change& change) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::string& id) = 0;
  /// The device that answers is the camera from now on. kNotFound.
  [[nodiscard]] virtual Result<void> confirm_device(const std::string& id) = 0;
  /// Null when there is no such camera or stream.
  [[nodiscard]] virtual std::shared_ptr<stream::Hub> hub(const std::string& camera,
                                                         stream::StreamKind kind) = 0;
};

}  // namespace vedette::site
