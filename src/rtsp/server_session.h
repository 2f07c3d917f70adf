// SPDX-License-Identifier: Apache-2.0
// The camera's side of an RTSP connection (RFC 2326) as a state machine without I/O: what the
// simulator speaks. Bytes and times in, bytes and calls of a handler out. Media packets are not
// its business: the owner writes them itself, between the responses. Confined to the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "rtsp/header_fields.h"
#include "rtsp/message.h"
#include "rtsp/server_auth.h"

namespace vedette::rtsp {

/// What one path serves.
struct ServedMedia {
  std::string sdp;                    ///< whole, with an a=control per medium
  std::vector<std::string> controls;  ///< those of the media, in the order of the SDP: "stream=0"
};

/// What a connection asks its owner for. Errors become RTSP statuses: not_found 404, unsupported
/// 461, unavailable 503, permission_denied 403, resource_exhausted 453, failed_precondition 455,
/// anything else 500. Called from within on_bytes(); must not destroy the session.
class ServerHandler {
 public:
  virtual ~ServerHandler() = default;
  /// `path`: of the URL, without a trailing slash: "/cam0", "/cam0/sub".
  [[nodiscard]] virtual Result<ServedMedia> describe(std::string_view path) = 0;
  /// `asked` is TCP with its channels or UDP with the client's ports; the answer goes into the
  /// reply. One track may be set up again until PLAY.
  [[nodiscard]] virtual Result<Transport> set_up(std::string_view path, size_t track,
                                                 const Transport& asked) = 0;
  /// Packets may follow the response, so they must not be written from within this call. One
  /// entry per track that was set up; `url` is filled in by the session.
  struct Start {
    size_t track = 0;
    uint16_t seq = 0;
    uint32_t rtptime = 0;
  };
  [[nodiscard]] virtual Result<std::vector<Start>> play(std::string_view path) = 0;
  virtual void pause() = 0;
  virtual void teardown() = 0;
};

struct ServerOptions {
  std::string server = "Vedette";
  std::string session_id = "1";  ///< random text of the caller's
  uint32_t timeout_s = 60;
  ServerLogin login;
};

class ServerSession {
 public:
  /// `handler` outlives the session.
  ServerSession(ServerOptions options, ServerHandler& handler);

  /// An error means that the stream is not RTSP: write what is left and close.
  Result<void> on_bytes(ByteSpan bytes, MonoTime now);
  /// A UDP session whose client has been silent for longer than the timeout. Over TCP the
  /// connection itself says whether the client is there.
  [[nodiscard]] bool expired(MonoTime now) const;

  [[nodiscard]] bool has_output() const { return !output_.empty(); }
  [[nodiscard]] Bytes take_output() { return std::move(output_); }
  [[nodiscard]] bool playing() const { return state_ == State::kPlaying; }
  /// After TEARDOWN: close once the output is written.
  [[nodiscard]] bool closed() const { return state_ == State::kClosed; }

 private:
  enum class State : uint8_t { kInit, kReady, kPlaying, kClosed };
  struct Target {
    std::string path;
    std::optional<size_t> track;  ///< nullopt: the presentation as a whole
    std::string base;             ///< scheme, host and path of the presentation, as the client says
  };

  void on_request(const Request& request);
  void on_describe(const Request& request, Response& response);
  void on_set_up(const Request& request, Response& response);
  void on_play(const Request& request, Response& response);
  void on_pause(const Request& request, Response& response);
  void on_teardown(const Request& request, Response& response);
  [[nodiscard]] Result<Target> find_target(std::string_view uri);
  [[nodiscard]] bool is_our_session(const Request& request) const;
  void add_session(Response& response) const;

  ServerOptions options_;
  ServerHandler& handler_;
  ServerAuth auth_;
  MessageParser parser_;
  Bytes output_;
  State state_ = State::kInit;
  std::string path_;  ///< of the presentation that was set up
  std::string base_;
  std::vector<std::string> controls_;
  bool udp_ = false;
  MonoTime last_heard_;
};

}  // namespace vedette::rtsp
