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
    kCut,       ///< likewise, from the middle of the next packet on
    kSilent,    ///< the connection stays, no picture comes
    kHangsUp,   ///< each connection is closed in the middle of its first picture
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
  /// A person saves the camera.
  void save();
  /// Ingest takes what has arrived.
  void tick();
  [[nodiscard]] std::vector<ingest::StreamStatus> status() const;

  // The camera's end.

  void set_trouble(Trouble trouble);
  /// Of a thousand datagrams this many are lost, as many doubled, and three times as many come
  /// before their predecessor. REQUIRES: at most 100.
  void set_roughness(uint64_t per_mille) { roughness_ = per_mille; }
  /// Counts the sessions that began to play; what was sent before belongs to an earlier one.
  [[nodiscard]] uint64_t plays() const { return plays_; }
  [[nodiscard]] bool playing() const;
  /// What the SDP says from the next session on, and the packets from now on.
  void set_track(const media::TrackInfo& track);
  /// REQUIRES: playing().
  void send(const media::AccessUnit& picture, uint32_t timestamp, bool lose_a_packet);
  void report(rtp::SenderReport report);
  /// The numbers of the packets begin anew; `other_source`: so does the SSRC.
  void restart_numbers(bool other_source);

  /// Of every byte that passed, either way.
  [[nodiscard]] uint64_t trace() const { return trace_; }

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

  [[nodiscard]] bool nothing_passes() const { return trouble_ == Trouble::kIgnores; }
  void accept();
  void receive(ByteSpan bytes);
  void reset();
  void hang_up();
  void tear_last_packet();
  void note(ByteSpan passed);
  void put(net::DatagramPair::Which which, Bytes packet);
  void babble();

  const Options options_;
  const Clock& clock_;
  fs::FakeChance chance_;
  Trouble trouble_ = Trouble::kNone;
  uint64_t roughness_ = 1;
  bool connected_ = false;
  bool in_tick_ = false;
  std::unique_ptr<rtsp::ServerSession> server_;
  std::unique_ptr<rtp::Packetizer> packetizer_;
  std::unique_ptr<ingest::Ingest> ingest_;
  Bytes to_program_;
  size_t last_packet_ = 0;  // its size in to_program_, of which it is the end
  struct Datagram {
    net::DatagramPair::Which which;
    Bytes bytes;
  };
  std::deque<Datagram> datagrams_;
  uint64_t plays_ = 0;
  uint16_t seq_ = 0;
  uint32_t ssrc_ = 0;
  uint64_t trace_ = 14695981039346656037U;
};

}  // namespace vedette::trial
