// SPDX-License-Identifier: Apache-2.0
#include "rtsp/client_session.h"

#include <utility>

namespace vedette::rtsp {
ClientSession::ClientSession(ClientOptions options, ClientHandler& handler)
    : options_(std::move(options)),
      handler_(handler),
      authenticator_(options_.url.user, options_.url.password, options_.cnonce),
      keep_alive_interval_(kMaxKeepAlive) {
  authenticator_.set_digest_only(options_.digest_only);
}

void ClientSession::set_authenticator(Authenticator authenticator) {
  authenticator_ = std::move(authenticator);
  authenticator_.on_new_connection();
  authenticator_.set_digest_only(options_.digest_only);
}

Bytes ClientSession::take_output() { return std::exchange(output_, {}); }

// ---- Driving ----

void ClientSession::start(MonoTime now) {
  VEDETTE_ASSERT(state_ == State::kIdle);
  now_ = now;
  base_ = aggregate_ = options_.url.request_uri();
  send_options();
}

void ClientSession::on_bytes(ByteSpan bytes, MonoTime now) {
  if (state_ == State::kIdle || state_ == State::kClosed) return;
  now_ = now;
  parser_.feed(bytes);
  while (state_ != State::kClosed) {
    auto item = parser_.next();
    if (!item) {
      if (answered_) return fail(std::move(item).error());
      return fail(ErrorCode::kFailedPrecondition,
                  "what answers there does not speak RTSP; check the port, cameras use 554");
    }
    if (*item == MessageParser::Item::kNeedMore) return;
    if (*item == MessageParser::Item::kFrame) on_frame(parser_.frame());
    if (*item == MessageParser::Item::kRequest) on_request(parser_.request());
    if (*item == MessageParser::Item::kResponse) on_response(parser_.response());
  }
}

void ClientSession::on_tick(MonoTime now) {
  if (state_ == State::kIdle || state_ == State::kClosed) return;
  now_ = now;
  if (state_ == State::kPlaying) {
    if (now - last_video_ >= kStallTimeout)
      return fail(ErrorCode::kTimeout,
                  "the camera stays connected but has sent no picture for 8 s");
    if (now >= next_keep_alive_) send_keep_alive();
    return;
  }
  if (pending_ && now >= pending_->deadline) on_deadline();
}

void ClientSession::on_deadline() {
  if (state_ == State::kOptions) {
    // Some cameras never answer OPTIONS: it is only asked for the sake of the keep-alive method.
    abandoned_cseq_ = pending_->cseq;
    return send_describe();
  }
  // Seen: a Content-Length larger than the body. What came is taken when it was enough.
  if (parser_.flush_short_body() == MessageParser::Item::kResponse) {
    on_response(parser_.response());
    return;
  }
  if (!answered_ && parser_.garbage_bytes() > 0)
    return fail(ErrorCode::kFailedPrecondition,
                "what answers there does not speak RTSP; check the port, cameras use 554");
  fail(ErrorCode::kTimeout, "no answer to " + pending_->method +
                                " within 5 s; if that goes on, restart the camera and check that"
                                " its address is right");
}

void ClientSession::on_closed(const Error& why) {
  if (state_ == State::kClosed) return;
  if (!answered_ && parser_.garbage_bytes() > 0)
    return fail(ErrorCode::kFailedPrecondition,
                "what answers there does not speak RTSP; check the port, cameras use 554");
  fail(ErrorCode::kUnavailable, why.what);
}

void ClientSession::teardown() {
  if (state_ != State::kIdle && state_ != State::kClosed && !session_.empty())
    send("TEARDOWN", aggregate_, {});
  state_ = State::kClosed;
}

void ClientSession::fail(ErrorCode code, std::string what) {
  fail(make_error(code, std::move(what)));
}

void ClientSession::fail(Error error) {
  if (state_ == State::kClosed) return;
  teardown();
  handler_.on_failed(std::move(error).with_context("rtsp"));
}

// ---- Requests ----

void ClientSession::send(std::string method, const std::string& uri, Headers extra) {
  pending_extra_ = std::move(extra);
  pending_ = Pending{std::move(method), uri, 0, now_ + kStepTimeout};
  resend();
}

void ClientSession::resend() {
  pending_->cseq = next_cseq_++;
  Request request{pending_->method, pending_->uri, {}, {}};
  request.headers.add("CSeq", std::to_string(pending_->cseq));
  request.headers.add("User-Agent", options_.user_agent);
  const std::string authorization = authenticator_.authorization(request.method, request.uri);
  if (!authorization.empty()) request.headers.add("Authorization", authorization);
  if (!session_.empty()) request.headers.add("Session", session_);
  for (const Header& field : pending_extra_.fields()) request.headers.add(field.name, field.value);
  append_request(output_, request);
}

void ClientSession::send_options() {
  state_ = State::kOptions;
  send("OPTIONS", base_, {});
  pending_->deadline = now_ + kOptionsTimeout;
}

void ClientSession::send_describe() {
  state_ = State::kDescribe;
  Headers extra;
  extra.add("Accept", "application/sdp");
  send("DESCRIBE", options_.url.request_uri(), std::move(extra));
}

void ClientSession::set_up(std::vector<SetUp> tracks, MonoTime now) {
  if (state_ != State::kChoosing) return;
  VEDETTE_ASSERT(!tracks.empty());
  now_ = now;
  to_set_up_.assign(tracks.begin(), tracks.end());
  send_next_set_up();
}

void ClientSession::send_next_set_up() {
  state_ = State::kSetUp;
  const SetUp& next = to_set_up_.front();
  VEDETTE_ASSERT(next.track < tracks_.size());
  Transport transport;
  transport.tcp = options_.transport == LowerTransport::kTcp;
  const auto first = transport.tcp ? static_cast<uint16_t>(2 * next.track) : next.client_rtp_port;
  const NumberPair pair{first, static_cast<uint16_t>(first + 1)};
  (transport.tcp ? transport.interleaved : transport.client_port) = pair;
  Headers extra;
  extra.add("Transport", to_string(transport));
  send("SETUP", tracks_[next.track].control, std::move(extra));
}

void ClientSession::send_play() {
  state_ = State::kPlay;
  last_video_ = now_;
  Headers extra;
  extra.add("Range", "npt=0.000-");
  send("PLAY", aggregate_, std::move(extra));
}

void ClientSession::send_keep_alive() {
  next_keep_alive_ = now_ + keep_alive_interval_;
  send(keep_alive_by_get_parameter_ ? "GET_PARAMETER" : "OPTIONS", aggregate_, {});
}

void ClientSession::send_rtcp(size_t track, ByteSpan packet) {
  if (state_ != State::kPlaying || track >= rtp_channel_.size()) return;
  append_interleaved(output_, static_cast<uint8_t>(rtp_channel_[track] + 1), packet);
}

}  // namespace vedette::rtsp
