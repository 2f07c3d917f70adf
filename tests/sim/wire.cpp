// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include <algorithm>
#include <utility>

namespace vedette::trial {
namespace {

using Which = net::DatagramPair::Which;

constexpr uint8_t kPayloadType = 96;
constexpr const char* kNotRtsp = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

}  // namespace

// The program's end of the connection: what has arrived is read in pieces.
class Wire::Stream final : public net::ByteStream {
 public:
  explicit Stream(Wire& wire) : wire_(wire) {}

  State poll() override {
    if (wire_.trouble_ == Trouble::kRefuses) return fail("refused the connection");
    if (wire_.nothing_passes()) return State::kConnecting;
    if (!std::exchange(accepted_, true)) wire_.accept();
    return State::kOpen;
  }
  [[nodiscard]] const Error& error() const override { return error_; }
  [[nodiscard]] std::string peer_address() const override { return "192.0.2.1"; }
  [[nodiscard]] std::string peer_hardware() const override { return {}; }

  Result<size_t> read(std::span<uint8_t> into) override {
    Bytes& from = wire_.to_program_;
    size_t count = std::min(into.size(), from.size());
    if (count > 1 && wire_.chance_.below(4) == 0) count = 1 + wire_.chance_.below(count);
    std::copy_n(from.begin(), count, into.begin());
    wire_.note(into.first(count));
    from.erase(from.begin(), from.begin() + static_cast<ptrdiff_t>(count));
    if (count > 0 || wire_.connected_) return count;
    fail("closed the connection");
    return error_;
  }
  Result<size_t> write(ByteSpan bytes) override {
    if (wire_.nothing_passes()) return bytes.size();  // the kernel keeps it
    wire_.note(bytes);
    if (wire_.connected_) wire_.receive(bytes);
    return bytes.size();
  }

 private:
  State fail(const std::string& what) {
    error_ = make_error(ErrorCode::kUnavailable, wire_.options_.camera + " " + what);
    return State::kClosed;
  }

  Wire& wire_;
  bool accepted_ = false;
  Error error_;
};

class Wire::Datagrams final : public net::DatagramPair {
 public:
  explicit Datagrams(Wire& wire) : wire_(wire) { wire_.datagrams_.clear(); }

