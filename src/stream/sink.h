// SPDX-License-Identifier: Apache-2.0
// What flows from ingest to its one synchronous consumer, the recorder, and why it stops.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "media/access_unit.h"

namespace vedette::stream {

using media::StreamKind;
using media::to_string;

/// Why a session with a camera ended. The names are the `cause` of the API and of gap records.
enum class BreakCause : uint8_t {
  kStarting,         ///< no session yet since the stream was added
  kUnreachable,      ///< no connection: host, port, name, network
  kUnauthenticated,  ///< the camera refuses the user or the password
  kWeakerLogin,      ///< it asks for the password in clear, and asked for Digest before
  kNotACamera,       ///< something answers, but not RTSP
  kUnsupported,      ///< no track in a codec that we record
  kStalled,          ///< connected, but nothing arrives
  kBadStream,        ///< what arrives breaks the protocol or our limits
  kClosedByCamera,   ///< the camera ended the session
  kStopped,          ///< we ended it: camera removed, changed, or shutdown
};

/// snake_case: "unreachable", "not_a_camera".
[[nodiscard]] std::string_view to_string(BreakCause cause);

struct Break {
  BreakCause cause = BreakCause::kStarting;
  std::string detail;  ///< one line for a person, with what to do next
  WallTime at;
};

/// Receives everything of one stream, in order, on the stream's shard thread. Must not block.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Access units of all tracks, each track in decode order. After on_break() both clocks may
  /// restart.
  virtual void on_access_unit(const media::AccessUnitPtr& au) = 0;
  virtual void on_break(const Break& why) = 0;
  /// Once per tick of the shard, with or without data.
  virtual void on_tick(MonoTime now) = 0;
};

}  // namespace vedette::stream
