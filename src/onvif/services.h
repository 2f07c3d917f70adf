// SPDX-License-Identifier: Apache-2.0
// The requests of the device and Media (ver10) services that setting up a camera takes, and what
// devices answer: bodies out, values in. Pure functions. Parsers return a Fault as find_fault()
// does, and data_loss for what is no such answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vedette::onvif {

inline constexpr size_t kMaxProfiles = 256;

/// The action is what stands in Content-Type.
struct Operation {
  std::string action;
  std::string body;
};

[[nodiscard]] Operation get_system_date_and_time();
[[nodiscard]] Operation get_device_information();
[[nodiscard]] Operation get_capabilities();
[[nodiscard]] Operation get_services();
[[nodiscard]] Operation get_profiles();
/// RTP over RTSP, the way that every device has.
[[nodiscard]] Operation get_stream_uri(std::string_view profile);

/// not_found when the device does not know what UTC is.
[[nodiscard]] Result<WallTime> parse_date_and_time(std::string_view envelope);

struct DeviceInformation {
  std::string manufacturer;
  std::string model;
  std::string firmware;
  std::string serial;
};
[[nodiscard]] Result<DeviceInformation> parse_device_information(std::string_view envelope);

/// The address of the Media service out of a GetCapabilities or GetServices answer, as written.
/// unsupported when there is none.
[[nodiscard]] Result<std::string> parse_media_address(std::string_view envelope);

enum class Encoding : uint8_t { kH264, kH265, kJpeg, kMpeg4, kOther };
/// "h264", "h265", "jpeg", "mpeg4", "other".
[[nodiscard]] std::string_view to_string(Encoding encoding);

/// What can be recorded.
[[nodiscard]] constexpr bool is_recordable(Encoding encoding) {
  return encoding == Encoding::kH264 || encoding == Encoding::kH265;
}

struct Profile {
  std::string token;
  std::string name;
  std::string source;  ///< the video source: one of a recorder's channels, or of several lenses
  Encoding encoding = Encoding::kOther;
  int width = 0;
  int height = 0;
  int fps = 0;      ///< the limit that is configured; 0 when not said
  int bitrate = 0;  ///< kbit/s, likewise
  friend bool operator==(const Profile&, const Profile&) = default;
};
/// Profiles with a video encoder, in the order of the device.
[[nodiscard]] Result<std::vector<Profile>> parse_profiles(std::string_view envelope);
[[nodiscard]] Result<std::string> parse_stream_uri(std::string_view envelope);

/// The profiles of one video source that are worth recording.
struct Channel {
  std::string source;
  Profile main;                ///< the largest picture
  std::optional<Profile> sub;  ///< smaller than that, and nearest to 640×360
};
/// Sources in the order of the device. unsupported, with what was offered, when nothing can be
/// recorded.
[[nodiscard]] Result<std::vector<Channel>> choose_streams(const std::vector<Profile>& profiles);

}  // namespace vedette::onvif
