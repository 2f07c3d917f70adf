// SPDX-License-Identifier: Apache-2.0
// The half of client_session.h that reads: packets, requests and answers of the camera.
#include <algorithm>
#include <utility>

#include "base/url_secrets.h"
#include "base/utf8.h"
#include "rtsp/client_session.h"

namespace vedette::rtsp {
namespace {

constexpr uint32_t kDefaultSessionTimeoutS = 60;  // RFC 2326 §12.37
constexpr Duration kMinKeepAlive = std::chrono::seconds(1);

/// Cameras write the reason in the character set of their maker.
std::string status_text(const Response& response) {
  const std::string reason = clean_line(response.reason, 60);
  return std::to_string(response.status) + (reason.empty() ? "" : " " + reason);
}

/// What follows the host; cameras name themselves differently from how we call them.
std::string_view path_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  url.remove_prefix(scheme + 3);
  return url.substr(std::min(url.find('/'), url.size()));
}

bool is_suffix_of_other(std::string_view a, std::string_view b) {
  const size_t n = std::min(a.size(), b.size());
  return n > 0 && a.substr(a.size() - n) == b.substr(b.size() - n);
}

}  // namespace

void ClientSession::on_frame(const InterleavedFrame& frame) {
  const Channel channel = channels_[frame.channel];
  if (channel.track < 0) {
    // An older live555 sends what is left of the previous session on a connection that was given
    // the same descriptor: harmless before SETUP, and on channels that nobody asked for.
    ++stray_frames_;
    return;
  }
  const auto track = static_cast<size_t>(channel.track);
  if (!channel.rtcp && track == 0) last_video_ = now_;
  handler_.on_packet(track, channel.rtcp, frame.payload);
}

void ClientSession::on_request(const Request& request) {
  Response response;
  const bool known = request.method == "OPTIONS" || request.method == "GET_PARAMETER" ||
                     request.method == "SET_PARAMETER" || request.method == "ANNOUNCE" ||
                     request.method == "TEARDOWN" || request.method == "REDIRECT";
  response.status = known ? 200 : 501;
  response.reason = known ? "OK" : "Not Implemented";
  response.headers.add("CSeq", request.headers.get("CSeq"));
  append_response(output_, response);
  if (request.method == "REDIRECT") return on_redirect_to(request.headers.get("Location"));
  if (request.method == "TEARDOWN") {
    session_.clear();  // nothing is left to tear down
    return fail(ErrorCode::kUnavailable, "the camera ended the session");
  }
  if (request.method == "ANNOUNCE")
    fail(ErrorCode::kUnavailable, "the camera announced a new description of its stream");
}

bool ClientSession::answers_pending(const Response& response) const {
  if (!pending_) return false;
  const auto cseq = cseq_of(response.headers);
  // Some cameras leave CSeq out, or repeat an old one (Tapo C220 in a 400): with one request under
  // way at a time there is only one that it can answer, unless another was given up before.
  return !cseq || *cseq == pending_->cseq || *cseq > abandoned_cseq_;
}

void ClientSession::on_response(const Response& response) {
  if (response.protocol.substr(0, 5) == "HTTP/")
    return fail(ErrorCode::kFailedPrecondition,
                "a web server answers there, not a camera's RTSP server; check the port, cameras "
                "use 554");
  answered_ = true;
  if (!answers_pending(response)) return;
  if (device_.server.empty()) device_.server = device_sign(response.headers.get("Server"));
  if (response.status < 200) return;  // 100 Continue
  if (response.status == 401) return on_unauthorized(response);
  if (response.status < 300) authenticator_.on_accepted();
  if (state_ != State::kPlaying && response.status >= 300 && response.status < 400)
    return on_redirect_to(response.headers.get("Location"));
  switch (state_) {
    case State::kOptions:
      return on_options(response);
    case State::kDescribe:
      return on_describe(response);
    case State::kSetUp:
      return on_set_up(response);
    case State::kPlay:
      return on_play(response);
    case State::kPlaying:
      return on_keep_alive(response);
    case State::kIdle:
    case State::kChoosing:
    case State::kClosed:
      return;
  }
}

