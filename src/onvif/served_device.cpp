// SPDX-License-Identifier: Apache-2.0
#include "onvif/served_device.h"

#include <algorithm>
#include <chrono>

#include "onvif/soap.h"
#include "onvif/xml.h"

namespace vedette::onvif {
namespace {

std::string element(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + escape(text) + "</" + std::string(name) + ">";
}

std::string element(std::string_view name, int value) {
  return element(name, std::to_string(value));
}

std::string date_and_time(WallTime now) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(now.us)};
  const auto midnight = floor<days>(time);
  const year_month_day day(midnight);
  const hh_mm_ss clock(floor<seconds>(time - midnight));
  return "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>"
         "<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
         "<tt:UTCDateTime><tt:Time>" +
         element("tt:Hour", static_cast<int>(clock.hours().count())) +
         element("tt:Minute", static_cast<int>(clock.minutes().count())) +
         element("tt:Second", static_cast<int>(clock.seconds().count())) + "</tt:Time><tt:Date>" +
         element("tt:Year", static_cast<int>(day.year())) +
         element("tt:Month", static_cast<int>(static_cast<unsigned>(day.month()))) +
         element("tt:Day", static_cast<int>(static_cast<unsigned>(day.day()))) +
         "</tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>";
}

std::string information(const DeviceInformation& info) {
  return "<tds:GetDeviceInformationResponse>" + element("tds:Manufacturer", info.manufacturer) +
         element("tds:Model", info.model) + element("tds:FirmwareVersion", info.firmware) +
         element("tds:SerialNumber", info.serial) + element("tds:HardwareId", "1") +
         "</tds:GetDeviceInformationResponse>";
}

std::string capabilities(const ServedDevice& device) {
  return "<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device>" +
         element("tt:XAddr", device.service) + "</tt:Device><tt:Media>" +
         element("tt:XAddr", device.media) +
         "</tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>";
}

std::string services(const ServedDevice& device) {
  const auto service = [](std::string_view name, const std::string& address) {
    return "<tds:Service>" + element("tds:Namespace", name) + element("tds:XAddr", address) +
           "<tds:Version><tt:Major>2</tt:Major><tt:Minor>5</tt:Minor></tds:Version></tds:Service>";
  };
  return "<tds:GetServicesResponse>" +
         service("http://www.onvif.org/ver10/device/wsdl", device.service) +
         service("http://www.onvif.org/ver10/media/wsdl", device.media) +
         "</tds:GetServicesResponse>";
}

std::string encoding_word(Encoding encoding) {
  std::string word(to_string(encoding));
  for (char& c : word)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return word;
}

std::string profile_element(const Profile& profile) {
  const std::string token = "token=\"" + escape(profile.token) + "\"";
  return "<trt:Profiles fixed=\"true\" " + token + ">" + element("tt:Name", profile.name) +
         "<tt:VideoSourceConfiguration token=\"source\">" + element("tt:Name", "source") +
         element("tt:SourceToken", profile.source) + "</tt:VideoSourceConfiguration>" +
         "<tt:VideoEncoderConfiguration " + token + ">" + element("tt:Name", profile.name) +
         element("tt:Encoding", encoding_word(profile.encoding)) + "<tt:Resolution>" +
         element("tt:Width", profile.width) + element("tt:Height", profile.height) +
         "</tt:Resolution><tt:RateControl>" + element("tt:FrameRateLimit", profile.fps) +
         element("tt:EncodingInterval", 1) + element("tt:BitrateLimit", profile.bitrate) +
         "</tt:RateControl></tt:VideoEncoderConfiguration></trt:Profiles>";
}

std::string profiles(const ServedDevice& device) {
  std::string out = "<trt:GetProfilesResponse>";
  for (const ServedDevice::Stream& stream : device.streams) out += profile_element(stream.profile);
  return out + "</trt:GetProfilesResponse>";
}

Served stream_uri(const ServedDevice& device, const pugi::xml_node& request) {
  const std::string token = text_of(child(request, "ProfileToken"));
  const auto same = [&](const ServedDevice::Stream& stream) {
    return stream.profile.token == token;
  };
  const auto found = std::find_if(device.streams.begin(), device.streams.end(), same);
  if (found == device.streams.end())
    return {400, build_fault("InvalidArgVal", "no such profile"), false};
  const std::string body = "<trt:GetStreamUriResponse><trt:MediaUri>" +
                           element("tt:Uri", found->url) +
                           "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
                           "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
                           "<tt:Timeout>PT60S</tt:Timeout></trt:MediaUri>"
                           "</trt:GetStreamUriResponse>";
  return {200, build_envelope(body), false};
}

bool admits(const ServedDevice& device, const pugi::xml_node& envelope, WallTime now) {
  if (device.user.empty()) return true;
  const pugi::xml_node node = descend(envelope, {"Header", "Security", "UsernameToken"});
  const UsernameToken token{text_of(child(node, "Username")), text_of(child(node, "Password")),
                            text_of(child(node, "Nonce")), text_of(child(node, "Created"))};
  const auto created = parse_time(token.created);
  if (token.user != device.user || token.nonce.empty() || !created) return false;
  const Duration apart = *created > now ? *created - now : now - *created;
  return apart <= kTokenLife && token_matches(token, device.password);
}

}  // namespace

Served serve(const ServedDevice& device, std::string_view envelope, WallTime now, bool admitted) {
  pugi::xml_document document;
  if (!parse_xml(envelope, document)) return {400, build_fault("WellFormed", "no XML"), false};
  const pugi::xml_node root = child(document, "Envelope");
  const pugi::xml_node request = child(root, "Body").first_child();
  const std::string_view name = local_name(request);
  // Open to everybody (ONVIF Core §5.9.4.3, PRE_AUTH).
  if (name == "GetSystemDateAndTime") return {200, build_envelope(date_and_time(now)), false};
  if (name == "GetCapabilities") return {200, build_envelope(capabilities(device)), false};
  if (name == "GetServices") return {200, build_envelope(services(device)), false};
  if (!admitted && !admits(device, root, now))
    return {400, build_fault("NotAuthorized", "Sender not Authorized"), true};
  if (name == "GetDeviceInformation")
    return {200, build_envelope(information(device.information)), false};
  if (name == "GetProfiles") return {200, build_envelope(profiles(device)), false};
  if (name == "GetStreamUri") return stream_uri(device, request);
  return {400, build_fault("ActionNotSupported", "Not simulated"), false};
}

}  // namespace vedette::onvif
