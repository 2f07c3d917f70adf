// SPDX-License-Identifier: Apache-2.0
#include "ingest/camera_session.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/id.h"
#include "base/log.h"
#include "ingest/causes.h"

namespace vedette::ingest {
namespace {

using stream::BreakCause;

rtsp::Url parsed(const std::string& text) {
  auto url = rtsp::parse_url(text);
  VEDETTE_ASSERT(url.has_value());
  return std::move(url).value();
}

}  // namespace

CameraSession::CameraSession(StreamConfig config, Parts parts)
    : config_(std::move(config)),
      hub_(std::move(parts.hub)),
      login_(std::move(parts.login)),
      clock_(parts.clock),
      connector_(parts.connector),
      url_(parsed(config_.url)),
      target_(url_),
      wake_(clock_.mono()),
      backoff_(std::hash<std::string>{}(config_.camera + std::string(to_string(config_.kind)))) {
  MutexLock lock(mutex_);
  status_.camera = config_.camera;
  status_.kind = config_.kind;
  status_.since = clock_.wall();
}

CameraSession::~CameraSession() {
  if (login_) login_->on_left(this);
}

Duration CameraSession::tick_interval() const {
  if ((phase_ != Phase::kWaiting && !live_) || hub_->has_readers()) return kHurriedTick;
  if (config_.transport == rtsp::LowerTransport::kUdp) return kDatagramTick;
  return last_read_ <= kLazyBytes ? kLazyTick : kTick;
}

// ---- The tick ----

void CameraSession::tick(std::span<uint8_t> scratch) {
  now_ = clock_.mono();
  wall_ = clock_.wall();
  if (giving_up_) give_up();
  if (phase_ == Phase::kWaiting && may_connect()) connect();
  if (phase_ == Phase::kConnecting) drive_connecting();
  if (phase_ == Phase::kOpen) drive_open(scratch);
  if (meter_.tick(now_)) refresh_status();
  hub_->tick(now_);
}

bool CameraSession::may_connect() const { return held_ ? !login_->refused(now_) : now_ >= wake_; }

/// False: another stream of this login is trying it, and what it finds out is waited for.
bool CameraSession::may_log_in() {
  if (!login_ || login_->may_try(this, now_)) return true;
  if (auto message = login_->refused(now_)) {
    held_ = true;
    end(BreakCause::kUnauthenticated, *std::move(message), kLongCap);
  }
  return false;
}

void CameraSession::connect() {
  held_ = false;
  ++counters_.attempts;
  stream_ = connector_.connect({target_.host, target_.port, target_.tls});
  phase_ = Phase::kConnecting;
  wake_ = now_ + (target_.tls ? kTlsConnectTimeout : kConnectTimeout);
}

void CameraSession::drive_connecting() {
  const auto state = stream_->poll();
  if (state == net::ByteStream::State::kClosed)
    return end(BreakCause::kUnreachable, stream_->error().what, kShortCap);
  if (state == net::ByteStream::State::kConnecting) {
    if (now_ >= wake_)
      end(BreakCause::kUnreachable,
          target_.host + ":" + std::to_string(target_.port) +
              " does not answer; is the camera switched on and the address right?",
          kShortCap);
    return;
  }
  if (may_log_in()) open_session();
}

void CameraSession::open_session() {
  rtsp::ClientOptions options;
  options.url = target_;
  options.transport = config_.transport;
  options.cnonce = random_id();
  options.digest_only = login_ && login_->digest_only();
  rtsp::ClientHandler& handler = *this;  // a private base: make_unique cannot see it
  session_ = std::make_unique<rtsp::ClientSession>(std::move(options), handler);
  if (authenticator_) session_->set_authenticator(*authenticator_);
  hardware_ = device_sign(stream_->peer_hardware());
  phase_ = Phase::kOpen;
  session_->start(now_);
  write_output();
}

void CameraSession::drive_open(std::span<uint8_t> scratch) {
  read_stream(scratch);
  if (config_.transport == rtsp::LowerTransport::kUdp) read_datagrams(scratch);
  publish();
  session_->on_tick(now_);
  expect_pictures();
  send_reports();
  write_output();
  if (redirect_) {
    target_ = *std::exchange(redirect_, std::nullopt);
    close_connection();
    phase_ = Phase::kWaiting;
    wake_ = now_;
    return;
  }
  if (ending_) {
    const Ending ending = *std::exchange(ending_, std::nullopt);
    end(ending.cause, ending.detail, ending.cap);
  }
}

void CameraSession::read_stream(std::span<uint8_t> scratch) {
  size_t total = 0;
  while (total < kMaxPerTick && !session_->closed()) {
    const auto count = stream_->read(scratch);
    if (!count) return session_->on_closed(count.error());
    counters_.bytes += *count;
    total += *count;
    if (*count > 0) session_->on_bytes(scratch.first(*count), now_);
    // A short read emptied the socket: asking again would be a system call for nothing.
    if (*count < scratch.size()) break;
  }
  last_read_ = total;
}

void CameraSession::write_output() {
  if (session_->has_output()) {
    const Bytes output = session_->take_output();
    backlog_.insert(backlog_.end(), output.begin(), output.end());
  }
  if (backlog_.empty()) return;
  const auto count = stream_->write(backlog_);
  if (!count) return session_->on_closed(count.error());
  backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<ptrdiff_t>(*count));
  if (backlog_.size() > kMaxBacklog && !ending_)
    ending_ =
        Ending{BreakCause::kStalled, "the camera takes nothing of what it is sent", kShortCap};
}

