// SPDX-License-Identifier: Apache-2.0
// One RTSP session with a camera as a state machine without I/O (docs/design/rtsp.md): bytes and
// times in, bytes and calls of a handler out. The owner connects, reads and writes. Confined to
// the caller.
//
//   start ─▶ OPTIONS ─▶ DESCRIBE ─▶ on_tracks / set_up() ─▶ SETUP … ─▶ PLAY ─▶ on_playing
//   any step: on_failed (once, final) or on_redirect (once, final)
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/device_signs.h"
#include "base/result.h"
#include "base/time.h"
#include "rtsp/auth.h"
#include "rtsp/header_fields.h"
#include "rtsp/message.h"
#include "rtsp/sdp.h"
#include "rtsp/url.h"

namespace vedette::rtsp {

enum class LowerTransport : uint8_t { kTcp, kUdp };

/// What a session tells its owner. Called from within the session's methods; must not destroy it.
class ClientHandler {
 public:
  struct UdpPeer {
    std::string source;  ///< "" when the camera named none: the address we are connected to
    NumberPair server_port;
  };
  /// The RTP-Info of a track, as far as the camera gave it and it can be believed.
  struct PlayStart {
    std::optional<uint32_t> rtptime;
    std::optional<uint16_t> seq;
  };

  virtual ~ClientHandler() = default;
  /// Video first. The owner answers with set_up(), at once or later, or with teardown().
  virtual void on_tracks(const std::vector<TrackDescription>& tracks) = 0;
  /// UDP only; once per track, before PLAY. An owner that cannot use it calls teardown().
  virtual void on_udp_peer(size_t track, const UdpPeer& peer) = 0;
  /// `info` has one entry per track of on_tracks(). Packets may come before.
  virtual void on_playing(const std::vector<PlayStart>& info) = 0;
  /// An interleaved packet; `packet` is valid during the call only. Hot path.
  virtual void on_packet(size_t track, bool rtcp, ByteSpan packet) = 0;
  /// Go to `url`, on the same host, on a new connection.
  virtual void on_redirect(const Url& url) = 0;
  /// The session is over. Codes: unauthenticated, permission_denied (403, or Basic where it is
  /// refused), not_found (404), failed_precondition (a web server, not a camera), unsupported
  /// (codec, transport), unavailable (the camera ended it or has no room), timeout, data_loss and
  /// resource_exhausted (the stream is broken). Never invalid_argument: parse_url() took the
  /// address before.
  virtual void on_failed(const Error& error) = 0;
};

struct ClientOptions {
  Url url;
  LowerTransport transport = LowerTransport::kTcp;
  std::string user_agent = "Vedette";
  std::string cnonce = "0a4f113b";  ///< random text, new for each camera
  bool digest_only = false;         ///< it has asked for Digest before: Basic is refused
};

class ClientSession {
 public:
  static constexpr Duration kStepTimeout = std::chrono::seconds(5);
  static constexpr Duration kOptionsTimeout = std::chrono::seconds(3);
  /// Between PLAY and the first packet, and between any two packets of video.
  static constexpr Duration kStallTimeout = std::chrono::seconds(8);
  /// Between two keep-alives at most, however long the camera's own timeout is.
  static constexpr Duration kMaxKeepAlive = std::chrono::seconds(30);
  /// Garbage between two items that is searched through before the session is given up.
  static constexpr size_t kResyncLimit = size_t{256} << 10;

  /// `handler` outlives the session.
  ClientSession(ClientOptions options, ClientHandler& handler);

  /// Takes over the challenge that the session before was given: the only way in where the camera
  /// closes the connection after a 401. In any other case the camera is to ask anew: whoever is
  /// there now may not be who asked, or may have learned something better than Basic, and most
  /// cameras refuse the nonce of another connection, which some count as a wrong password.
  void set_authenticator(Authenticator authenticator);
  [[nodiscard]] const Authenticator& authenticator() const { return authenticator_; }

