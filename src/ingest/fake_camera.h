// SPDX-License-Identifier: Apache-2.0
// Cameras for tests of this folder, without sockets: a Connector whose streams end in an RTSP
// server session, with faults that a test switches on. Confined to the test's thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/byte_stream.h"
#include "rtsp/server_session.h"

namespace vedette::ingest {

/// One camera: serves one H.264 track, a picture every 40 ms, a key frame each
/// second.
class FakeCamera final : private rtsp::ServerHandler {
 public:
  explicit FakeCamera(const Clock& clock);

  // What is wrong with it, for the connections that follow or for the one that there is.
  bool refuses = false;  ///< connections
  bool ignores = false;  ///< connections: neither accepted nor refused
  bool silent = false;   ///< sends no more packets, keeps the connection
  bool closes_after_401 = false;
  std::string password;  ///< when set, it is asked for (user "admin")
  rtsp::ServerScheme scheme = rtsp::ServerScheme::kDigestMd5;  ///< and how
  std::string sdp = default_sdp();
  bool h265 = false;                         ///< what it sends; `sdp` is what it says
  bool sends_sets = true;                    ///< H.265: its parameter sets, with each key frame
  uint8_t payload_type = 96;                 ///< of what it sends
  std::function<void(FakeCamera&)> on_play;  ///< before the first packet of a session
  std::string hardware;                      ///< of its network card
  std::string realm = "camera";
  std::string server = "Vedette";
  std::string raw_answer;  ///< sent instead of RTSP, once per connection
  std::string garbage;     ///< sent once, before the next packet

  int connections = 0;
  int refusals = 0;       ///< 401s to requests that carried an answer
  bool in_clear = false;  ///< a password came as Basic
  int unasked = 0;        ///< times that it came so before this connection asked for one
  size_t reports = 0;     ///< RTCP frames that came from the client
  [[nodiscard]] bool playing() const { return server_ != nullptr && server_->playing(); }

  /// Sends what is due.
  void tick();
  void hang_up();  ///< closes the connection
  void say_bye();  ///< RTCP BYE
  static std::string default_sdp();
  static std::string h265_sdp();
  static std::string h265_sdp_with_sets();

  // The other end, for FakeStream.
  void accept();
  void receive(ByteSpan bytes);
  [[nodiscard]] Bytes& outgoing() { return outgoing_; }
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  Result<rtsp::ServedMedia> describe(std::string_view path) override;
  Result<rtsp::Transport> set_up(std::string_view path, size_t track,
                                 const rtsp::Transport& asked) override;
  Result<std::vector<Start>> play(std::string_view path) override;
  void pause() override {}
  void teardown() override {}
  void append_text(std::string_view text);
  void send_picture();
  void send_packet(bool marker, ByteSpan nal);

  const Clock& clock_;
  std::unique_ptr<rtsp::ServerSession> server_;
  Bytes outgoing_;
  bool connected_ = false;
  bool asked_ = false;  // for a password, on this connection
  MonoTime next_picture_;
  uint64_t pictures_ = 0;
  uint16_t seq_ = 1000;
};

/// Finds cameras by host name; a host without one refuses.
class FakeConnector final : public net::Connector {
 public:
  std::map<std::string, FakeCamera*> cameras;
  /// Further channels at the host of a camera; connections go to all of them in turns.
  std::map<std::string, std::vector<FakeCamera*>> channels;
  std::string throws_for;       ///< connecting to this host throws: memory has run out
  std::vector<Target> targets;  ///< every connection tried

  std::unique_ptr<net::ByteStream> connect(const Target& target) override;
  Result<std::unique_ptr<net::DatagramPair>> open_datagram_pair() override {
    return make_error(ErrorCode::kUnavailable, "no datagrams here");
  }

 private:
  size_t turn_ = 0;
};

}  // namespace vedette::ingest
