// SPDX-License-Identifier: Apache-2.0
// Session descriptions (RFC 4566) as cameras write them, and the choice of the tracks that can be
// recorded. Tolerant: only what is needed is read, unknown and broken lines are passed over.
// Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/track.h"

namespace vedette::rtsp {

inline constexpr size_t kMaxMedia = 32;

struct SdpFormat {
  uint8_t payload_type = 0;
  std::string encoding;  ///< of a=rtpmap, upper case: "H264"; "" when there is none
  uint32_t clock_rate = 0;
  uint8_t channels = 0;  ///< 0 when not given
  std::string fmtp;      ///< the parameters after the payload type, "" when none
};

struct SdpMedia {
  std::string type;      ///< "video", "audio", "application"
  std::string protocol;  ///< "RTP/AVP"
  std::string control;   ///< a=control as written
  bool send_only = false;
  std::vector<SdpFormat> formats;
};

struct Sdp {
  std::string control;  ///< of the session, "" when none
  std::string tool;     ///< a=tool or s=, for messages
  std::string name;     ///< s=
  std::vector<SdpMedia> media;
};

/// data_loss when neither a v= nor an m= line is found (a description of nothing is one),
/// resource_exhausted beyond kMaxMedia.
[[nodiscard]] Result<Sdp> parse_sdp(std::string_view text);

/// One medium that can be recorded.
struct TrackDescription {
  size_t media_index = 0;  ///< in Sdp::media
  media::Codec codec = media::Codec::kH264;
  uint8_t payload_type = 0;
  uint32_t clock_rate = 90000;
  uint8_t channels = 0;
  std::string fmtp;
  std::string control;  ///< absolute
};

/// The first video and the first audio medium in a codec that can be recorded, video first.
/// unsupported, with the codecs that were offered, when there is no such video. `base` is what
/// control addresses are relative to.
[[nodiscard]] Result<std::vector<TrackDescription>> choose_tracks(const Sdp& sdp,
                                                                  std::string_view base);

}  // namespace vedette::rtsp