  [[nodiscard]] uint16_t rtp_port() const override { return 40'000; }
  Result<void> set_peer(const std::string&, uint16_t, uint16_t) override { return ok(); }
  Result<size_t> read(std::span<uint8_t> buffer, std::span<Datagram> into) override {
    size_t count = 0;
    while (count < into.size() && !wire_.datagrams_.empty()) {
      const Wire::Datagram& next = wire_.datagrams_.front();
      if (next.bytes.size() > buffer.size()) break;
      std::copy(next.bytes.begin(), next.bytes.end(), buffer.begin());
      into[count++] = {next.which, buffer.first(next.bytes.size())};
      wire_.note(next.bytes);
      buffer = buffer.subspan(next.bytes.size());
      wire_.datagrams_.pop_front();
    }
    return count;
  }
  Result<void> send(Which, ByteSpan) override { return ok(); }

 private:
  Wire& wire_;
};

Wire::Wire(Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), chance_(options_.seed) {}

Wire::~Wire() = default;

// ---- The program's end ----

void Wire::begin(stream::Sink& to) {
  net::Connector& connector = *this;  // a private base: make_unique cannot see it
  ingest_ = std::make_unique<ingest::Ingest>(clock_, connector, 0);
  auto hub = std::make_shared<stream::Hub>(clock_.wall());
  hub->set_sink(&to);
  ingest::StreamConfig config;
  config.camera = options_.camera;
  config.url = "rtsp://admin:secret@" + options_.camera + "/main";
  config.transport = options_.udp ? rtsp::LowerTransport::kUdp : rtsp::LowerTransport::kTcp;
  VEDETTE_ASSERT(ingest_->add(std::move(config), std::move(hub)));
}

void Wire::save() {
  if (ingest_) ingest_->try_again(options_.camera);
}

void Wire::end() {
  ingest_.reset();
  reset();
}

void Wire::tick() {
  // A disk that hangs lets time pass from within a tick; the real thread would not be back either.
  if (!ingest_ || std::exchange(in_tick_, true)) return;
  ingest_->tick();
  in_tick_ = false;
}

std::vector<ingest::StreamStatus> Wire::status() const {
  return ingest_ ? ingest_->status() : std::vector<ingest::StreamStatus>{};
}

std::unique_ptr<net::ByteStream> Wire::connect(const Target&) {
  return std::make_unique<Stream>(*this);
}

Result<std::unique_ptr<net::DatagramPair>> Wire::open_datagram_pair() {
  std::unique_ptr<net::DatagramPair> pair = std::make_unique<Datagrams>(*this);
  return pair;
}

// ---- The camera's end ----

void Wire::set_trouble(Trouble trouble) {
  const Trouble before = std::exchange(trouble_, trouble);
  switch (trouble) {
    case Trouble::kNone:
      // The camera has forgotten a connection that it did not hear of for so long.
      if (before == Trouble::kIgnores) reset();
      break;
    case Trouble::kHangsUp:
      hang_up();
      break;
    case Trouble::kRefuses:
    case Trouble::kPassword:
    case Trouble::kOtherwise:
      reset();
      break;
    case Trouble::kBabbles:
      babble();
      break;
    case Trouble::kIgnores:
    case Trouble::kCut:
    case Trouble::kSilent:
      break;
  }
}

bool Wire::playing() const {
  return connected_ && server_ != nullptr && server_->playing() && trouble_ != Trouble::kSilent &&
         !nothing_passes();
}

void Wire::set_track(const media::TrackInfo& track) {
  packetizer_ = rtp::Packetizer::create(track, kPayloadType).value();
}

void Wire::send(const media::AccessUnit& picture, uint32_t timestamp, bool lose_a_packet) {
  VEDETTE_ASSERT(playing());
  std::vector<Bytes> packets;
  packetizer_->packetize(picture, picture.random_access, packets);
  last_packet_ = 0;
  const size_t lost = lose_a_packet ? chance_.below(packets.size()) : packets.size();
  for (size_t i = 0; i < packets.size(); ++i) {
    rtp::patch_rtp_header(packets[i], seq_++, timestamp, ssrc_);
    if (i != lost) put(Which::kRtp, std::move(packets[i]));
  }
  if (trouble_ == Trouble::kBabbles && chance_.below(8) == 0) babble();
  if (trouble_ == Trouble::kHangsUp) {
    tear_last_packet();
    hang_up();
  }
  if (trouble_ == Trouble::kCut) {
    tear_last_packet();
    trouble_ = Trouble::kIgnores;
  }
}

void Wire::tear_last_packet() {
  if (options_.udp) {
    if (!datagrams_.empty()) datagrams_.pop_back();
    return;
  }
  // At least a byte of it came, and at least one did not.
  if (last_packet_ > 1)
    to_program_.resize(to_program_.size() - 1 - chance_.below(last_packet_ - 1));
}

void Wire::report(rtp::SenderReport report) {
  report.ssrc = ssrc_;
  put(Which::kRtcp, rtp::build_sender_report(report, options_.camera));
}

void Wire::put(Which which, Bytes packet) {
  if (!options_.udp) {
    const size_t before = to_program_.size();
    rtsp::append_interleaved(to_program_, which == Which::kRtp ? 0 : 1, packet);
    last_packet_ = to_program_.size() - before;
    return;
  }
  const uint64_t luck = chance_.below(1000);
  if (luck < roughness_) return;
  if (luck < 2 * roughness_) datagrams_.push_back({which, packet});
  const bool early = luck < 5 * roughness_ && !datagrams_.empty();
  datagrams_.insert(early ? datagrams_.end() - 1 : datagrams_.end(), {which, std::move(packet)});
}

void Wire::restart_numbers(bool other_source) {
  seq_ = static_cast<uint16_t>(chance_.next());
  if (other_source) ssrc_ = static_cast<uint32_t>(chance_.next());
}

void Wire::note(ByteSpan passed) {
  const auto mix = [&](uint64_t value) { trace_ = (trace_ ^ value) * 1099511628211U; };
  mix(static_cast<uint64_t>(clock_.mono().us));
  for (const uint8_t byte : passed) mix(byte);
}

void Wire::babble() {
  const size_t size = 1 + chance_.below(400);
  for (size_t i = 0; i < size; ++i) to_program_.push_back(static_cast<uint8_t>(chance_.next()));
}

// What was under way still arrives.
void Wire::hang_up() {
  connected_ = false;
  server_.reset();
}

// What was under way is lost with it.
void Wire::reset() {
  connected_ = false;
  server_.reset();
  to_program_.clear();
  datagrams_.clear();
}

void Wire::accept() {
  reset();
  connected_ = true;
  rtsp::ServerOptions options;
  options.login.scheme = rtsp::ServerScheme::kDigestMd5;
  options.login.user = "admin";
  options.login.password = trouble_ == Trouble::kPassword ? "changed" : "secret";
  rtsp::ServerHandler& handler = *this;  // a private base: make_unique cannot see it
  server_ = std::make_unique<rtsp::ServerSession>(std::move(options), handler);
}

void Wire::receive(ByteSpan bytes) {
  if (trouble_ == Trouble::kOtherwise) {
    const ByteSpan answer = as_bytes(std::string_view(kNotRtsp));
    to_program_.insert(to_program_.end(), answer.begin(), answer.end());
    connected_ = false;
    return;
  }
  const bool understood = server_->on_bytes(bytes, clock_.mono()).has_value();
  const Bytes answer = server_->take_output();
  to_program_.insert(to_program_.end(), answer.begin(), answer.end());
  if (!understood || server_->closed()) connected_ = false;
}

Result<rtsp::ServedMedia> Wire::describe(std::string_view) {
  return rtsp::ServedMedia{"v=0\r\ns=trial\r\n" + packetizer_->sdp_media() + "a=control:video\r\n",
                           {"video"}};
}

Result<rtsp::Transport> Wire::set_up(std::string_view, size_t, const rtsp::Transport& asked) {
  if (asked.tcp == options_.udp) return make_error(ErrorCode::kUnsupported, "the other transport");
  rtsp::Transport given = asked;
  if (options_.udp) given.server_port = rtsp::NumberPair{50'000, 50'001};
  return given;
}

Result<std::vector<rtsp::ServerHandler::Start>> Wire::play(std::string_view) {
  ++plays_;
  seq_ = static_cast<uint16_t>(chance_.next());
  ssrc_ = static_cast<uint32_t>(chance_.next());
  return std::vector<Start>{{0, seq_, options_.first_rtp}};
}

}  // namespace vedette::trial
