// SPDX-License-Identifier: Apache-2.0
#include "rtsp/server_session.h"

#include <algorithm>
#include <utility>

namespace vedette::rtsp {
namespace {

constexpr std::string_view kPublic =
    "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER";

void set_status(Response& response, int status, std::string_view reason) {
  response.status = status;
  response.reason = reason;
}

void set_status(Response& response, const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return set_status(response, 404, "Not Found");
    case ErrorCode::kPermissionDenied:
      return set_status(response, 403, "Forbidden");
    case ErrorCode::kUnsupported:
      return set_status(response, 461, "Unsupported Transport");
    case ErrorCode::kUnavailable:
      return set_status(response, 503, "Service Unavailable");
    case ErrorCode::kResourceExhausted:
      return set_status(response, 453, "Not Enough Bandwidth");
    case ErrorCode::kFailedPrecondition:
      return set_status(response, 455, "Method Not Valid in This State");
    case ErrorCode::kInvalidArgument:
      return set_status(response, 400, "Bad Request");
    default:
      return set_status(response, 500, "Internal Server Error");
  }
}

/// "/cam0/stream=0" of "rtsp://host:554/cam0/stream=0?x=1"; the text itself when it has no scheme.
std::string_view path_of(std::string_view uri) {
  uri = uri.substr(0, uri.find('?'));
  const size_t scheme = uri.find("://");
  if (scheme != std::string_view::npos) {
    const size_t slash = uri.find('/', scheme + 3);
    uri = uri.substr(std::min(slash, uri.size()));
  }
  while (!uri.empty() && uri.back() == '/') uri.remove_suffix(1);
  return uri;
}

/// The URI up to the end of `path`, which is a part of it.
std::string base_of(std::string_view uri, std::string_view path) {
  const size_t end = static_cast<size_t>(path.data() + path.size() - uri.data());
  return std::string(uri.substr(0, end));
}

}  // namespace

ServerSession::ServerSession(ServerOptions options, ServerHandler& handler)
    : options_(std::move(options)), handler_(handler), auth_(options_.login) {}

Result<void> ServerSession::on_bytes(ByteSpan bytes, MonoTime now) {
  last_heard_ = now;
  parser_.feed(bytes);
  for (;;) {
    VEDETTE_ASSIGN(const MessageParser::Item item, parser_.next());
    if (item == MessageParser::Item::kNeedMore) return ok();
    // Frames are receiver reports, responses answer nothing we asked: both only prove life.
    if (item == MessageParser::Item::kRequest && state_ != State::kClosed)
      on_request(parser_.request());
  }
}

bool ServerSession::expired(MonoTime now) const {
  return udp_ && state_ == State::kPlaying &&
         now - last_heard_ > std::chrono::seconds(options_.timeout_s);
}

void ServerSession::on_request(const Request& request) {
  Response response;
  response.reason = "OK";
  const std::optional<uint32_t> cseq = cseq_of(request.headers);
  if (cseq) response.headers.add("CSeq", std::to_string(*cseq));
  response.headers.add("Server", options_.server);
  const bool open = request.method == "OPTIONS";
  if (!cseq) {
    set_status(response, 400, "Bad Request");
  } else if (!open && !auth_.admits(request.method, request.headers.get("Authorization"))) {
    set_status(response, 401, "Unauthorized");
    auth_.add_challenges(response.headers);
  } else if (open) {
    response.headers.add("Public", kPublic);
  } else if (request.method == "DESCRIBE") {
    on_describe(request, response);
  } else if (request.method == "SETUP") {
    on_set_up(request, response);
  } else if (request.method == "PLAY") {
    on_play(request, response);
  } else if (request.method == "PAUSE") {
    on_pause(request, response);
  } else if (request.method == "TEARDOWN") {
    on_teardown(request, response);
  } else if (request.method == "GET_PARAMETER" || request.method == "SET_PARAMETER") {
    if (state_ != State::kInit) add_session(response);
  } else {
    set_status(response, 501, "Not Implemented");
  }
  append_response(output_, response);
}

