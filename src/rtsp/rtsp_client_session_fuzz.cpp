// SPDX-License-Identifier: Apache-2.0
// A hostile camera: its bytes arrive in pieces and time passes between them. The session ends at
// most once, tells of packets only for tracks it has, and never grows its output without bound.
#include "rtsp/client_session.h"

namespace vedette::rtsp {
namespace {

class Owner : public ClientHandler {
 public:
  ClientSession* session = nullptr;
  MonoTime now;
  size_t tracks = 0;
  int endings = 0;

  void on_tracks(const std::vector<TrackDescription>& all) override {
    tracks = all.size();
    std::vector<ClientSession::SetUp> choice;
    for (size_t i = 0; i < tracks; ++i) choice.push_back({i, static_cast<uint16_t>(6000 + 2 * i)});
    session->set_up(std::move(choice), now);
  }
  void on_udp_peer(size_t track, const UdpPeer&) override { VEDETTE_ASSERT(track < tracks); }
  void on_playing(const std::vector<PlayStart>& info) override {
    VEDETTE_ASSERT(info.size() == tracks && session->playing());
  }
  void on_packet(size_t track, bool, ByteSpan packet) override {
    VEDETTE_ASSERT(track < tracks && packet.size() <= 0xffff && endings == 0);
  }
  void on_redirect(const Url& url) override {
    VEDETTE_ASSERT(url.host == "h");
    ++endings;
  }
  void on_failed(const Error& error) override {
    VEDETTE_ASSERT(!error.what.empty());
    ++endings;
  }
};

void play(ByteSpan input) {
  ClientOptions options;
  options.url = parse_url("rtsp://user:secret@h/live").value();
  if (input[0] % 2 == 1) options.transport = LowerTransport::kUdp;
  Owner owner;
  ClientSession session(options, owner);
  owner.session = &session;
  session.start(owner.now);
  // 0xff splits the input: what stands between two of them arrives at once, a second after the
  // last.
  size_t begin = 1;
  for (size_t i = 1; i <= input.size(); ++i) {
    if (i < input.size() && input[i] != 0xff) continue;
    owner.now = owner.now + std::chrono::seconds(1);
    session.on_tick(owner.now);
    session.on_bytes(input.subspan(begin, i - begin), owner.now);
    const Bytes output = session.take_output();
    VEDETTE_ASSERT(output.size() <= 1024 * 1024 + 64 * (i - begin));
    begin = i + 1;
  }
  session.on_closed(make_error(ErrorCode::kUnavailable, "the end"));
  VEDETTE_ASSERT(session.closed() && owner.endings == 1);
}

}  // namespace
}  // namespace vedette::rtsp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) vedette::rtsp::play({data, size});
  return 0;
}
