// SPDX-License-Identifier: Apache-2.0
// The messages of docs/ref/live.md: constants, reader and writer. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/policy.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "media/access_unit.h"

namespace vedette::api::live {

inline constexpr size_t kMaxSubscriptions = 64;  ///< per socket
inline constexpr size_t kMaxMessageBytes = 16 * 1024;
inline constexpr size_t kMaxQueuedBytes = size_t{8} << 20;  ///< unsent, per socket
inline constexpr size_t kHeaderBytes = 24;

enum class Type : uint8_t { kFrame = 1, kInitSegment = 2, kMediaSegment = 3 };

inline constexpr uint8_t kRandomAccess = 1;
inline constexpr uint8_t kDiscontinuity = 2;
inline constexpr uint8_t kDamaged = 4;
inline constexpr uint8_t kCatchUp = 8;

inline constexpr uint8_t kVideoTrack = 0;
inline constexpr uint8_t kAudioTrack = 1;

struct Header {
  Type type = Type::kFrame;
  uint8_t flags = 0;
  uint16_t sub = 0;
  uint8_t track = 0;
  WallTime utc;
  int64_t pts_us = 0;

  friend bool operator==(const Header&, const Header&) = default;
};

[[nodiscard]] Bytes encode(const Header& header);
/// Of a whole binary message; what a client does. data_loss when it is none of ours.
[[nodiscard]] Result<Header> decode(ByteSpan message);

enum class StreamChoice : uint8_t { kMain, kSub, kAuto };
enum class Format : uint8_t { kFrames, kFmp4 };

struct Subscribe {
  uint16_t sub = 0;
  std::string camera;
  StreamChoice stream = StreamChoice::kMain;
  Format format = Format::kFrames;
  bool video = true;  ///< false: sound alone, in format frames
  bool audio = false;
  /// What the page decodes; any other video codec is converted to H.264 for it.
  std::vector<media::Codec> codecs = {media::Codec::kH264, media::Codec::kH265};
  std::string rendition;  ///< empty: the default

  [[nodiscard]] bool decodes(media::Codec codec) const {
    return std::find(codecs.begin(), codecs.end(), codec) != codecs.end();
  }
};
struct Unsubscribe {
  uint16_t sub = 0;
};
struct Ping {
  int64_t t = 0;
};
using ClientMessage = std::variant<Subscribe, Unsubscribe, Ping>;

/// Unknown fields are ignored, so that a newer page works with an older server.
[[nodiscard]] Result<ClientMessage> parse_message(std::string_view text);

/// The `sub` of a message that parse_message() refused, for the answer; 0 when it has none.
[[nodiscard]] uint16_t sub_of(std::string_view text);

/// What each message needs; declared beside the message so that none is without.
[[nodiscard]] auth::Policy policy_of(const Subscribe& message);
[[nodiscard]] auth::Policy policy_of(const Unsubscribe& message);
[[nodiscard]] auth::Policy policy_of(const Ping& message);

// What the server says.
/// `transcoded_from`: RFC 6381 name of the camera's own codec; empty when it is what is sent.
[[nodiscard]] std::string config_message(uint16_t sub, uint8_t track, const media::TrackInfo& info,
                                         const std::string& transcoded_from = {});
[[nodiscard]] std::string mime_message(uint16_t sub, const std::string& mime,
                                       const std::string& transcoded_from = {});
struct State {
  std::string_view state;  ///< live, connecting, down, waiting
  WallTime since;
  std::string cause;    ///< empty: null
  std::string message;  ///< empty: null
};
[[nodiscard]] std::string state_message(uint16_t sub, const State& state);
[[nodiscard]] std::string error_message(uint16_t sub, std::string_view code,
                                        std::string_view message);
[[nodiscard]] std::string pong_message(int64_t t, WallTime now);

}  // namespace vedette::api::live