Result<ServerSession::Target> ServerSession::find_target(std::string_view uri) {
  const std::string_view path = path_of(uri);
  if (const auto whole = handler_.describe(path); whole) {
    Target target{std::string(path), std::nullopt, base_of(uri, path)};
    // Clients may leave the control out where there is only one medium.
    if (whole->controls.size() == 1) target.track = 0;
    return target;
  }
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0)
    return make_error(ErrorCode::kNotFound, "no such path");
  const std::string_view parent = path.substr(0, slash);
  VEDETTE_ASSIGN(const ServedMedia media, handler_.describe(parent));
  const auto control =
      std::find(media.controls.begin(), media.controls.end(), path.substr(slash + 1));
  if (control == media.controls.end()) return make_error(ErrorCode::kNotFound, "no such track");
  const auto track = static_cast<size_t>(control - media.controls.begin());
  return Target{std::string(parent), track, base_of(uri, parent)};
}

void ServerSession::on_describe(const Request& request, Response& response) {
  const std::string_view path = path_of(request.uri);
  auto media = handler_.describe(path);
  if (!media) return set_status(response, media.error());
  response.headers.add("Content-Base", base_of(request.uri, path) + "/");
  response.headers.add("Content-Type", "application/sdp");
  response.body = std::move(media->sdp);
}

void ServerSession::on_set_up(const Request& request, Response& response) {
  if (state_ == State::kPlaying) return set_status(response, 455, "Method Not Valid in This State");
  const auto target = find_target(request.uri);
  if (!target) return set_status(response, target.error());
  if (!target->track || (state_ == State::kReady && target->path != path_))
    return set_status(response, 459, "Aggregate Operation Not Allowed");
  if (state_ == State::kReady && !is_our_session(request))
    return set_status(response, 454, "Session Not Found");
  const auto asked = parse_transport(request.headers.get("Transport"));
  if (!asked || asked->multicast || (!asked->tcp && !asked->client_port))
    return set_status(response, 461, "Unsupported Transport");
  const auto given = handler_.set_up(target->path, *target->track, *asked);
  if (!given) return set_status(response, given.error());
  const auto media = handler_.describe(target->path);
  if (!media) return set_status(response, media.error());
  controls_ = media->controls;
  path_ = target->path;
  base_ = target->base;
  udp_ = !asked->tcp;
  state_ = State::kReady;
  response.headers.add("Transport", to_string(*given));
  add_session(response);
}

void ServerSession::on_play(const Request& request, Response& response) {
  if (state_ == State::kInit) return set_status(response, 455, "Method Not Valid in This State");
  if (!is_our_session(request)) return set_status(response, 454, "Session Not Found");
  add_session(response);
  // PLAY while playing is a keep-alive of old clients (RFC 2326 §10.5).
  if (state_ == State::kPlaying) return;
  const auto starts = handler_.play(path_);
  if (!starts) return set_status(response, starts.error());
  state_ = State::kPlaying;
  std::string info;
  for (const ServerHandler::Start& start : *starts) {
    if (start.track >= controls_.size()) continue;
    if (!info.empty()) info += ",";
    info += "url=" + base_ + "/" + controls_[start.track] + ";seq=" + std::to_string(start.seq) +
            ";rtptime=" + std::to_string(start.rtptime);
  }
  response.headers.add("Range", "npt=0.000-");
  response.headers.add("RTP-Info", info);
}

void ServerSession::on_pause(const Request& request, Response& response) {
  if (state_ != State::kPlaying) return set_status(response, 455, "Method Not Valid in This State");
  if (!is_our_session(request)) return set_status(response, 454, "Session Not Found");
  handler_.pause();
  state_ = State::kReady;
  add_session(response);
}

void ServerSession::on_teardown(const Request& request, Response& response) {
  if (state_ == State::kInit || !is_our_session(request))
    return set_status(response, 454, "Session Not Found");
  handler_.teardown();
  state_ = State::kClosed;
}

bool ServerSession::is_our_session(const Request& request) const {
  return parse_session(request.headers.get("Session")).id == options_.session_id;
}

void ServerSession::add_session(Response& response) const {
  response.headers.add("Session",
                       options_.session_id + ";timeout=" + std::to_string(options_.timeout_s));
}

}  // namespace vedette::rtsp
