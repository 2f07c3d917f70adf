// SPDX-License-Identifier: Apache-2.0
#include "ingest/stream_probe.h"

#include <utility>

#include "base/id.h"

namespace vedette::ingest {
namespace {

/// A challenge of a camera that hangs up after it, and one redirect.
constexpr int kMaxConnections = 3;
constexpr size_t kMaxPerTick = size_t{4} << 20;

std::string peer_of(const rtsp::Url& url) { return url.host + ":" + std::to_string(url.port); }

}  // namespace

StreamProbe::StreamProbe(rtsp::Url url, const Clock& clock, net::Connector& connector)
    : url_(std::move(url)),
      clock_(clock),
      connector_(connector),
      now_(clock.mono()),
      authenticator_(url_.user, url_.password, random_id()) {
  connect();
}

StreamProbe::~StreamProbe() = default;

void StreamProbe::connect() {
  ++connections_;
  session_.reset();
  video_.reset();
  backlog_.clear();
  stream_ = connector_.connect({url_.host, url_.port, url_.tls});
  deadline_ = now_ + (url_.tls ? kTlsConnectTimeout : kConnectTimeout);
}

void StreamProbe::tick(std::span<uint8_t> scratch) {
  if (done()) return;
  now_ = clock_.mono();
  if (session_ == nullptr) drive_connecting();
  if (!done() && session_ != nullptr) drive_open(scratch);
}

void StreamProbe::drive_connecting() {
  const auto state = stream_->poll();
  if (state == net::ByteStream::State::kClosed)
    return finish(make_error(ErrorCode::kUnavailable, stream_->error().what));
  if (state == net::ByteStream::State::kConnecting) {
    if (now_ >= deadline_)
      finish(make_error(
          ErrorCode::kUnavailable,
          peer_of(url_) + " does not answer; is the camera switched on and the address right?"));
    return;
  }
  rtsp::ClientOptions options;
  options.url = url_;
  options.cnonce = random_id();
  rtsp::ClientHandler& handler = *this;  // a private base: make_unique cannot see it
  session_ = std::make_unique<rtsp::ClientSession>(std::move(options), handler);
  authenticator_.on_new_connection();
  session_->set_authenticator(authenticator_);
  deadline_ = now_ + kPictureTimeout;
  session_->start(now_);
  write_output();
}

void StreamProbe::drive_open(std::span<uint8_t> scratch) {
  size_t total = 0;
  while (total < kMaxPerTick && !session_->closed()) {
    const auto count = stream_->read(scratch);
    if (!count) {
      session_->on_closed(count.error());
      break;
    }
    total += *count;
    if (*count > 0) session_->on_bytes(scratch.first(*count), now_);
    if (*count < scratch.size()) break;
  }
  session_->on_tick(now_);
  collect();
  write_output();
  settle();
}

void StreamProbe::collect() {
  if (video_ == nullptr) return;
  while (const auto au = video_->pop()) {
    if (offer_.key_frame == nullptr) {
      if (!au->random_access || au->damaged) continue;
      offer_.key_frame = au;
      offer_.fps = au->track->fps;
      first_picture_ = now_;
      first_dts_ = au->dts;
    }
    ++frames_;
    last_dts_ = au->dts;
  }
}

void StreamProbe::write_output() {
  if (session_->has_output()) {
    const Bytes output = session_->take_output();
    backlog_.insert(backlog_.end(), output.begin(), output.end());
  }
  if (backlog_.empty()) return;
  const auto count = stream_->write(backlog_);
  if (count) backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<ptrdiff_t>(*count));
}

