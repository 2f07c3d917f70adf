// SPDX-License-Identifier: Apache-2.0
// What lies between a scripted camera and the program: an RTSP server and RTP packets at the
// camera's end, the real ingest at the program's, and a network that hands over in pieces and, when
// it is UDP, loses, doubles and reorders. Everything follows from the seed. Confined to one thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fs/fake_content.h"
#include "ingest/ingest.h"
#include "rtp/packetizer.h"
#include "rtp/rtcp.h"
#include "rtsp/server_session.h"

namespace vedette::trial {

class Wire final : private rtsp::ServerHandler, private net::Connector {
 public:
  enum class Trouble : uint8_t {
    kNone,
    kRefuses,   ///< the connection is reset, and every other refused
    kIgnores,   ///< nothing passes either way, and nobody says so
    kSilent,    ///< the connection stays, no picture comes
    kHangsUp,   ///< each connection is closed when it plays
    kPassword,  ///< another password from now on
    kBabbles,   ///< bytes that are no RTSP between the packets
    kOtherwise  ///< something answers that is no camera
  };

  struct Options {
    std::string camera;
    bool udp = false;
    uint32_t first_rtp = 0;  ///< timestamp of the first picture of each session
    uint64_t seed = 0;
  };
  /// `clock` outlives this.
  Wire(Options options, const Clock& clock);
  ~Wire() override;

  // The program's end.

  /// A process begins: its ingest publishes to `to`, which outlives end().
  void begin(stream::Sink& to);
  void end();
  /// Ingest takes what has arrived.
  void tick();
  [[nodiscard]] std::vector<ingest::StreamStatus> status() const;

  // The camera's end.

  void set_trouble(Trouble trouble);
  /// From now on every datagram arrives, once and in order.
  void calm() { calm_ = true; }
  /// Counts the sessions that began to play; what was sent before belongs to an earlier one.
  [[nodiscard]] uint64_t plays() const { return plays_; }
  [[nodiscard]] bool playing() const;
  /// What the SDP says from the next session on, and the packets from now on.
  void set_track(const media::TrackInfo& track);
  /// REQUIRES: playing().
  void send(const media::AccessUnit& picture, uint32_t timestamp, bool lose_a_packet);
  void report(rtp::SenderReport report);

 private:
  class Stream;
  class Datagrams;

  // rtsp::ServerHandler
  Result<rtsp::ServedMedia> describe(std::string_view path) override;
  Result<rtsp::Transport> set_up(std::string_view path, size_t track,
                                 const rtsp::Transport& asked) override;
  Result<std::vector<Start>> play(std::string_view path) override;
  void pause() override {}
  void teardown() override {}

  // net::Connector
  std::unique_ptr<net::ByteStream> connect(const Target& target) override;
  Result<std::unique_ptr<net::DatagramPair>> open_datagram_pair() override;

  void accept();
  void receive(ByteSpan bytes);
  void reset();
  void put(net::DatagramPair::Which which, Bytes packet);
  void babble();

  const Options options_;
  const Clock& clock_;
  fs::FakeChance chance_;
  Trouble trouble_ = Trouble::kNone;
  bool calm_ = false;
  bool connected_ = false;
  bool in_tick_ = false;
  std::unique_ptr<rtsp::ServerSession> server_;
  std::unique_ptr<rtp::Packetizer> packetizer_;
  std::unique_ptr<ingest::Ingest> ingest_;
  Bytes to_program_;
  struct Datagram {
    net::DatagramPair::Which which;
    Bytes bytes;
  };
  std::deque<Datagram> datagrams_;
  uint64_t plays_ = 0;
  uint16_t seq_ = 0;
  uint32_t ssrc_ = 0;
};

}  // namespace vedette::trial
