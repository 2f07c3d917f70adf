// SPDX-License-Identifier: Apache-2.0
#include "onvif/device_session.h"

#include <utility>

#include "onvif/soap.h"

namespace vedette::onvif {
namespace {

Error wrong_login(const std::string& user) {
  if (user.empty())
    return make_error(ErrorCode::kUnauthenticated,
                      "the camera wants a user and a password; give those of its own page");
  return make_error(ErrorCode::kUnauthenticated,
                    "the camera refuses user or password; some have users of their own for ONVIF");
}

/// What the status alone decides; SOAP faults come with 400, 401 or 500 and a body of their own.
std::optional<Error> status_error(const HttpMessage& response, const std::string& user) {
  const int status = response.status;
  if (status >= 300 && status < 400)
    return make_error(ErrorCode::kFailedPrecondition,
                      "the device sends ONVIF requests to another address, which is not followed; "
                      "give that address if it is the camera's");
  if ((status == 401 || status == 403) && !find_fault(response.body)) return wrong_login(user);
  if (status == 404 || status == 405)
    return make_error(ErrorCode::kFailedPrecondition,
                      "a web server answers, but it has no ONVIF service; is ONVIF switched on?");
  return std::nullopt;
}

Error no_media_service() {
  return make_error(ErrorCode::kUnsupported,
                    "the camera names no ONVIF Media service; give the address of its stream");
}

std::string model_name(const DeviceInformation& information) {
  if (!information.model.empty()) return information.model;
  return information.manufacturer.empty() ? "Camera" : information.manufacturer;
}

}  // namespace

Operation DeviceSession::operation() const {
  switch (state_) {
    case State::kTime:
      return get_system_date_and_time();
    case State::kInformation:
      return get_device_information();
    case State::kCapabilities:
      return get_capabilities();
    case State::kServices:
      return get_services();
    case State::kProfiles:
      return get_profiles();
    case State::kAddresses:
    case State::kDone:
      break;
  }
  return get_stream_uri(asked_stream().profile.token);
}

DeviceSession::Request DeviceSession::request(WallTime now, Bytes nonce) const {
  VEDETTE_ASSERT(!done());
  const Operation wanted = operation();
  std::optional<UsernameToken> token;
  // The time is asked without a login: with the wrong time none would be accepted.
  if (state_ != State::kTime && token_wanted_ && !options_.user.empty()) {
    const WallTime device_now = now + offer_.clock_offset.value_or(Duration(0));
    token = make_token({options_.user, options_.password, std::move(nonce), device_now});
  }
  const bool media = state_ == State::kProfiles || state_ == State::kAddresses;
  return {media && media_ ? *media_ : options_.device, wanted.action,
          build_envelope(wanted.body, token)};
}

void DeviceSession::on_response(const HttpMessage& response, WallTime now) {
  VEDETTE_ASSERT(!done());
  if (auto error = status_error(response, options_.user)) {
    // Firmware that asks for a login even here tells the time to nobody; the rest may still work.
    const bool locked = error->code == ErrorCode::kUnauthenticated;
    if (state_ == State::kTime && locked && !options_.user.empty()) {
      answered_ = true;
      state_ = State::kInformation;
      return;
    }
    if (state_ == State::kAddresses && !locked) return on_address(*std::move(error));
    return fail(*std::move(error));
  }
  switch (state_) {
    case State::kTime:
      return on_time(response.body, now);
    case State::kInformation:
      return on_information(response.body);
    case State::kCapabilities:
    case State::kServices:
      return on_media_address(response.body);
    case State::kProfiles:
      return on_profiles(response.body);
    case State::kAddresses:
      return on_address(parse_stream_uri(response.body));
    case State::kDone:
      return;
  }
}

void DeviceSession::on_time(const std::string& body, WallTime now) {
  const auto time = parse_date_and_time(body);
  if (time) {
    offer_.clock_offset = *time - now;
  } else if (time.error().code == ErrorCode::kDataLoss ||
             time.error().code == ErrorCode::kResourceExhausted) {
    return fail(make_error(ErrorCode::kFailedPrecondition,
                           "something answers there, but not an ONVIF device"));
  }
  answered_ = true;
  state_ = State::kInformation;
}

void DeviceSession::on_information(const std::string& body) {
  auto information = parse_device_information(body);
  if (information)
    offer_.information = std::move(information).value();
  else if (information.error().code == ErrorCode::kUnauthenticated)
    return fail(options_.user.empty() ? wrong_login({}) : std::move(information).error());
  // Without it there is no name to propose, and nothing else is missing.
  state_ = State::kCapabilities;
}

void DeviceSession::on_media_address(const std::string& body) {
  const auto address = parse_media_address(body);
  if (!address && state_ == State::kCapabilities) {
    state_ = State::kServices;
    return;
  }
  if (!address && address.error().code == ErrorCode::kUnauthenticated) return fail(address.error());
  if (!address) return fail(no_media_service());
  auto url = media_url(*address);
  if (!url) return fail(no_media_service());
  media_ = std::move(url).value();
  state_ = State::kProfiles;
}

Result<HttpUrl> DeviceSession::media_url(const std::string& address) const {
  if (address.starts_with('/')) {
    HttpUrl root = options_.device;
    root.path.clear();
    return parse_http_url(root.text() + address);
  }
  VEDETTE_ASSIGN(const std::string moved, on_same_host(address, options_.device.host));
  return parse_http_url(moved);
}

void DeviceSession::on_profiles(const std::string& body) {
  const auto profiles = parse_profiles(body);
  if (!profiles) {
    const bool locked = profiles.error().code == ErrorCode::kUnauthenticated;
    return fail(locked && options_.user.empty() ? wrong_login({}) : profiles.error());
  }
  const auto channels = choose_streams(*profiles);
  if (!channels) return fail(channels.error());
  const size_t count = std::min(channels->size(), kMaxCameras);
  for (size_t i = 0; i < count; ++i) {
    const Channel& channel = (*channels)[i];
    OfferedCamera camera;
    camera.name = model_name(offer_.information);
    if (count > 1) camera.name += " " + std::to_string(i + 1);
    camera.main.profile = channel.main;
    if (channel.sub) camera.sub = OfferedStream{{}, *channel.sub};
    offer_.cameras.push_back(std::move(camera));
  }
  state_ = State::kAddresses;
}

OfferedStream& DeviceSession::asked_stream() {
  OfferedCamera& camera = offer_.cameras.at(camera_);
  return sub_ ? *camera.sub : camera.main;
}

const OfferedStream& DeviceSession::asked_stream() const {
  const OfferedCamera& camera = offer_.cameras.at(camera_);
  return sub_ ? *camera.sub : camera.main;
}

void DeviceSession::on_address(const Result<std::string>& uri) {
  auto moved = uri ? on_same_host(*uri, options_.device.host) : Result<std::string>(uri.error());
  if (uri && !moved)
    moved = make_error(ErrorCode::kUnsupported,
                       "the camera names no address of its stream; give it yourself");
  if (moved && moved->compare(0, 4, "rtsp") != 0)
    moved = make_error(ErrorCode::kUnsupported, "the camera offers its stream over HTTP only");
  if (!moved && !sub_) return leave_out(std::move(moved).error());
  if (moved)
    asked_stream().url = std::move(moved).value();
  else  // the main stream is worth recording without it
    offer_.cameras.at(camera_).sub.reset();
  finish_address();
}

// A recorder's channel whose camera is off or was never connected: the others are worth recording.
void DeviceSession::leave_out(Error error) {
  if (offer_.cameras.size() == 1 || error.code == ErrorCode::kUnauthenticated)
    return fail(std::move(error));
  offer_.cameras.erase(offer_.cameras.begin() + static_cast<ptrdiff_t>(camera_));
  if (camera_ == offer_.cameras.size()) finish();
}

void DeviceSession::finish_address() {
  if (!sub_ && offer_.cameras.at(camera_).sub) {
    sub_ = true;
    return;
  }
  sub_ = false;
  if (++camera_ == offer_.cameras.size()) finish();
}

void DeviceSession::finish() {
  result_ = std::move(offer_);
  state_ = State::kDone;
}

void DeviceSession::fail(Error error) {
  if (error.code == ErrorCode::kDataLoss || error.code == ErrorCode::kResourceExhausted)
    error.what = "the camera's ONVIF answers cannot be used (" + error.what +
                 "); give the address of its stream";
  result_ = std::move(error);
  state_ = State::kDone;
}

}  // namespace vedette::onvif
