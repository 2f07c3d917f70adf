// SPDX-License-Identifier: Apache-2.0
#include "onvif/services.h"

#include <algorithm>
#include <cstdlib>

#include "onvif/soap.h"
#include "onvif/xml.h"

namespace vedette::onvif {
namespace {

constexpr std::string_view kDevice = "http://www.onvif.org/ver10/device/wsdl";
constexpr std::string_view kMedia = "http://www.onvif.org/ver10/media/wsdl";
constexpr int kMaxSide = 32'768;

Operation make_operation(std::string_view service, std::string_view name, std::string body) {
  return {std::string(service) + "/" + std::string(name), std::move(body)};
}

/// An answer: the document and the one element of its Body.
struct Answer {
  pugi::xml_document document;
  pugi::xml_node body;
};

Result<void> open_answer(std::string_view envelope, std::string_view name, Answer& answer) {
  if (auto fault = find_fault(envelope)) return *std::move(fault);
  VEDETTE_TRY(parse_xml(envelope, answer.document));
  answer.body = descend(answer.document.root(), {"Envelope", "Body"});
  if (!child(answer.body, name))
    return make_error(ErrorCode::kDataLoss, "the camera's answer holds no " + std::string(name));
  answer.body = child(answer.body, name);
  return ok();
}

/// tt:DateTime (ONVIF Core, annex): nullopt when a field is missing or no date.
std::optional<WallTime> read_time(const pugi::xml_node& node) {
  const pugi::xml_node date = child(node, "Date");
  const pugi::xml_node time = child(node, "Time");
  using namespace std::chrono;
  const year_month_day day{
      year(number_of(child(date, "Year"), 9999)),
      month(static_cast<unsigned>(number_of(child(date, "Month"), 12))),
      std::chrono::day(static_cast<unsigned>(number_of(child(date, "Day"), 31)))};
  if (!date || !time || !day.ok() || day.year() < year(1970)) return std::nullopt;
  const Duration since =
      sys_days(day).time_since_epoch() + hours(number_of(child(time, "Hour"), 23)) +
      minutes(number_of(child(time, "Minute"), 59)) + seconds(number_of(child(time, "Second"), 60));
  return WallTime{since.count()};
}

Encoding read_encoding(const std::string& text) {
  std::string upper = text;
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (upper == "H264") return Encoding::kH264;
  // Media ver10 has no word for it; vendors that announce it here have one each.
  if (upper == "H265" || upper == "HEVC") return Encoding::kH265;
  if (upper == "JPEG") return Encoding::kJpeg;
  if (upper == "MPEG4") return Encoding::kMpeg4;
  return Encoding::kOther;
}

int64_t pixels(const Profile& profile) { return int64_t{profile.width} * profile.height; }

/// How far a picture is from what a small tile needs.
int64_t distance(const Profile& profile) { return std::abs(pixels(profile) - int64_t{640} * 360); }

bool better_main(const Profile& a, const Profile& b) {
  if (pixels(a) != pixels(b)) return pixels(a) > pixels(b);
  return a.fps > b.fps;
}

std::string offered(const std::vector<Profile>& profiles) {
  std::string text;
  for (const Profile& profile : profiles) {
    const std::string word(to_string(profile.encoding));
    if (text.find(word) == std::string::npos) text += (text.empty() ? "" : ", ") + word;
  }
  return text.empty() ? "no video" : text;
}

}  // namespace

std::string_view to_string(Encoding encoding) {
  constexpr std::string_view kNames[] = {"h264", "h265", "jpeg", "mpeg4", "other"};
  return kNames[static_cast<size_t>(encoding)];
}

Operation get_system_date_and_time() {
  return make_operation(kDevice, "GetSystemDateAndTime", "<tds:GetSystemDateAndTime/>");
}
Operation get_device_information() {
  return make_operation(kDevice, "GetDeviceInformation", "<tds:GetDeviceInformation/>");
}
Operation get_capabilities() {
  return make_operation(
      kDevice, "GetCapabilities",
      "<tds:GetCapabilities><tds:Category>All</tds:Category></tds:GetCapabilities>");
}
Operation get_services() {
  return make_operation(
      kDevice, "GetServices",
      "<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability></tds:GetServices>");
}
Operation get_profiles() { return make_operation(kMedia, "GetProfiles", "<trt:GetProfiles/>"); }

Operation get_stream_uri(std::string_view profile) {
  return make_operation(kMedia, "GetStreamUri",
                        "<trt:GetStreamUri><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"
                        "<tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport>"
                        "</trt:StreamSetup><trt:ProfileToken>" +
                            escape(profile) + "</trt:ProfileToken></trt:GetStreamUri>");
}

Result<WallTime> parse_date_and_time(std::string_view envelope) {
  Answer answer;
  VEDETTE_TRY(open_answer(envelope, "GetSystemDateAndTimeResponse", answer));
  const pugi::xml_node both = child(answer.body, "SystemDateAndTime");
  const auto time = read_time(child(both, "UTCDateTime"));
  if (!time) return make_error(ErrorCode::kNotFound, "the camera does not say its UTC time");
  return *time;
}

Result<DeviceInformation> parse_device_information(std::string_view envelope) {
  Answer answer;
  VEDETTE_TRY(open_answer(envelope, "GetDeviceInformationResponse", answer));
  return DeviceInformation{
      text_of(child(answer.body, "Manufacturer")), text_of(child(answer.body, "Model")),
      text_of(child(answer.body, "FirmwareVersion")), text_of(child(answer.body, "SerialNumber"))};
}

Result<std::string> parse_media_address(std::string_view envelope) {
  if (auto fault = find_fault(envelope)) return *std::move(fault);
  pugi::xml_document document;
  VEDETTE_TRY(parse_xml(envelope, document));
  const pugi::xml_node body = descend(document.root(), {"Envelope", "Body"});
  std::string address =
      text_of(descend(body, {"GetCapabilitiesResponse", "Capabilities", "Media", "XAddr"}));
  for (const pugi::xml_node& service : child(body, "GetServicesResponse")) {
    if (!address.empty()) break;
    if (text_of(child(service, "Namespace")) == kMedia) address = text_of(child(service, "XAddr"));
  }
  if (address.empty())
    return make_error(ErrorCode::kUnsupported,
                      "the camera has no ONVIF Media service; give the address of its stream");
  return address;
}

Result<std::vector<Profile>> parse_profiles(std::string_view envelope) {
  Answer answer;
  VEDETTE_TRY(open_answer(envelope, "GetProfilesResponse", answer));
  std::vector<Profile> profiles;
  for (const pugi::xml_node& node : answer.body) {
    const pugi::xml_node encoder = child(node, "VideoEncoderConfiguration");
    if (local_name(node) != "Profiles" || !encoder || profiles.size() == kMaxProfiles) continue;
    Profile profile;
    profile.token = node.attribute("token").value();
    if (profile.token.empty() || profile.token.size() > 256) continue;
    profile.name = text_of(child(node, "Name"));
    profile.source = text_of(descend(node, {"VideoSourceConfiguration", "SourceToken"}));
    profile.encoding = read_encoding(text_of(child(encoder, "Encoding")));
    const pugi::xml_node resolution = child(encoder, "Resolution");
    profile.width = number_of(child(resolution, "Width"), kMaxSide);
    profile.height = number_of(child(resolution, "Height"), kMaxSide);
    const pugi::xml_node rate = child(encoder, "RateControl");
    profile.fps = number_of(child(rate, "FrameRateLimit"), 1000);
    profile.bitrate = number_of(child(rate, "BitrateLimit"), 10'000'000);
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

Result<std::string> parse_stream_uri(std::string_view envelope) {
  Answer answer;
  VEDETTE_TRY(open_answer(envelope, "GetStreamUriResponse", answer));
  std::string uri = text_of(descend(answer.body, {"MediaUri", "Uri"}));
  if (uri.empty()) return make_error(ErrorCode::kDataLoss, "the camera names no stream address");
  return uri;
}

Result<std::vector<Channel>> choose_streams(const std::vector<Profile>& profiles) {
  std::vector<Channel> channels;
  for (const Profile& profile : profiles) {
    if (!is_recordable(profile.encoding)) continue;
    const auto same = [&](const Channel& channel) { return channel.source == profile.source; };
    const auto found = std::find_if(channels.begin(), channels.end(), same);
    if (found == channels.end())
      channels.push_back({profile.source, profile, std::nullopt});
    else if (better_main(profile, found->main))
      found->main = profile;
  }
  for (Channel& channel : channels) {
    for (const Profile& profile : profiles) {
      const bool smaller = is_recordable(profile.encoding) && profile.source == channel.source &&
                           pixels(profile) > 0 && pixels(profile) < pixels(channel.main);
      if (smaller && (!channel.sub || distance(profile) < distance(*channel.sub)))
        channel.sub = profile;
    }
  }
  if (channels.empty())
    return make_error(ErrorCode::kUnsupported,
                      "the camera offers " + offered(profiles) +
                          "; set one of its streams to H.264 or H.265 on its own page");
  return channels;
}

}  // namespace vedette::onvif