  /// The connection is open. REQUIRES: called once, before the following.
  void start(MonoTime now);
  void on_bytes(ByteSpan bytes, MonoTime now);
  /// At least every 100 ms: deadlines and keep-alive.
  void on_tick(MonoTime now);
  /// The connection was closed by the other side: decides what that means.
  void on_closed(const Error& why);
  /// UDP: a packet of video arrived outside of this session's connection.
  void note_packet(MonoTime now) { last_video_ = now; }

  struct SetUp {
    size_t track = 0;              ///< index into on_tracks()
    uint16_t client_rtp_port = 0;  ///< UDP only; RTCP is the next one
  };
  /// The tracks to be played, at least one. REQUIRES: after on_tracks().
  void set_up(std::vector<SetUp> tracks, MonoTime now);
  /// A receiver report or the like, to the camera. TCP only; nothing while not playing.
  void send_rtcp(size_t track, ByteSpan packet);
  /// Ends the session politely: TEARDOWN is in take_output(), no handler is called any more.
  void teardown();

  /// Bytes to be written, in order; "" mostly. The owner keeps what it cannot write.
  [[nodiscard]] bool has_output() const { return !output_.empty(); }
  [[nodiscard]] Bytes take_output();

  /// What the camera has said of itself in this session; no hardware address.
  [[nodiscard]] const DeviceSigns& device() const { return device_; }

  [[nodiscard]] bool playing() const { return state_ == State::kPlaying; }
  [[nodiscard]] bool closed() const { return state_ == State::kClosed; }
  [[nodiscard]] uint64_t garbage_bytes() const { return parser_.garbage_bytes(); }
  [[nodiscard]] uint64_t resyncs() const { return parser_.resyncs(); }
  /// Frames on channels that no track has.
  [[nodiscard]] uint64_t stray_frames() const { return stray_frames_; }

 private:
  enum class State { kIdle, kOptions, kDescribe, kChoosing, kSetUp, kPlay, kPlaying, kClosed };
  struct Pending {
    std::string method;
    std::string uri;
    uint32_t cseq = 0;
    MonoTime deadline;
  };
  struct Channel {
    int8_t track = -1;
    bool rtcp = false;
  };

  void send_options();
  void send_describe();
  void send_next_set_up();
  void send_play();
  void send_keep_alive();
  void send(std::string method, const std::string& uri, Headers extra);
  void resend();

  void on_frame(const InterleavedFrame& frame);
  void on_request(const Request& request);
  void on_response(const Response& response);
  [[nodiscard]] bool answers_pending(const Response& response) const;
  void on_unauthorized(const Response& response);
  void on_redirect_to(std::string_view location);
  void on_options(const Response& response);
  void on_describe(const Response& response);
  void on_set_up(const Response& response);
  void on_play(const Response& response);
  void on_keep_alive(const Response& response);
  void on_deadline();
  [[nodiscard]] Error refusal(const Response& response) const;
  [[nodiscard]] Result<void> map_channels(const std::optional<NumberPair>& given);
  [[nodiscard]] std::vector<ClientHandler::PlayStart> match_rtp_info(std::string_view value) const;
  void read_session_field(const Response& response);
  void fail(Error error);
  void fail(ErrorCode code, std::string what);

  ClientOptions options_;
  ClientHandler& handler_;
  Authenticator authenticator_;
  MessageParser parser_{kResyncLimit};
  State state_ = State::kIdle;
  MonoTime now_;
  Bytes output_;

  uint32_t next_cseq_ = 1;
  std::optional<Pending> pending_;
  Headers pending_extra_;
  uint32_t abandoned_cseq_ = 0;  ///< answers up to this one are late and ignored
  bool answered_ = false;        ///< at least one RTSP response came
  DeviceSigns device_;

  std::string base_;       ///< what control addresses are relative to
  std::string aggregate_;  ///< the address of PLAY, keep-alive and TEARDOWN
  std::vector<TrackDescription> tracks_;
  std::deque<SetUp> to_set_up_;
  std::array<Channel, 256> channels_{};
  std::array<uint8_t, 2> rtp_channel_{};  ///< per track

  std::string session_;
  Duration keep_alive_interval_;
  bool keep_alive_by_get_parameter_ = false;
  MonoTime next_keep_alive_;
  MonoTime last_video_;
  uint64_t stray_frames_ = 0;
};

}  // namespace vedette::rtsp
