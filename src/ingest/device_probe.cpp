// SPDX-License-Identifier: Apache-2.0
#include "ingest/device_probe.h"

#include <array>
#include <utility>

#include "base/id.h"

namespace vedette::ingest {
namespace {

// Where firmware has its service when it is not on the web server's port: 8080 many, 8000 older
// Hikvision and Reolink, 8899 white-label cameras, 2020 TP-Link.
constexpr std::array<uint16_t, 5> kPorts = {80, 8080, 8000, 8899, 2020};

Bytes random_nonce() {
  const std::string text = random_id(16);
  const ByteSpan bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

/// A host that refuses is there, and may listen on another port; one that cannot be reached is not,
/// on any.
bool is_refusal(const Error& error) {
  return error.what.find("refused the connection") != std::string::npos;
}

Error no_service(const std::string& host) {
  return make_error(ErrorCode::kFailedPrecondition,
                    host +
                        " answers, but has no ONVIF service where cameras have it; switch ONVIF "
                        "on in the camera, or give the address of its stream");
}

}  // namespace

Result<std::unique_ptr<DeviceProbe>> DeviceProbe::create(const DeviceQuestion& question,
                                                         const Clock& clock,
                                                         net::Connector& connector) {
  VEDETTE_ASSIGN(const onvif::HttpUrl url, onvif::parse_device_address(question.address));
  std::vector<onvif::HttpUrl> places = {url};
  const bool bare = question.address.find("://") == std::string::npos && url.port == 80 &&
                    url.authority().size() == question.address.size();
  if (bare) {
    places.clear();
    for (const uint16_t port : kPorts) {
      places.push_back(url);
      places.back().port = port;
    }
  }
  return std::unique_ptr<DeviceProbe>(
      new DeviceProbe(question, std::move(places), clock, connector));
}

DeviceProbe::DeviceProbe(const DeviceQuestion& question, std::vector<onvif::HttpUrl> places,
                         const Clock& clock, net::Connector& connector)
    : user_(question.user),
      password_(question.password),
      places_(std::move(places)),
      clock_(clock),
      connector_(connector),
      start_(clock.mono()) {
  begin_place();
}

void DeviceProbe::begin_place() {
  session_.emplace(onvif::DeviceSession::Options{places_[place_], user_, password_});
  authenticator_ = rtsp::Authenticator(user_, password_, random_id());
  begin_request();
}

void DeviceProbe::begin_request() {
  const auto request = session_->request(clock_.wall(), random_nonce());
  url_ = request.url;
  const std::string authorization = authenticator_.authorization("POST", url_.path);
  output_ = onvif::build_post({url_, request.action, request.envelope, authorization});
  reader_ = onvif::HttpReader(onvif::HttpReader::Side::kResponses);
  stream_ = connector_.connect({url_.host, url_.port, url_.tls});
  open_ = false;
  deadline_ = clock_.mono() + kConnectTimeout;
}

void DeviceProbe::tick(std::span<uint8_t> scratch) {
  if (done()) return;
  if (clock_.mono() >= start_ + kWholeTimeout)
    return finish(there_ && !session_->answered()
                      ? no_service(url_.host)
                      : make_error(ErrorCode::kTimeout,
                                   url_.authority() + " takes too long to say what it offers"));
  if (!open_) drive_connecting();
  if (!done() && open_) drive_open(scratch);
}

void DeviceProbe::drive_connecting() {
  const auto state = stream_->poll();
  if (state == net::ByteStream::State::kClosed) return on_failed(stream_->error());
  if (state == net::ByteStream::State::kOpen) {
    open_ = true;
    deadline_ = clock_.mono() + kAnswerTimeout;
  } else if (clock_.mono() >= deadline_) {
    on_failed(make_error(
        ErrorCode::kTimeout,
        url_.authority() + " does not answer; is the camera switched on and the address right?"));
  }
}

void DeviceProbe::drive_open(std::span<uint8_t> scratch) {
  if (!output_.empty()) {
    const auto count = stream_->write(as_bytes(output_));
    if (!count) return on_failed(count.error());
    output_.erase(0, *count);
  }
  for (;;) {
    const auto count = stream_->read(scratch);
    const auto complete = count ? reader_.feed(scratch.first(*count)) : reader_.on_closed();
    // What the reader says of a closed connection tells more than the socket does.
    if (!complete)
      return on_failed(make_error(ErrorCode::kFailedPrecondition,
                                  url_.authority() + ": " + complete.error().what));
    if (*complete) return on_complete();
    if (*count == 0) break;
  }
  if (clock_.mono() >= deadline_)
    on_failed(make_error(ErrorCode::kTimeout, url_.authority() + " accepts but says nothing"));
}

void DeviceProbe::on_complete() {
  const onvif::HttpMessage response = std::move(reader_.message());
  stream_.reset();
  if (response.status == 401 && answer_challenge(response)) return begin_request();
  // Seen: a new nonce for each connection, so that each request is challenged anew.
  if (response.status != 401) authenticator_.on_accepted();
  session_->on_response(response, clock_.wall());
  if (!session_->done()) return begin_request();
  if (!session_->result() && !session_->answered()) return on_failed(session_->result().error());
  finish(std::move(session_->result()));
}

/// Digest only: Basic would hand the password to whoever listens, and to a device that is not the
/// one it is taken for.
bool DeviceProbe::answer_challenge(const onvif::HttpMessage& response) {
  rtsp::Headers challenges;
  for (const onvif::HttpField& field : response.fields) {
    if (rtsp::iequals(field.name, "WWW-Authenticate") && field.value.size() > 6 &&
        rtsp::iequals(std::string_view(field.value).substr(0, 6), "Digest"))
      challenges.add(field.name, field.value);
  }
  if (challenges.fields().empty()) return false;
  if (authenticator_.on_unauthorized(challenges) != rtsp::Authenticator::Verdict::kRetry)
    return false;
  session_->leave_login_to_http();
  return true;
}

/// Here is no device: elsewhere on the host may be one.
void DeviceProbe::on_failed(Error error) {
  stream_.reset();
  if (session_->answered()) return finish(std::move(error));
  const bool refused = is_refusal(error);
  if (refused)
    error = make_error(
        ErrorCode::kUnavailable,
        url_.authority() + " refused the connection; is the port right and ONVIF switched on?");
  // What answers on one port is there, whatever the next one does: that of a maker's own protocol
  // (8000 of Hikvision's) accepts and says nothing, and a firewall may drop what it does not know.
  there_ = there_ || refused || error.code == ErrorCode::kFailedPrecondition;
  if (places_.size() == 1 || !there_) return finish(std::move(error));
  if (++place_ < places_.size()) return begin_place();
  finish(no_service(url_.host));
}

void DeviceProbe::finish(Result<onvif::DeviceOffer> result) {
  stream_.reset();
  result_ = std::move(result);
}

}  // namespace vedette::ingest
