// SPDX-License-Identifier: Apache-2.0
#include "sim/connection.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/id.h"
#include "rtp/rtcp.h"

namespace vedette::sim {
namespace {

constexpr size_t kPrefix = rtsp::kInterleavedHeaderBytes;
constexpr Duration kReportInterval = std::chrono::seconds(5);
constexpr std::string_view kCname = "vedette-sim";

uint32_t random_u32() {
  uint32_t value = 0;
  const std::string hex = random_id(4);
  std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  return value;
}

rtsp::ServerOptions server_options(const SimOptions& options) {
  rtsp::ServerOptions server;
  server.server = "Vedette simulator";
  server.session_id = random_id(4);
  server.login = {options.auth,     "camera",     options.user,
                  options.password, random_id(8), options.requests_per_nonce};
  return server;
}

void put_u16(uint8_t* at, uint32_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
void put_u32(uint8_t* at, uint32_t value) {
  put_u16(at, value >> 16);
  put_u16(at + 2, value & 0xffff);
}

sockaddr_in with_port(sockaddr_in address, uint16_t port) {
  address.sin_port = htons(port);
  return address;
}

}  // namespace

PathTarget find_stream(const World& world, std::string_view path) {
  PathTarget target;
  if (!path.starts_with("/cam")) return target;
  path.remove_prefix(4);
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), target.camera);
  if (error != std::errc() || target.camera >= world.cameras.size()) return target;
  path.remove_prefix(static_cast<size_t>(end - path.data()));
  const CameraWorld& camera = world.cameras[target.camera];
  target.sub = path == "/sub";
  if (path.empty()) target.stream = camera.main;
  if (target.sub) target.stream = camera.sub;
  return target;
}

Connection::Connection(World& world, int fd, sockaddr_in peer)
    : world_(world),
      fd_(fd),
      peer_(peer),
      outbox_(fd, world.options.max_backlog),
      session_(server_options(world.options), *this) {}

Connection::~Connection() { close(fd_); }

