// SPDX-License-Identifier: Apache-2.0
// What the simulator is told to serve and which faults to commit. Values; the flags themselves are
// parsed in app/, the texts of the faults here.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "media/track.h"
#include "rtsp/server_auth.h"

namespace vedette::sim {

constexpr int kMaxCameras = 256;

/// Something that happens `every` so often and lasts `length`; first after `every`.
struct Pulse {
  Duration every{0};
  Duration length{0};
};

/// Faults of every camera. Those with a period come to camera i of N later by i/N of it, so that
/// they do not hit all at once; camera 0 has them on time, counted from the simulator's start.
struct FaultPlan {
  double drop = 0;             ///< probability that an RTP packet is lost
  double reorder = 0;          ///< UDP only: probability that a packet changes places with the next
  std::optional<Pulse> stall;  ///< no packets while connections stay open; what was due is lost
  std::optional<Pulse> reboot;  ///< connections are reset, and none is answered for the length
  std::optional<Duration> change_parameters;  ///< other parameter sets and picture size, and back
  std::optional<Duration> garbage;            ///< random bytes between two packets
  double drift_ppm = 0;                       ///< positive: the camera's clock is fast
};

/// Sets one fault from its flag without the dashes: drop 0.01 · reorder 0.05 · stall 20s:5s ·
/// reboot 30s or 30s:3s · change-parameters 20s · garbage 10s · drift -500. Durations take ms, s,
/// m, h. Errors: invalid_argument with an example of what would be right.
[[nodiscard]] Result<void> set_fault(FaultPlan& plan, std::string_view name,
                                     std::string_view value);

struct SimOptions {
  std::string file;      ///< MP4 for /camN; "": drawn scenes, one of `scenes` after the other
  std::string sub_file;  ///< MP4 for /camN/sub; "": none, or the scene's own
  int cameras = 1;       ///< 1 to kMaxCameras
  std::string address = "127.0.0.1";
  uint16_t port = 8554;  ///< 0: any that is free

  uint64_t seed = 0;  ///< of the first scene, and of every roll of the dice
  int scenes = 4;     ///< different scenes; camera i shows scene seed + i % scenes
  media::Codec codec = media::Codec::kH264;  ///< of the scenes
  bool sub_streams = true;                   ///< of the scenes
  int fps = 15;                              ///< of the scenes' main streams
  /// The wall clock stands in each picture of the scenes, as stamp.h codes it: the moment at which
  /// the picture is due to be sent. It is drawn ahead like the rest of the scene; what makes it
  /// true is that the loop of 30 s is started in step with the clock.
  bool stamp = false;
  std::string cache_dir;   ///< where coded scenes are kept; needed for scenes
  std::stop_token cancel;  ///< gives up drawing them

  FaultPlan faults;
  rtsp::ServerScheme auth = rtsp::ServerScheme::kNone;
  std::string user;
  std::string password;
  uint32_t requests_per_nonce = 0;  ///< 0: nonces never go stale

  bool onvif = false;              ///< answer discovery and serve ONVIF, with the same login
  uint16_t onvif_port = 8090;      ///< of the services; 0: any that is free
  uint16_t discovery_port = 3702;  ///< UDP; 0: any that is free
  bool onvif_http_login = false;   ///< HTTP Digest in place of a WS-UsernameToken

  bool once = false;     ///< each client gets the file from its beginning, once, then the end
  bool aligned = false;  ///< key frames of all cameras at the same moment: the worst case
  size_t mtu = 1400;     ///< of RTP packets
  size_t max_backlog = size_t{8} << 20;  ///< bytes a client may lag behind before it is dropped
};

/// Everything that can be said without looking at a file. invalid_argument, in words.
[[nodiscard]] Result<void> check(const SimOptions& options);

}  // namespace vedette::sim
