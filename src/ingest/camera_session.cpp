// SPDX-License-Identifier: Apache-2.0
#include "ingest/camera_session.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/id.h"
#include "base/log.h"

namespace vedette::ingest {
namespace {

using stream::BreakCause;

BreakCause cause_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
      return BreakCause::kUnauthenticated;
    case ErrorCode::kFailedPrecondition:
      return BreakCause::kNotACamera;
    case ErrorCode::kUnsupported:
      return BreakCause::kUnsupported;
    case ErrorCode::kTimeout:
      return BreakCause::kStalled;
    case ErrorCode::kDataLoss:
    case ErrorCode::kResourceExhausted:
      return BreakCause::kBadStream;
    case ErrorCode::kNotFound:
      return BreakCause::kUnreachable;
    default:
      return BreakCause::kClosedByCamera;
  }
}

/// Whether a person has to act before another try can succeed.
bool needs_a_person(ErrorCode code) {
  return code == ErrorCode::kUnauthenticated || code == ErrorCode::kPermissionDenied ||
         code == ErrorCode::kFailedPrecondition || code == ErrorCode::kUnsupported ||
         code == ErrorCode::kNotFound;
}

/// RFC 3550 §6.6: a BYE anywhere in a compound packet.
bool holds_bye(ByteSpan compound) {
  ByteReader reader(compound);
  while (reader.remaining() >= 4) {
    reader.u8();
    if (reader.u8() == 203) return true;
    reader.skip(size_t{4} * reader.u16());
  }
  return false;
}

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

void CameraSession::read_datagrams(std::span<uint8_t> scratch) {
  std::array<net::DatagramPair::Datagram, 64> datagrams;
  for (size_t i = 0; i < tracks_.size() && !session_->closed(); ++i) {
    if (tracks_[i].datagrams == nullptr) continue;
    size_t total = 0;
    size_t count = datagrams.size();
    while (count == datagrams.size() && total < kMaxPerTick) {
      auto got = tracks_[i].datagrams->read(scratch, datagrams);
      count = got ? *got : 0;
      for (size_t n = 0; n < count; ++n) {
        total += datagrams[n].bytes.size();
        const bool rtcp = datagrams[n].which == net::DatagramPair::Which::kRtcp;
        if (!rtcp && tracks_[i].video) session_->note_packet(now_);
        on_packet(i, rtcp, datagrams[n].bytes);
      }
    }
    counters_.bytes += total;
  }
}

void CameraSession::publish() {
  for (Track& track : tracks_) {
    if (track.receiver == nullptr) continue;
    while (auto au = track.receiver->pop()) {
      if (track.video) {
        meter_.add(au->data.size());
        time_ = StreamTime{au->utc_source == media::UtcSource::kRtcp, au->utc_error_us, {}};
      }
      ++counters_.access_units;
      if (!live_ && track.video) {
        live_ = true;
        ++counters_.sessions;
        backoff_.reset();
        quick_retry_used_ = false;
        redirects_ = 0;
        last_break_.reset();
        note_device();
        set_state(StreamState::kLive, std::nullopt, {});
        log::info("ingest", "camera={} stream={} event=live", config_.camera,
                  to_string(config_.kind));
      }
      hub_->publish(std::move(au));
    }
  }
}

void CameraSession::send_reports() {
  if (!session_->playing()) return;
  for (size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i].receiver == nullptr) continue;
    const auto report = tracks_[i].receiver->make_receiver_report(now_);
    if (!report) continue;
    if (tracks_[i].datagrams == nullptr)
      session_->send_rtcp(i, *report);
    else  // a report that is lost is one of many
      (void)tracks_[i].datagrams->send(net::DatagramPair::Which::kRtcp, *report);
  }
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

void CameraSession::on_tracks(const std::vector<rtsp::TrackDescription>& descriptions) {
  if (login_) login_->on_accepted(this);
  tracks_.clear();
  std::vector<rtsp::ClientSession::SetUp> wanted;
  const bool udp = config_.transport == rtsp::LowerTransport::kUdp;
  for (size_t i = 0; i < descriptions.size(); ++i) {
    const rtsp::TrackDescription& description = descriptions[i];
    Track& track = tracks_.emplace_back();
    track.video = media::is_video(description.codec);
    rtp::TrackSetup setup{description.codec,
                          description.clock_rate,
                          description.payload_type,
                          description.channels,
                          description.fmtp,
                          !udp,
                          now_};
    auto receiver = rtp::TrackReceiver::create(setup);
    if (!receiver && track.video) {
      ending_ = Ending{cause_of(receiver.error().code), receiver.error().message(), kLongCap};
      return session_->teardown();
    }
    if (!receiver) {  // the picture is recorded without its sound
      log::warn("ingest", "camera={} event=no_sound why=\"{}\"", config_.camera,
                receiver.error().message());
      continue;
    }
    track.receiver = std::move(receiver).value();
    rtsp::ClientSession::SetUp choice{i, 0};
    if (udp) {
      auto pair = connector_.open_datagram_pair();
      if (!pair) {
        ending_ = Ending{BreakCause::kUnreachable, pair.error().message(), kShortCap};
        return session_->teardown();
      }
      track.datagrams = std::move(pair).value();
      choice.client_rtp_port = track.datagrams->rtp_port();
    }
    wanted.push_back(choice);
  }
  session_->set_up(std::move(wanted), now_);
}