void ClientSession::on_unauthorized(const Response& response) {
  const auto challenges = parse_challenges(response.headers);
  if (!challenges.empty()) device_.realm = device_sign(challenges.front().realm);
  const auto verdict = authenticator_.on_unauthorized(response.headers);
  if (verdict != Authenticator::Verdict::kRetry && state_ == State::kPlaying)
    return;  // a refused keep-alive: the picture is what counts
  switch (verdict) {
    case Authenticator::Verdict::kRetry:
      pending_->deadline = now_ + kStepTimeout;
      return resend();
    case Authenticator::Verdict::kNoCredentials:
      return fail(ErrorCode::kUnauthenticated,
                  "the camera asks for a user and a password; put them into the address: "
                  "rtsp://user:password@host/path");
    case Authenticator::Verdict::kRejected:
      return fail(ErrorCode::kUnauthenticated,
                  "the camera refuses this user or password; correct them (a few more wrong tries "
                  "may lock the user out for minutes)");
    case Authenticator::Verdict::kNotUnderstood:
      return fail(ErrorCode::kUnauthenticated,
                  "the camera asks for a kind of authentication that is neither Digest (MD5, "
                  "SHA-256) nor Basic; change it in the camera");
    case Authenticator::Verdict::kWeaker:
      return fail(ErrorCode::kPermissionDenied,
                  "asks for the password in clear (Basic), and asked for Digest before: this may "
                  "be another device. Switch Digest on in the camera; or, if it is yours and "
                  "cannot, save the camera again here to accept that");
  }
}

void ClientSession::on_redirect_to(std::string_view location) {
  auto url = parse_url(location);
  // A person has to change the address: until then it is asked seldom.
  if (!url) return fail(ErrorCode::kNotFound, "the camera redirects to no valid address");
  if (url->host != options_.url.host || (options_.url.tls && !url->tls))
    return fail(ErrorCode::kNotFound, "the camera redirects to another host, " + url->host +
                                          ", which is never followed; add that one instead");
  url->user = options_.url.user;
  url->password = options_.url.password;
  teardown();
  handler_.on_redirect(*url);
}

Error ClientSession::refusal(const Response& response) const {
  const std::string what = pending_->method + " was answered with " + status_text(response);
  switch (response.status) {
    case 403:
      return make_error(ErrorCode::kPermissionDenied,
                        what + ": this user may not view the stream; allow it in the camera");
    case 404:
    case 454:
      return make_error(ErrorCode::kNotFound, what + ": the camera has no stream at this path (" +
                                                  redact_url(options_.url.path) +
                                                  "); check the address");
    case 453:
    case 503:
      return make_error(ErrorCode::kUnavailable,
                        what + ": the camera serves as many viewers as it can; close another one");
    case 461:
      return make_error(ErrorCode::kUnsupported,
                        what + (options_.transport == LowerTransport::kTcp
                                    ? ": the camera refuses TCP; set transport to udp"
                                    : ": the camera refuses UDP; set transport to tcp"));
    default:
      return make_error(response.status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kNotFound,
                        what + "; check the path of the address, or restart the camera");
  }
}

void ClientSession::on_options(const Response& response) {
  // Any refusal is passed over: DESCRIBE tells what is really wrong.
  keep_alive_by_get_parameter_ =
      response.status < 300 && lists_method(response.headers.get("Public"), "GET_PARAMETER");
  send_describe();
}

void ClientSession::on_describe(const Response& response) {
  if (response.status >= 300) return fail(refusal(response));
  // Content-Type is not looked at: some leave it out, and parse_sdp() finds out what it is.
  auto sdp = parse_sdp(response.body);
  if (!sdp) return fail(std::move(sdp).error().with_context("DESCRIBE"));
  device_.session = device_sign(sdp->name);
  base_ = choose_base(options_.url, response.headers.get("Content-Base"),
                      response.headers.get("Content-Location"));
  aggregate_ = resolve_control(base_, sdp->control);
  // A session address that is a wildcard for nothing ("*") or points elsewhere does not move the
  // media: their addresses are relative to the base (RFC 2326 §C.1.1).
  auto tracks = choose_tracks(*sdp, base_);
  if (!tracks) return fail(std::move(tracks).error());
  tracks_ = std::move(tracks).value();
  pending_.reset();
  state_ = State::kChoosing;
  handler_.on_tracks(tracks_);
}

