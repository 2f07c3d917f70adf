// SPDX-License-Identifier: Apache-2.0
// One client of the simulator: its RTSP session and the packets it is sent. Owns the socket.
// Confined to the simulator's thread.
#pragma once

#include <array>
#include <optional>

#include "rtsp/server_session.h"
#include "sim/feed.h"
#include "sim/outbox.h"
#include "sim/world.h"

namespace vedette::sim {

class Connection final : public rtsp::ServerHandler {
 public:
  /// Takes over `fd`.
  Connection(World& world, int fd, sockaddr_in peer);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Each says false when the connection is to be closed.
  [[nodiscard]] bool on_readable();
  [[nodiscard]] bool on_writable();
  /// Sends the frame that is due and moves on. REQUIRES: next_due().
  [[nodiscard]] bool send_due(MonoTime now);

  /// nullopt while nothing is played.
  [[nodiscard]] std::optional<MonoTime> next_due() const;
  [[nodiscard]] bool wants_write() const { return outbox_.backlog() > 0; }
  /// Rises with every PLAY, so that a due time of an earlier one is known to be void.
  [[nodiscard]] uint64_t plays() const { return plays_; }
  /// A rebooting camera does not say goodbye: the close becomes a reset.
  void reset_on_close();

 private:
  struct Sender {
    bool used = false;
    uint32_t ssrc = 0;
    uint16_t seq = 0;
    uint32_t first_timestamp = 0;
    uint8_t channel = 0;  ///< TCP: of RTP; RTCP is the next
    sockaddr_in rtp{};    ///< UDP
    sockaddr_in rtcp{};
    uint32_t packets = 0;
    uint32_t octets = 0;
    MonoTime next_report;
  };

  // rtsp::ServerHandler
  Result<rtsp::ServedMedia> describe(std::string_view path) override;
  Result<rtsp::Transport> set_up(std::string_view path, size_t track,
                                 const rtsp::Transport& asked) override;
  Result<std::vector<Start>> play(std::string_view path) override;
  void pause() override { feed_.reset(); }
  void teardown() override { feed_.reset(); }

  [[nodiscard]] bool send_frame(Sender& sender, MonoTime now);
  [[nodiscard]] bool send_tcp();
  void send_udp(const Sender& sender);
  [[nodiscard]] bool send_report(Sender& sender, MonoTime now);
  [[nodiscard]] bool send_end();
  [[nodiscard]] bool send_control(const Sender& sender, ByteSpan rtcp);
  void queue_packets(Sender& sender);
  void queue_garbage(Duration since);
  void count(bool whole, size_t octets);
  void end_when_sent();
  [[nodiscard]] CameraWorld& camera() { return world_.cameras[camera_]; }

  World& world_;
  int fd_;
  sockaddr_in peer_;
  Outbox outbox_;
  rtsp::ServerSession session_;
  size_t camera_ = 0;
  bool sub_ = false;
  bool udp_ = false;
  std::array<Sender, 2> senders_;
  std::optional<Feed> feed_;
  uint64_t plays_ = 0;
  int64_t garbage_sent_ = 0;
  bool ending_ = false;  ///< nothing more is sent than the backlog
  bool rebooted_ = false;

  // Of the frame that is being sent; kept for their capacity. A header holds the interleaved
  // prefix (RFC 2326 §10.12) and the RTP header; UDP leaves the prefix out.
  std::vector<std::array<uint8_t, 16>> headers_;
  std::vector<const ServedPacket*> bodies_;
  std::vector<iovec> parts_;
  Bytes garbage_;
};

}  // namespace vedette::sim