void Connection::reset_on_close() {
  const linger hard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

bool Connection::on_readable() {
  std::array<uint8_t, 16384> buffer;
  for (;;) {
    const ssize_t n = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (n == 0) return false;
    const ByteSpan bytes(buffer.data(), static_cast<size_t>(n));
    const bool understood = session_.on_bytes(bytes, world_.clock->mono()).has_value();
    if (rebooted_ || !outbox_.write(session_.take_output())) return false;
    if (!understood || session_.closed()) ending_ = true;
    end_when_sent();
  }
}

bool Connection::on_writable() {
  if (!outbox_.flush()) return false;
  end_when_sent();
  return true;
}

void Connection::end_when_sent() {
  // Half-closed: closing while the client's reports lie unread would reset the connection, and the
  // client would lose what it has not read yet.
  if (ending_ && outbox_.backlog() == 0) shutdown(fd_, SHUT_WR);
}

std::optional<MonoTime> Connection::next_due() const {
  if (!feed_ || ending_) return std::nullopt;
  return feed_->due();
}

Result<rtsp::ServedMedia> Connection::describe(std::string_view path) {
  const PathTarget target = find_stream(world_, path);
  if (!target.stream) return make_error(ErrorCode::kNotFound, "no camera at " + std::string(path));
  const Duration since = world_.clock->mono() - world_.start;
  if (world_.cameras[target.camera].faults.rebooting(since)) {
    rebooted_ = true;
    reset_on_close();
    return make_error(ErrorCode::kUnavailable, "the camera is starting");
  }
  return rtsp::ServedMedia{target.stream->sdp, target.stream->controls};
}

Result<rtsp::Transport> Connection::set_up(std::string_view path, size_t track,
                                           const rtsp::Transport& asked) {
  const PathTarget target = find_stream(world_, path);
  VEDETTE_ASSERT(target.stream && track < target.stream->tracks.size());
  if (track >= senders_.size()) return make_error(ErrorCode::kUnsupported, "too many tracks");
  camera_ = target.camera;
  sub_ = target.sub;
  udp_ = !asked.tcp;
  Sender& sender = senders_[track];
  sender = {};
  sender.used = true;
  sender.ssrc = random_u32();
  sender.seq = static_cast<uint16_t>(random_u32());
  sender.first_timestamp = random_u32();
  rtsp::Transport given = asked;
  given.ssrc = sender.ssrc;
  if (asked.tcp) {
    const auto usual = static_cast<uint16_t>(track * 2);
    given.interleaved = asked.interleaved.value_or(rtsp::NumberPair{usual, usual + 1});
    if (given.interleaved->first > 254)
      return make_error(ErrorCode::kUnsupported, "channels go up to 255");
    sender.channel = static_cast<uint8_t>(given.interleaved->first);
  } else {
    sender.rtp = with_port(peer_, asked.client_port->first);
    sender.rtcp = with_port(peer_, asked.client_port->second);
    given.server_port = rtsp::NumberPair{world_.udp_port, world_.udp_port + 1};
  }
  return given;
}

Result<std::vector<rtsp::ServerHandler::Start>> Connection::play(std::string_view path) {
  const PathTarget target = find_stream(world_, path);
  VEDETTE_ASSERT(target.stream != nullptr);
  const MonoTime now = world_.clock->mono();
  const SimOptions& options = world_.options;
  const MonoTime epoch = options.once ? now : world_.start + (Duration(0) - camera().phase);
  feed_.emplace(target.stream, epoch, options.faults.drift_ppm);
  if (!options.once) feed_->seek_key_frame(now);
  ++plays_;
  ++camera().stats.sessions;
  garbage_sent_ = camera().faults.garbage_count(now - world_.start);

  std::vector<Start> starts;
  for (size_t track = 0; track < target.stream->tracks.size(); ++track) {
    Sender& sender = senders_[track];
    if (!sender.used) continue;
    sender.next_report = now;
    // The first frame of each track to come tells where its timestamps begin.
    Feed ahead = *feed_;
    const size_t frames = target.stream->frames.size();
    for (size_t i = 0; i < frames && ahead.frame().track != track; ++i) ahead.advance();
    const auto ticks = static_cast<uint32_t>(ahead.ticks());
    starts.push_back({track, sender.seq, sender.first_timestamp + ticks});
  }
  return starts;
}

bool Connection::send_due(MonoTime now) {
  VEDETTE_ASSERT(feed_.has_value());
  const Duration since = now - world_.start;
  if (camera().faults.rebooting(since)) {
    reset_on_close();
    return false;
  }
  if (session_.expired(now)) return false;
  Sender& sender = senders_[feed_->frame().track];
  if (sender.used) {
    if (camera().faults.stalled(since)) {
      // The camera went on filming: what nobody got leaves a hole in the numbers.
      sender.seq = static_cast<uint16_t>(sender.seq + feed_->frame().packet_count);
    } else if (!send_frame(sender, now)) {
      if (outbox_.overflowed()) ++world_.clients_dropped;
      return false;
    }
  }
  feed_->advance();
  if (world_.options.once && feed_->loops() > 0) return send_end();
  return true;
}

bool Connection::send_frame(Sender& sender, MonoTime now) {
  if (now >= sender.next_report && !send_report(sender, now)) return false;
  queue_packets(sender);
  size_t octets = 0;
  for (const ServedPacket* body : bodies_) octets += body->size;
  sender.packets += static_cast<uint32_t>(bodies_.size());
  sender.octets += static_cast<uint32_t>(octets);
  count(bodies_.size() == feed_->frame().packet_count, octets);
  queue_garbage(now - world_.start);
  if (!udp_) return send_tcp();
  send_udp(sender);
  return true;
}

void Connection::queue_packets(Sender& sender) {
  const ServedFrame& frame = feed_->frame();
  const auto timestamp = sender.first_timestamp + static_cast<uint32_t>(feed_->ticks());
  headers_.clear();
  bodies_.clear();
  for (uint32_t i = 0; i < frame.packet_count; ++i) {
    const ServedPacket& packet = feed_->stream().packets[frame.first_packet + i];
    const uint16_t seq = sender.seq++;
    if (camera().faults.roll_drop()) continue;
    std::array<uint8_t, 16> header;
    header[0] = '$';
    header[1] = sender.channel;
    put_u16(&header[2], packet.size + 12u);
    header[4] = 0x80;  // version 2 (RFC 3550 §5.1)
    header[5] = packet.marker_and_type;
    put_u16(&header[6], seq);
    put_u32(&header[8], timestamp);
    put_u32(&header[12], sender.ssrc);
    headers_.push_back(header);
    bodies_.push_back(&packet);
  }
  if (!udp_) return;
  for (size_t i = 0; i + 1 < bodies_.size(); ++i) {
    if (!camera().faults.roll_reorder()) continue;
    std::swap(headers_[i], headers_[i + 1]);
    std::swap(bodies_[i], bodies_[i + 1]);
    ++i;  // a packet moves by one place only
  }
}

void Connection::queue_garbage(Duration since) {
  garbage_.clear();
  const int64_t due = camera().faults.garbage_count(since);
  if (due > garbage_sent_) garbage_ = camera().faults.make_garbage();
  garbage_sent_ = due;
}

bool Connection::send_tcp() {
  parts_.clear();
  // In the middle of a frame, where it hurts.
  const size_t garbage_at = bodies_.size() / 2;
  uint8_t* payload = const_cast<uint8_t*>(feed_->stream().payload.data());
  for (size_t i = 0; i < bodies_.size(); ++i) {
    if (i == garbage_at && !garbage_.empty()) parts_.push_back({garbage_.data(), garbage_.size()});
    parts_.push_back({headers_[i].data(), headers_[i].size()});
    parts_.push_back({payload + bodies_[i]->offset, bodies_[i]->size});
  }
  return outbox_.write(std::span(parts_));
}

void Connection::send_udp(const Sender& sender) {
  constexpr size_t kBatch = 64;
  sockaddr_in to = sender.rtp;
  uint8_t* payload = const_cast<uint8_t*>(feed_->stream().payload.data());
  parts_.clear();
  std::vector<mmsghdr> messages;
  for (size_t i = 0; i < bodies_.size(); ++i) {
    parts_.push_back({headers_[i].data() + kPrefix, headers_[i].size() - kPrefix});
    parts_.push_back({payload + bodies_[i]->offset, bodies_[i]->size});
  }
  if (!garbage_.empty()) parts_.push_back({garbage_.data(), garbage_.size()});
  for (size_t i = 0; i < parts_.size(); i += 2) {
    mmsghdr message{};
    message.msg_hdr.msg_name = &to;
    message.msg_hdr.msg_namelen = sizeof to;
    message.msg_hdr.msg_iov = &parts_[i];
    message.msg_hdr.msg_iovlen = std::min<size_t>(2, parts_.size() - i);
    messages.push_back(message);
  }
  for (size_t i = 0; i < messages.size();) {
    const auto size = static_cast<unsigned>(std::min(kBatch, messages.size() - i));
    const int n = sendmmsg(world_.udp[0], messages.data() + i, size, MSG_DONTWAIT);
    // UDP loses what nobody can take; that includes a client whose port is closed.
    i += n > 0 ? static_cast<size_t>(n) : 1;
  }
}

bool Connection::send_report(Sender& sender, MonoTime now) {
  sender.next_report = now + kReportInterval;
  const ServedTrack& track = feed_->stream().tracks[feed_->frame().track];
  rtp::SenderReport report;
  report.ssrc = sender.ssrc;
  report.ntp = rtp::wall_to_ntp(world_.clock->wall());
  report.rtp_timestamp =
      sender.first_timestamp + static_cast<uint32_t>(feed_->ticks_at(now, track));
  report.packets = sender.packets;
  report.octets = sender.octets;
  return send_control(sender, rtp::build_sender_report(report, kCname));
}

bool Connection::send_control(const Sender& sender, ByteSpan rtcp) {
  if (udp_) {
    (void)sendto(world_.udp[1], rtcp.data(), rtcp.size(), MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&sender.rtcp), sizeof sender.rtcp);
    return true;
  }
  Bytes framed;
  rtsp::append_interleaved(framed, static_cast<uint8_t>(sender.channel + 1), rtcp);
  return outbox_.write(framed);
}

bool Connection::send_end() {
  for (const Sender& sender : senders_) {
    if (!sender.used) continue;
    Bytes bye = {0x81, 203, 0, 1, 0, 0, 0, 0};  // BYE of one source, RFC 3550 §6.6
    put_u32(&bye[4], sender.ssrc);
    if (!send_control(sender, bye)) return false;
  }
  feed_.reset();
  if (udp_) return true;  // the client decides when it has seen enough
  ending_ = true;
  end_when_sent();
  return true;
}

void Connection::count(bool whole, size_t octets) {
  CameraStats& stats = camera().stats;
  stats.bytes_sent += octets;
  if (feed_->frame().track != 0) return;
  if (!whole) ++stats.frames_lost;
  if (whole) ++(sub_ ? stats.sub_frames_sent : stats.frames_sent);
}

}  // namespace vedette::sim