/// Whether that was all, after what the handler was told and what time it is.
void StreamProbe::settle() {
  if (offer_.key_frame != nullptr) {
    const bool counted = now_ >= first_picture_ + kCounting || failure_.has_value();
    if (offer_.fps <= 0 && !counted) return;
    const int64_t ticks = last_dts_ - first_dts_;
    if (offer_.fps <= 0 && ticks > 0)
      offer_.fps = static_cast<double>(frames_ - 1) *
                   static_cast<double>(offer_.key_frame->track->timescale) /
                   static_cast<double>(ticks);
    session_->teardown();
    write_output();
    return finish(std::move(offer_));
  }
  const bool again = connections_ < kMaxConnections;
  if (redirect_ && again) {
    rtsp::Url next = *std::exchange(redirect_, std::nullopt);
    next.user = url_.user;
    next.password = url_.password;
    url_ = std::move(next);
    return connect();
  }
  if (failure_) {
    const Error failure = *std::exchange(failure_, std::nullopt);
    // Seen: the connection is closed after each 401. The challenge is known now, so that one more
    // connection gets in.
    const bool knows_more = session_->authenticator().challenged() && !authenticator_.challenged();
    if (failure.code == ErrorCode::kUnavailable && knows_more && again) {
      authenticator_ = session_->authenticator();
      return connect();
    }
    return finish(failure);
  }
  if (redirect_)
    return finish(make_error(ErrorCode::kUnavailable, "the camera redirects for ever"));
  if (now_ >= deadline_)
    finish(make_error(ErrorCode::kTimeout,
                      "the camera is reached, but within 11 s sends no picture that decoding can "
                      "start with; shorten its key frame interval"));
}

// ---- rtsp::ClientHandler ----

void StreamProbe::on_tracks(const std::vector<rtsp::TrackDescription>& tracks) {
  const auto give_up = [this](Error error) {
    failure_ = std::move(error);
    session_->teardown();
  };
  if (tracks.empty() || !media::is_video(tracks.front().codec))
    return give_up(make_error(ErrorCode::kUnsupported, "the stream has no video"));
  for (size_t i = 0; i < tracks.size(); ++i) {
    if (!media::is_video(tracks[i].codec)) offer_.audio = tracks[i].codec;
  }
  const rtsp::TrackDescription& track = tracks.front();
  const rtp::TrackSetup setup{
      track.codec, track.clock_rate, track.payload_type, track.channels, track.fmtp, true, now_};
  auto receiver = rtp::TrackReceiver::create(setup);
  if (!receiver) return give_up(std::move(receiver).error());
  video_ = std::move(receiver).value();
  video_track_ = 0;
  session_->set_up(std::vector<rtsp::ClientSession::SetUp>(1), now_);  // the first, over TCP
}

void StreamProbe::on_udp_peer(size_t, const UdpPeer&) {}

void StreamProbe::on_playing(const std::vector<PlayStart>&) {}

void StreamProbe::on_packet(size_t track, bool rtcp, ByteSpan packet) {
  if (video_ == nullptr || track != video_track_ || rtcp) return;
  const auto pushed = video_->push_rtp(packet, {now_, clock_.wall()});
  if (!pushed) failure_ = pushed.error();
}

void StreamProbe::on_redirect(const rtsp::Url& url) {
  if (url.host == url_.host) {
    redirect_ = url;
    return;
  }
  failure_ = make_error(ErrorCode::kUnavailable,
                        "the camera sends us to " + url.host +
                            ", which is not followed; give that address if it is right");
}

void StreamProbe::on_failed(const Error& error) {
  if (failure_) return;
  failure_ = error;
  // Bytes that are no RTSP before any track is known: another server, or another protocol.
  const bool nonsense =
      error.code == ErrorCode::kDataLoss || error.code == ErrorCode::kResourceExhausted;
  if (nonsense && video_ == nullptr)
    failure_ = make_error(ErrorCode::kFailedPrecondition,
                          peer_of(url_) + " answers, but does not speak RTSP");
  if (error.code == ErrorCode::kPermissionDenied) failure_->code = ErrorCode::kUnauthenticated;
}

void StreamProbe::finish(Result<StreamOffer> result) {
  result_ = std::move(result);
  stream_.reset();
}

}  // namespace vedette::ingest
