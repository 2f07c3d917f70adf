// SPDX-License-Identifier: Apache-2.0
#include "ingest/fake_camera.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "rtp/fmtp.h"

namespace vedette::ingest {
namespace {

constexpr uint64_t kPicturesPerKeyFrame = 25;
constexpr Duration kPictureInterval = std::chrono::milliseconds(40);
// libx265, 160x120, Main.
constexpr const char* kVps = "40010c01ffff01600000030090000003000003001eba0240";
constexpr const char* kSps =
    "42010101600000030090000003000003001ea0288107111196e92930bc05a020000003002000000301e1";
constexpr const char* kPps = "4401c073c189";

class FakeStream final : public net::ByteStream {
 public:
  FakeStream(FakeCamera* camera, std::string host) : camera_(camera), host_(std::move(host)) {}

  State poll() override {
    if (camera_ == nullptr || camera_->refuses) return fail(host_ + " refused the connection");
    if (camera_->ignores) return State::kConnecting;
    if (!std::exchange(accepted_, true)) camera_->accept();
    return State::kOpen;
  }
  const Error& error() const override { return error_; }
  std::string peer_address() const override { return "192.0.2.1"; }
  std::string peer_hardware() const override { return camera_->hardware; }

  Result<size_t> read(std::span<uint8_t> into) override {
    Bytes& source = camera_->outgoing();
    const size_t count = std::min(into.size(), source.size());
    std::copy_n(source.begin(), count, into.begin());
    source.erase(source.begin(), source.begin() + static_cast<ptrdiff_t>(count));
    if (count > 0 || camera_->connected()) return count;
    fail(host_ + " closed the connection");
    return error_;
  }
  Result<size_t> write(ByteSpan bytes) override {
    if (camera_->connected()) camera_->receive(bytes);
    return bytes.size();
  }

 private:
  State fail(std::string what) {
    error_ = make_error(ErrorCode::kUnavailable, std::move(what));
    return State::kClosed;
  }