void ClientSession::read_session_field(const Response& response) {
  const SessionField field = parse_session(response.headers.get("Session"));
  // The first one stays: some cameras name another in each SETUP and know the first only.
  if (session_.empty()) session_ = field.id;
  const Duration timeout = std::chrono::seconds(field.timeout_s.value_or(kDefaultSessionTimeoutS));
  keep_alive_interval_ =
      std::min(keep_alive_interval_, std::clamp(timeout / 2, kMinKeepAlive, kMaxKeepAlive));
}

void ClientSession::on_set_up(const Response& response) {
  if (response.status >= 300) {
    // Sound that cannot be had is no reason to do without the picture.
    if (to_set_up_.front().track == 0 || response.status == 461) return fail(refusal(response));
  } else {
    read_session_field(response);
    const size_t track = to_set_up_.front().track;
    const auto transport = parse_transport(response.headers.get("Transport"));
    if (options_.transport == LowerTransport::kTcp) {
      // No Transport, or none with channels: it means what was asked for.
      if (transport && !transport->tcp)
        return fail(ErrorCode::kUnsupported,
                    "the camera answers TCP with UDP; set transport to udp");
      const auto mapped = map_channels(transport ? transport->interleaved : std::nullopt);
      if (!mapped) return fail(mapped.error());
    } else {
      if (!transport || transport->tcp || !transport->server_port)
        return fail(ErrorCode::kUnsupported,
                    "the camera names no UDP ports to send from; set transport to tcp");
      handler_.on_udp_peer(track, {transport->source, *transport->server_port});
      if (state_ == State::kClosed) return;
    }
  }
  to_set_up_.pop_front();
  if (to_set_up_.empty())
    send_play();
  else
    send_next_set_up();
}

Result<void> ClientSession::map_channels(const std::optional<NumberPair>& given) {
  const size_t track = to_set_up_.front().track;
  const auto asked = static_cast<uint16_t>(2 * track);
  NumberPair pair = given.value_or(NumberPair{asked, static_cast<uint16_t>(asked + 1)});
  const auto taken = [&](uint16_t n) { return n < 256 && channels_[n].track >= 0; };
  // Seen: 0-1 in every answer, while the packets come on the channels that were asked for.
  if (pair.first > 255 || pair.second > 255 || taken(pair.first) || taken(pair.second))
    pair = {asked, static_cast<uint16_t>(asked + 1)};
  if (taken(pair.first) || taken(pair.second))
    return make_error(ErrorCode::kDataLoss, "the camera gives two tracks the same channel");
  channels_[pair.second] = {static_cast<int8_t>(track), true};
  channels_[pair.first] = {static_cast<int8_t>(track), false};
  rtp_channel_.at(track) = static_cast<uint8_t>(pair.first);
  return ok();
}

std::vector<ClientHandler::PlayStart> ClientSession::match_rtp_info(std::string_view value) const {
  const auto entries = parse_rtp_info(value);
  std::vector<ClientHandler::PlayStart> info(tracks_.size());
  const auto names = [](const RtpInfo& entry, const TrackDescription& track) {
    return !entry.url.empty() && is_suffix_of_other(path_of(entry.url), path_of(track.control));
  };
  size_t named = 0;
  for (size_t i = 0; i < tracks_.size(); ++i)
    for (const RtpInfo& entry : entries)
      if (names(entry, tracks_[i])) {
        info[i] = {entry.rtptime, entry.seq};
        ++named;
      }
  // No address fits: the order of SETUP is all there is (RTP-Info without url, or relative to
  // something else).
  if (named == 0 && entries.size() == tracks_.size())
    for (size_t i = 0; i < tracks_.size(); ++i) info[i] = {entries[i].rtptime, entries[i].seq};
  return info;
}

void ClientSession::on_play(const Response& response) {
  if (response.status >= 300) return fail(refusal(response));
  if (response.headers.find("Session") != nullptr) read_session_field(response);
  pending_.reset();
  state_ = State::kPlaying;
  last_video_ = now_;
  next_keep_alive_ = now_ + keep_alive_interval_;
  handler_.on_playing(match_rtp_info(response.headers.get("RTP-Info")));
}

void ClientSession::on_keep_alive(const Response& response) {
  // 405, 501, 551 or Tapo's 400: try the other method from now on. Whatever it says, packets are
  // the proof that the session lives.
  if (response.status >= 400) keep_alive_by_get_parameter_ = false;
  pending_.reset();
}

}  // namespace vedette::rtsp
