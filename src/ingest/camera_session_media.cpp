// SPDX-License-Identifier: Apache-2.0
// The part of a session that carries media: from what the camera described to pictures in the hub.
#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "ingest/camera_session.h"
#include "ingest/causes.h"

namespace vedette::ingest {
namespace {

using stream::BreakCause;

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

}  // namespace

void CameraSession::on_tracks(const std::vector<rtsp::TrackDescription>& descriptions) {
  if (login_) login_->on_accepted(this, device_signs());
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
  last_picture_ = now_;
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
        last_picture_ = now_;
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
        patience_ = kNoPictureTimeout;
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

// A camera that was set to another codec may go on under the same payload type, and without
// anything in its packets that says so: only asking it again tells. One that sends parameter sets
// with a key frame each minute must not be asked again before it came: each vain session is given
// more time.
void CameraSession::expect_pictures() {
  if (!session_->playing() || ending_ || now_ - last_picture_ < patience_) return;
  ending_ = Ending{BreakCause::kBadStream,
                   "packets arrive, but no picture could be made of them; it is asked again",
                   live_ ? Duration(0) : kShortCap};
  if (!live_) patience_ = std::min(2 * patience_, kMaxPatience);
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

}  // namespace vedette::ingest
