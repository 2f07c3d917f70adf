// SPDX-License-Identifier: Apache-2.0
// One stream of one camera, for as long as it is configured: connects, runs the RTSP session, feeds
// the tracks, publishes to the hub, and tries again when it ends (docs/design/rtsp.md). Driven by
// tick() alone; no sleeping, no threads. Confined to its shard except for status().
//
//   kWaiting ─▶ kConnecting ─▶ kOpen (handshake, then live) ─▶ kWaiting …
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "ingest/backoff.h"
#include "ingest/ingest.h"
#include "ingest/login.h"
#include "ingest/loss_meter.h"
#include "ingest/rate_meter.h"
#include "net/byte_stream.h"
#include "rtp/track_receiver.h"
#include "rtsp/client_session.h"
#include "stream/hub.h"

namespace vedette::ingest {

class CameraSession final : private rtsp::ClientHandler {
 public:
  static constexpr Duration kConnectTimeout = std::chrono::seconds(3);
  static constexpr Duration kTlsConnectTimeout = std::chrono::seconds(6);  ///< weak processors
  static constexpr int kMaxRedirects = 3;
  /// Packets of video arrive, and no picture can be made of them. Longer when that was in vain.
  static constexpr Duration kNoPictureTimeout = std::chrono::seconds(15);
  static constexpr Duration kMaxPatience = std::chrono::minutes(4);
  /// TCP waits for us; datagrams only as long as the kernel has room for a key frame's burst.
  static constexpr Duration kTick = std::chrono::milliseconds(100);
  /// Where the last tick read at most kLazyBytes: half the wake-ups, reads and acknowledgements
  /// for what nobody watches, and the socket's buffer still holds several of these.
  static constexpr Duration kLazyTick = std::chrono::milliseconds(200);
  static constexpr size_t kLazyBytes = size_t{128} << 10;
  static constexpr Duration kDatagramTick = std::chrono::milliseconds(50);
  static constexpr Duration kHurriedTick = std::chrono::milliseconds(10);
  /// A camera that comes back records again within 5 s: two of these, a handshake, a key frame.
  static constexpr Duration kShortCap = std::chrono::seconds(2);
  /// Trying again more often helps nobody: a person has to change something.
  static constexpr Duration kLongCap = std::chrono::seconds(15);
  /// Bytes taken from one socket in one tick, at most: one camera cannot starve the others.
  static constexpr size_t kMaxPerTick = size_t{4} << 20;
  /// Output that the camera does not take; beyond it the connection is given up.
  static constexpr size_t kMaxBacklog = size_t{64} << 10;

  struct Parts {
    std::shared_ptr<stream::Hub> hub;
    std::shared_ptr<Login> login;  ///< null: the address has no user and no password
    const Clock& clock;
    net::Connector& connector;
  };
  /// REQUIRES: the address in `config` is valid. `clock` and `connector` outlive this.
  CameraSession(StreamConfig config, Parts parts);
  ~CameraSession() override;

  /// Does all there is to do now. `scratch` is the shard's read buffer, at least 256 KiB.
  void tick(std::span<uint8_t> scratch);
  /// The camera was saved: what waits for that, or for a password to be believed again, tries now.
  void try_again();
  /// tick() threw: this connection is worth nothing any more, the next one may be.
  void give_up();
  /// TEARDOWN, as far as the socket takes it, and the hub is told. No tick() after that.
  void stop();
  /// How long until tick() is wanted again: kHurriedTick while a handshake is under way or somebody
  /// watches.
  [[nodiscard]] Duration tick_interval() const;

  [[nodiscard]] StreamStatus status() const;  ///< any thread
  [[nodiscard]] const std::string& camera() const { return config_.camera; }
  [[nodiscard]] stream::StreamKind kind() const { return config_.kind; }

 private:
  enum class Phase { kWaiting, kConnecting, kOpen };
  struct Track {
    std::unique_ptr<rtp::TrackReceiver> receiver;
    std::unique_ptr<net::DatagramPair> datagrams;
    bool video = false;
  };

  // rtsp::ClientHandler
  void on_tracks(const std::vector<rtsp::TrackDescription>& tracks) override;
  void on_udp_peer(size_t track, const UdpPeer& peer) override;
  void on_playing(const std::vector<PlayStart>& info) override;
  void on_packet(size_t track, bool rtcp, ByteSpan packet) override;
  void on_redirect(const rtsp::Url& url) override;
  void on_failed(const Error& error) override;

  [[nodiscard]] bool may_connect() const;
  [[nodiscard]] bool may_log_in();
  void connect();
  void drive_connecting();
  void open_session();
  void drive_open(std::span<uint8_t> scratch);
  void read_stream(std::span<uint8_t> scratch);
  void read_datagrams(std::span<uint8_t> scratch);
  void publish();
  void expect_pictures();
  void send_reports();
  void write_output();
  /// Ends the connection; ticks that follow try again after the back-off.
  void end(stream::BreakCause cause, std::string detail, Duration cap);
  void close_connection();
  void set_state(StreamState state, std::optional<stream::BreakCause> cause, std::string message);
  void refresh_status();
  void note_device();
  [[nodiscard]] DeviceSigns device_signs() const;
  void note_login();
  void tell_hub(stream::BreakCause cause, const std::string& detail);

  const StreamConfig config_;
  const std::shared_ptr<stream::Hub> hub_;
  const std::shared_ptr<Login> login_;
  const Clock& clock_;
  net::Connector& connector_;

  rtsp::Url url_;
  rtsp::Url target_;  ///< url_, or where a redirect led
  int redirects_ = 0;
  Phase phase_ = Phase::kWaiting;
  MonoTime now_;
  WallTime wall_;
  MonoTime wake_;  ///< kWaiting: the next try; kConnecting: the deadline
  Backoff backoff_;

  std::unique_ptr<net::ByteStream> stream_;
  std::unique_ptr<rtsp::ClientSession> session_;
  std::optional<rtsp::Authenticator> authenticator_;  ///< of the session before, if it hung up
  std::vector<Track> tracks_;
  Bytes backlog_;
  struct Ending {
    stream::BreakCause cause;
    std::string detail;
    Duration cap;
  };
  std::optional<Ending> ending_;  ///< set by the handler, carried out after it returned
  std::optional<rtsp::Url> redirect_;
  bool live_ = false;       ///< this session has published
  bool giving_up_ = false;  ///< its end is not told yet
  MonoTime last_picture_;   ///< or when this session began to play
  Duration patience_ = kNoPictureTimeout;
  bool quick_retry_used_ = false;
  bool asked_just_now_ = false;  ///< for the password, on this connection, which was closed
  bool refused_ = false;         ///< the credentials, in this session
  bool held_ = false;            ///< kWaiting: until the login may be tried again

  std::optional<stream::Break> last_break_;
  StreamCounters counters_;
  size_t last_read_ = 0;           ///< bytes of the last tick
  rtp::ReceiverStats base_stats_;  ///< sums of earlier sessions
  RateMeter meter_;
  LossMeter loss_;
  std::optional<StreamTime> time_;  ///< of the newest picture
  std::string hardware_;            ///< of the other end of this connection

  mutable Mutex mutex_{LockOrder::kLeaf};
  StreamStatus status_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::ingest
