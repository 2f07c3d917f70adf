// SPDX-License-Identifier: Apache-2.0
// Tries a stream as recording would: connects, logs in, DESCRIBE, SETUP, PLAY, and waits for the
// first picture. It differs from a CameraSession in that it tries once, logs nothing, and knows
// exactly what went wrong. Driven by tick(); confined to the caller.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "media/access_unit.h"
#include "net/byte_stream.h"
#include "rtp/track_receiver.h"
#include "rtsp/client_session.h"

namespace vedette::ingest {

struct StreamOffer {
  media::AccessUnitPtr key_frame;  ///< the first picture
  double fps = 0;                  ///< declared, else measured; 0 when neither could be had
  std::optional<media::Codec> audio;
};

class StreamProbe final : private rtsp::ClientHandler {
 public:
  static constexpr Duration kConnectTimeout = std::chrono::seconds(3);
  static constexpr Duration kTlsConnectTimeout = std::chrono::seconds(6);
  /// From PLAY to a picture that decoding can start with: cameras send one every 10 s at the worst.
  static constexpr Duration kPictureTimeout = std::chrono::seconds(11);
  /// For how long frames are counted where none says how many come.
  static constexpr Duration kCounting = std::chrono::milliseconds(600);

  StreamProbe(rtsp::Url url, const Clock& clock, net::Connector& connector);
  ~StreamProbe() override;

  /// Does all there is to do now. `scratch` is a read buffer.
  void tick(std::span<uint8_t> scratch);
  [[nodiscard]] bool done() const { return result_.has_value(); }
  /// REQUIRES: done(). Errors: unavailable (nobody answers), unauthenticated, not_found (no such
  /// path), failed_precondition (not RTSP), unsupported (codec, transport), timeout (no picture).
  [[nodiscard]] Result<StreamOffer> take() { return std::move(*result_); }

 private:
  // rtsp::ClientHandler
  void on_tracks(const std::vector<rtsp::TrackDescription>& tracks) override;
  void on_udp_peer(size_t track, const UdpPeer& peer) override;
  void on_playing(const std::vector<PlayStart>& info) override;
  void on_packet(size_t track, bool rtcp, ByteSpan packet) override;
  void on_redirect(const rtsp::Url& url) override;
  void on_failed(const Error& error) override;

  void connect();
  void drive_connecting();
  void drive_open(std::span<uint8_t> scratch);
  void collect();
  void write_output();
  void settle();
  void finish(Result<StreamOffer> result);

  rtsp::Url url_;
  const Clock& clock_;
  net::Connector& connector_;
  MonoTime now_;
  MonoTime deadline_;
  int connections_ = 0;

  std::unique_ptr<net::ByteStream> stream_;
  std::unique_ptr<rtsp::ClientSession> session_;
  rtsp::Authenticator authenticator_;
  std::unique_ptr<rtp::TrackReceiver> video_;
  size_t video_track_ = 0;
  Bytes backlog_;
  StreamOffer offer_;
  MonoTime first_picture_;
  int64_t frames_ = 0;
  int64_t first_dts_ = 0;
  int64_t last_dts_ = 0;
  std::optional<Error> failure_;  ///< set by the handler, carried out after it returned
  std::optional<rtsp::Url> redirect_;
  std::optional<Result<StreamOffer>> result_;
};

}  // namespace vedette::ingest