  FakeCamera* camera_;
  std::string host_;
  bool accepted_ = false;
  Error error_;
};

}  // namespace

FakeCamera::FakeCamera(const Clock& clock) : clock_(clock) {}

std::string FakeCamera::default_sdp() {
  return "v=0\r\ns=fake\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
         "a=fmtp:96 "
         "packetization-mode=1;sprop-parameter-sets=Z2QAHqzZQKAv+XARAAADAAYAAAMBZg8WLZY=,"
         "aOviSyLA\r\n"
         "a=control:video\r\n";
}

std::string FakeCamera::h265_sdp() {
  return "v=0\r\ns=fake\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\n"
         "a=control:video\r\n";
}

std::string FakeCamera::h265_sdp_with_sets() {
  const auto base64 = [](const char* hex) { return encode_base64(*rtp::decode_hex(hex)); };
  return "v=0\r\ns=fake\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 H265/90000\r\na=fmtp:97 sprop-vps=" +
         base64(kVps) + ";sprop-sps=" + base64(kSps) + ";sprop-pps=" + base64(kPps) +
         "\r\na=control:video\r\n";
}

void FakeCamera::accept() {
  ++connections;
  asked_ = false;
  connected_ = true;
  outgoing_.clear();
  rtsp::ServerOptions options;
  options.server = server;
  options.login.realm = realm;
  if (!password.empty()) {
    options.login.scheme = scheme;
    options.login.user = "admin";
    options.login.password = password;
  }
  rtsp::ServerHandler& handler = *this;  // a private base: make_unique cannot see it
  server_ = std::make_unique<rtsp::ServerSession>(std::move(options), handler);
  append_text(raw_answer);
}

void FakeCamera::receive(ByteSpan bytes) {
  if (!raw_answer.empty()) return;
  rtsp::MessageParser parser;
  parser.feed(bytes);
  for (auto item = parser.next(); item && *item != rtsp::MessageParser::Item::kNeedMore;
       item = parser.next())
    if (*item == rtsp::MessageParser::Item::kFrame) ++reports;
  (void)server_->on_bytes(bytes, clock_.mono());
  const Bytes answer = server_->take_output();
  append_text(as_text(answer));
  const bool refused = as_text(answer).substr(0, 12) == "RTSP/1.0 401";
  const bool carried = as_text(bytes).find("\r\nAuthorization: ") != std::string_view::npos;
  if (refused && carried) ++refusals;
  if (as_text(bytes).find("\r\nAuthorization: Basic ") != std::string_view::npos) {
    in_clear = true;
    if (!asked_) ++unasked;
  }
  asked_ = asked_ || refused;
  if (server_->closed() || (refused && closes_after_401)) connected_ = false;
}

void FakeCamera::append_text(std::string_view text) {
  outgoing_.insert(outgoing_.end(), text.begin(), text.end());
}

void FakeCamera::hang_up() { connected_ = false; }

Result<rtsp::ServedMedia> FakeCamera::describe(std::string_view) {
  return rtsp::ServedMedia{sdp, {"video"}};
}

Result<rtsp::Transport> FakeCamera::set_up(std::string_view, size_t, const rtsp::Transport& asked) {
  return asked;
}

Result<std::vector<rtsp::ServerHandler::Start>> FakeCamera::play(std::string_view) {
  next_picture_ = clock_.mono() + kPictureInterval;
  pictures_ = 0;
  if (on_play) on_play(*this);
  return std::vector<Start>{{0, seq_, 0}};
}

void FakeCamera::tick() {
  if (!connected_ || !playing()) return;
  for (; clock_.mono() >= next_picture_; next_picture_ = next_picture_ + kPictureInterval)
    if (!silent) send_picture();
}

void FakeCamera::send_picture() {
  append_text(std::exchange(garbage, {}));
  const bool key = pictures_ % kPicturesPerKeyFrame == 0;
  // First macroblock 0, an I slice, parameter set 0: all that a depacketizer looks at.
  Bytes nal(200, 0xda);
  nal[0] = key ? 0x65 : 0x41;
  nal[1] = 0x88;
  if (h265) {
    // The slices are IDR_N_LP and TRAIL_R, the first of their pictures.
    for (const char* set : {kVps, kSps, kPps})
      if (key && sends_sets) send_packet(false, *rtp::decode_hex(set));
    nal[0] = key ? 0x28 : 0x02;
    nal[1] = 0x01;
    nal[2] = key ? 0xac : 0xd0;
  }
  send_packet(true, nal);
  ++pictures_;
}

void FakeCamera::send_packet(bool marker, ByteSpan nal) {
  ByteWriter packet;
  packet.u8(0x80);
  packet.u8(static_cast<uint8_t>((marker ? 0x80 : 0) | payload_type));
  packet.u16(seq_++);
  packet.u32(pictures_ * 3600);
  packet.u32(0x1234);
  packet.bytes(nal);
  rtsp::append_interleaved(outgoing_, 0, packet.view());
}

void FakeCamera::say_bye() {
  ByteWriter packet;
  packet.u32(0x81cb0001);  // BYE, one source
  packet.u32(0x1234);
  rtsp::append_interleaved(outgoing_, 1, packet.view());
}

std::unique_ptr<net::ByteStream> FakeConnector::connect(const Target& target) {
  targets.push_back(target);
  if (target.host == throws_for) throw std::bad_alloc();
  const auto camera = cameras.find(target.host);
  if (camera == cameras.end()) return std::make_unique<FakeStream>(nullptr, target.host);
  std::vector<FakeCamera*> all = {camera->second};
  const auto more = channels.find(target.host);
  if (more != channels.end()) all.insert(all.end(), more->second.begin(), more->second.end());
  return std::make_unique<FakeStream>(all[turn_++ % all.size()], target.host);
}

}  // namespace vedette::ingest
