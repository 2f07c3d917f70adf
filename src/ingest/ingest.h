// SPDX-License-Identifier: Apache-2.0
// Supervises the cameras: a session per stream, spread over shard threads that drain all sockets of
// their streams on a tick, and publish access units to the streams' hubs. One camera's trouble
// never touches another's. Thread-safe; hubs are called on shard threads only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/device_signs.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "net/byte_stream.h"
#include "rtp/timeline.h"
#include "rtsp/client_session.h"
#include "stream/hub.h"

namespace vedette::ingest {

struct StreamConfig {
  std::string camera;
  stream::StreamKind kind = stream::StreamKind::kMain;
  std::string url;  ///< rtsp:// or rtsps://, with user and password
  rtsp::LowerTransport transport = rtsp::LowerTransport::kTcp;
};

/// kConnecting: a session is being set up. kLive: access units arrive. kDown: waiting for the next
/// try after a failure.
enum class StreamState : uint8_t { kConnecting, kLive, kDown };
/// "connecting", "live", "down".
[[nodiscard]] std::string_view to_string(StreamState state);

/// Since the stream was added, over all its sessions.
struct StreamCounters {
  uint64_t packets = 0;
  uint64_t bytes = 0;          ///< read from sockets
  uint64_t lost = 0;           ///< RTP packets that never came
  uint64_t malformed = 0;      ///< packets that could not be read
  uint64_t damaged = 0;        ///< access units that may lack something
  uint64_t garbage_bytes = 0;  ///< between interleaved packets
  uint64_t access_units = 0;   ///< published, all tracks
  uint64_t sessions = 0;       ///< that reached the first access unit; reconnects are one less
  uint64_t attempts = 0;       ///< connections tried
};

/// How well the moments of the pictures are known.
struct StreamTime {
  bool by_camera = false;  ///< from the camera's clock; else from when they arrived
  uint32_t error_us = 0;   ///< they are right to within
  std::optional<rtp::Timeline::CameraClock> camera_clock;  ///< none: it does not say
};

struct StreamStatus {
  std::string camera;
  stream::StreamKind kind = stream::StreamKind::kMain;
  StreamState state = StreamState::kConnecting;
  WallTime since;
  std::optional<stream::BreakCause> cause;  ///< of the last failure; none while live
  std::string message;                      ///< one line for a person, "" while live
  StreamCounters counters;
  double bitrate = 0;  ///< of the video, bit/s over the last seconds; 0 while not live
  double fps = 0;
  std::optional<double> loss;      ///< share of the packets of the last minute
  std::optional<StreamTime> time;  ///< while live
  DeviceSigns device;              ///< what answered last, as far as it said; also when it refused
};

class Login;
class Shard;

class Ingest {
 public:
  /// `shards` threads; 0 for none: the caller drives tick() itself (tests, simulation). `clock` and
  /// `connector` outlive this.
  Ingest(const Clock& clock, net::Connector& connector, int shards);
  ~Ingest();
  Ingest(const Ingest&) = delete;
  Ingest& operator=(const Ingest&) = delete;

  /// Starts to supervise; replaces the stream of the same camera and kind. invalid_argument when
  /// the address is none. A failure to connect is no error here: status() tells.
  [[nodiscard]] Result<void> add(StreamConfig config, std::shared_ptr<stream::Hub> hub);
  /// Ends the streams of a camera: when it returns, their hubs have been told
  /// (BreakCause::kStopped) and are not touched any more.
  void remove(const std::string& camera);
  /// A person has saved the camera as it was: what it refused is tried again now, and what it asks
  /// for is accepted as if it had never asked for anything better.
  void try_again(const std::string& camera);
  [[nodiscard]] std::vector<StreamStatus> status() const;

  /// One tick of all streams. REQUIRES: shards was 0.
  void tick();

 private:
  [[nodiscard]] Shard& shard_of(const std::string& camera) VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] std::shared_ptr<Login> login_of(const rtsp::Url& url) VEDETTE_REQUIRES(mutex_);

  const Clock& clock_;
  net::Connector& connector_;
  const bool threaded_;
  std::vector<std::unique_ptr<Shard>> shards_;  ///< never changes

  mutable Mutex mutex_{LockOrder::kService};
  std::map<std::string, size_t> shard_of_camera_ VEDETTE_GUARDED_BY(mutex_);
  /// By user, password, host and port: the channels of one recorder share theirs.
  std::map<std::string, std::weak_ptr<Login>> logins_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::ingest