// ---- rtsp::ClientHandler ----

void CameraSession::on_redirect(const rtsp::Url& url) {
  if (++redirects_ > kMaxRedirects)
    ending_ = Ending{BreakCause::kUnreachable, "the camera redirects in a circle", kLongCap};
  else
    redirect_ = url;
}

void CameraSession::on_failed(const Error& error) {
  if (ending_) return;
  const rtsp::Authenticator& authenticator = session_->authenticator();
  // Seen: the connection is closed after each 401. The challenge is known now, so that one more
  // connection gets in.
  const bool closed_early =
      error.code == ErrorCode::kUnavailable && !live_ && authenticator.challenged();
  const bool quick = closed_early && !std::exchange(quick_retry_used_, true);
  asked_just_now_ = closed_early && authenticator.unproven();
  // One that carried the answer, and was closed after a 401 all the same.
  const bool hung_up_on = asked_just_now_ && !quick && authenticator_.has_value();
  const ErrorCode code = hung_up_on ? ErrorCode::kUnauthenticated : error.code;
  const Duration cap = needs_a_person(code) ? kLongCap : kShortCap;
  refused_ = code == ErrorCode::kUnauthenticated;
  ending_ = Ending{cause_of(code), error.what, quick ? Duration(0) : cap};
  if (hung_up_on) ending_->detail = "the camera refuses this user or password, and hangs up";
  if (authenticator.asked_in_clear()) ending_->cause = BreakCause::kWeakerLogin;
  if (!login_ || !refused_ || !authenticator.unproven()) return;
  ending_->detail += "; it is tried again after some minutes, or at once when the camera is saved";
  login_->on_refused(this, {ending_->detail, device_signs()}, now_);
  held_ = true;
}

// ---- Endings ----

// By value: the text may lie in the stream that is closed here.
void CameraSession::end(BreakCause cause, std::string detail, Duration cap) {
  for (Track& track : tracks_)
    if (track.receiver != nullptr) track.receiver->flush();
  publish();
  if (session_ != nullptr) {
    session_->teardown();
    write_output();
    ending_.reset();
  }
  const bool was_live = std::exchange(live_, false);
  if (login_) login_->on_left(this);
  note_device();
  close_connection();
  target_ = url_;
  redirects_ = 0;
  phase_ = Phase::kWaiting;
  wake_ = now_ + (cap.count() == 0 ? cap : backoff_.next(cap));
  const bool stopped = cause == BreakCause::kStopped;
  if (!stopped && (was_live || !last_break_ || last_break_->cause != cause))
    log::warn("ingest", "camera={} stream={} event=down cause={} why=\"{}\"", config_.camera,
              to_string(config_.kind), to_string(cause), detail);
  tell_hub(cause, detail);
  set_state(StreamState::kDown, cause, std::move(detail));
}

void CameraSession::tell_hub(BreakCause cause, const std::string& detail) {
  // Repeated failures of one kind are one gap, not many.
  if (last_break_ && last_break_->cause == cause && last_break_->detail == detail) return;
  hub_->break_stream({cause, detail, wall_});
  last_break_ = stream::Break{cause, detail, wall_};  // when the hub has heard of it
}

void CameraSession::close_connection() {
  const auto add = [](uint64_t& sum, uint64_t more) { sum += more; };
  for (const Track& track : tracks_) {
    if (track.receiver == nullptr) continue;
    const rtp::ReceiverStats& stats = track.receiver->stats();
    add(base_stats_.packets, stats.packets);
    add(base_stats_.lost, stats.lost);
    add(base_stats_.malformed, stats.malformed);
    add(base_stats_.damaged, stats.damaged);
  }
  authenticator_.reset();
  if (session_ != nullptr) {
    counters_.garbage_bytes += session_->garbage_bytes();
    note_login();
    if (asked_just_now_ && !refused_) authenticator_ = session_->authenticator();
  }
  refused_ = asked_just_now_ = false;
  tracks_.clear();
  session_.reset();
  stream_.reset();
  backlog_.clear();
  meter_.reset(now_);
  time_.reset();
}

void CameraSession::note_login() {
  if (login_ && session_->authenticator().offered_digest()) login_->on_digest();
}

void CameraSession::try_again() {
  if (login_ && !live_) login_->begin_anew();
  if (phase_ != Phase::kWaiting) return;
  backoff_.reset();
  held_ = false;
  wake_ = clock_.mono();
}

void CameraSession::give_up() {
  giving_up_ = true;  // what throws in here is done again by the next tick
  // Not flushed and not torn down: what threw would be called again.
  tracks_.clear();
  session_.reset();
  stream_.reset();
  redirect_.reset();
  ending_.reset();
  end(BreakCause::kBadStream,
      "the computer ran out of memory, or Vedette failed inside; see its log", kShortCap);
  giving_up_ = false;
}

void CameraSession::stop() {
  now_ = clock_.mono();
  wall_ = clock_.wall();
  end(BreakCause::kStopped, "The camera was removed, changed, or Vedette was stopped.", kShortCap);
}

}  // namespace vedette::ingest