void CameraSession::on_udp_peer(size_t track, const UdpPeer& peer) {
  // The address of the connection, not `source`: cameras behind address translation name one that
  // nobody can reach, and one that names a stranger must not make us talk to him.
  const auto set = tracks_[track].datagrams->set_peer(
      stream_->peer_address(), peer.server_port.first, peer.server_port.second);
  if (set) return;
  ending_ = Ending{BreakCause::kUnreachable, set.error().message(), kShortCap};
  session_->teardown();
}

void CameraSession::on_playing(const std::vector<PlayStart>& info) {
  for (size_t i = 0; i < info.size() && i < tracks_.size(); ++i)
    if (tracks_[i].receiver != nullptr && info[i].rtptime)
      tracks_[i].receiver->set_rtp_info(*info[i].rtptime, info[i].seq);
}

void CameraSession::on_packet(size_t track, bool rtcp, ByteSpan packet) {
  if (track >= tracks_.size() || tracks_[track].receiver == nullptr || ending_) return;
  rtp::TrackReceiver& receiver = *tracks_[track].receiver;
  if (rtcp) {
    receiver.push_rtcp(packet, {now_, wall_});
    if (tracks_[track].video && holds_bye(packet))
      ending_ =
          Ending{BreakCause::kClosedByCamera, "the camera ended the stream (RTCP BYE)", kShortCap};
    return;
  }
  const auto pushed = receiver.push_rtp(packet, {now_, wall_});
  if (pushed) return;
  // One that was live and has changed is well: it is asked at once, and what it lost is the change.
  const bool changed = live_ && pushed.error().code == ErrorCode::kFailedPrecondition;
  ending_ = Ending{BreakCause::kBadStream, pushed.error().what, changed ? Duration(0) : kShortCap};
}

void CameraSession::on_redirect(const rtsp::Url& url) {
  if (++redirects_ > kMaxRedirects)
    ending_ = Ending{BreakCause::kUnreachable, "the camera redirects in a circle", kLongCap};
  else
    redirect_ = url;
}

void CameraSession::on_failed(const Error& error) {
  if (ending_) return;
  // Seen: the connection is closed after each 401. The challenge is known now, so that one more
  // connection gets in.
  const bool closed_early =
      error.code == ErrorCode::kUnavailable && !live_ && session_->authenticator().challenged();
  const bool quick = closed_early && !std::exchange(quick_retry_used_, true);
  const Duration cap = needs_a_person(error.code) ? kLongCap : kShortCap;
  refused_ = error.code == ErrorCode::kUnauthenticated;
  ending_ = Ending{cause_of(error.code), error.what, quick ? Duration(0) : cap};
  if (session_->authenticator().asked_in_clear()) ending_->cause = BreakCause::kWeakerLogin;
  if (!login_ || !refused_ || !session_->authenticator().unproven()) return;
  ending_->detail += "; it is tried again after some minutes, or at once when the camera is saved";
  login_->on_refused(this, ending_->detail, now_);
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
  last_break_ = stream::Break{cause, detail, wall_};
  hub_->break_stream(*last_break_);
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
  if (session_ != nullptr) {
    counters_.garbage_bytes += session_->garbage_bytes();
    // A known challenge saves a round trip next time; one whose answer was refused does not.
    authenticator_ = session_->authenticator();
    note_login();
    if (std::exchange(refused_, false)) authenticator_.reset();
  }
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
  // Not flushed and not torn down: what threw would be called again.
  tracks_.clear();
  session_.reset();
  stream_.reset();
  redirect_.reset();
  ending_.reset();
  end(BreakCause::kBadStream,
      "the computer ran out of memory, or Vedette failed inside; see its log", kShortCap);
}

void CameraSession::stop() {
  now_ = clock_.mono();
  wall_ = clock_.wall();
  end(BreakCause::kStopped, "The camera was removed, changed, or Vedette was stopped.", kShortCap);
}

// ---- Status ----

void CameraSession::set_state(StreamState state, std::optional<BreakCause> cause,
                              std::string message) {
  refresh_status();
  MutexLock lock(mutex_);
  const bool was_live = status_.state == StreamState::kLive;
  const bool is_live = state == StreamState::kLive;
  if (was_live != is_live || status_.cause.has_value() != cause.has_value()) status_.since = wall_;
  status_.state = state;
  status_.cause = cause;
  status_.message = std::move(message);
}

/// What a session has heard; one that heard nothing leaves what was known.
void CameraSession::note_device() {
  if (session_ == nullptr) return;
  DeviceSigns device = session_->device();
  if (device.empty()) return;
  device.hardware = hardware_;
  MutexLock lock(mutex_);
  status_.device = std::move(device);
}

void CameraSession::refresh_status() {
  StreamCounters counters = counters_;
  counters.packets = base_stats_.packets;
  counters.lost = base_stats_.lost;
  counters.malformed = base_stats_.malformed;
  counters.damaged = base_stats_.damaged;
  for (const Track& track : tracks_) {
    if (track.receiver == nullptr) continue;
    const rtp::ReceiverStats& stats = track.receiver->stats();
    counters.packets += stats.packets;
    counters.lost += stats.lost;
    counters.malformed += stats.malformed;
    counters.damaged += stats.damaged;
    if (track.video && time_) time_->camera_clock = stats.camera_clock;
  }
  loss_.count(now_, counters.packets, counters.lost);
  if (session_ != nullptr) counters.garbage_bytes += session_->garbage_bytes();
  MutexLock lock(mutex_);
  status_.counters = counters;
  status_.bitrate = meter_.bits_per_second();
  status_.fps = meter_.frames_per_second();
  status_.loss = loss_.share();
  status_.time = time_;
}

StreamStatus CameraSession::status() const {
  MutexLock lock(mutex_);
  return status_;
}

}  // namespace vedette::ingest
