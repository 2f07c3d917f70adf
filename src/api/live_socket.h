// SPDX-License-Identifier: Apache-2.0
// One page's WebSocket: reads docs/ref/live.md, follows the hubs it subscribed to and never lets
// more than a bound wait in the socket. Confined to the reactor thread; hubs wake it from theirs.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/live_fmp4.h"
#include "api/live_protocol.h"
#include "api/live_viewers.h"
#include "api/services.h"
#include "net/http_server.h"
#include "transcode/pool.h"

namespace vedette::api {

class LiveSocket final : public net::WebSocketHandler {
 public:
  /// Where pictures come from. REQUIRES: all outlive the sockets.
  struct Sources {
    const Clock& clock;
    CameraService& cameras;
    transcode::Pool* transcoder = nullptr;  ///< null: nothing is converted
  };
  LiveSocket(const Sources& sources, std::shared_ptr<LiveViewers> viewers,
             auth::Principal principal);
  ~LiveSocket() override;

  void on_open(std::shared_ptr<net::WebSocketSession> session) override;
  void on_text(std::string_view text) override;
  void on_wake() override { pump(); }
  void on_drained() override {
    replies_ = 0;
    pump();
  }
  void on_tick() override;
  void on_closed() override;

 private:
  /// What a subscription reads: the camera's own hub, or that of its conversion.
  struct Source {
    std::shared_ptr<stream::Hub> hub;  ///< null: no such stream, or `refused`
    std::shared_ptr<transcode::Lease> lease;
    std::string transcoded_from;   ///< RFC 6381 name of the camera's own codec; else empty
    std::optional<Error> refused;  ///< it would have to be converted, and may not be
  };

  struct Subscription {
    live::Subscribe wanted;
    std::shared_ptr<stream::Hub> hub;  ///< null while it waits to be converted, or was removed
    int missing = 0;                   ///< looks in a row that found no such stream
    std::shared_ptr<transcode::Lease> lease;
    std::string transcoded_from;
    /// Set by the hub's shard when there is something to read; shared because it may still be
    /// calling when the subscription is gone.
    std::shared_ptr<std::atomic<bool>> dirty;
    std::unique_ptr<stream::Reader> reader;

    std::string state;          ///< as last sent
    media::TrackInfoPtr video;  ///< as last configured
    media::TrackInfoPtr audio;
    live::Fmp4Stream fmp4;
    media::AccessUnitPtr random_access;        ///< the last one sent
    std::optional<stream::Reader::Item> held;  ///< read, and did not fit
    size_t gop_bytes = 0;                      ///< of the last whole GOP; 0: not known yet
    size_t bytes_since_random_access = 0;
  };

  void handle(const live::Subscribe& message);
  void handle(const live::Unsubscribe& message);
  void handle(const live::Ping& message);
  /// Whether subscription `sub` may do what `policy` is about; else it was told why not.
  [[nodiscard]] bool allowed(uint16_t sub, const auth::Policy& policy);
  void refuse(uint16_t sub, const Error& error);
  /// Answers what the page said; a page that asks and asks and reads nothing is shut out.
  void reply(std::string text);

  /// Neither hub nor refusal: there is no such camera or stream.
  [[nodiscard]] Source find_source(const live::Subscribe& wanted, transcode::Pool::Ask ask);
  [[nodiscard]] bool must_be_converted(const live::Subscribe& wanted, media::Codec codec) const;
  void attach(Subscription& subscription, Source source);
  void check_hubs();
  /// There is no such stream any more; it is looked for again.
  void let_go(Subscription& subscription);
  void send_state(Subscription& subscription, const live::State& state);

  void pump();
  /// False when the socket is full.
  [[nodiscard]] bool pump(Subscription& subscription);
  void jump_to_newest();
  [[nodiscard]] size_t queue_limit() const;
  void send(Subscription& subscription, const stream::Reader::Item& item);
  void send_frame(Subscription& subscription, const stream::Reader::Item& item);
  void send_segment(Subscription& subscription, const stream::Reader::Item& item);
  void send_binary(Bytes header, const media::AccessUnitPtr& au);

  const Sources sources_;
  const std::shared_ptr<LiveViewers> viewers_;
  const auth::Principal principal_;
  std::shared_ptr<net::WebSocketSession> session_;
  std::map<uint16_t, Subscription> subscriptions_;
  uint16_t next_ = 0;     ///< whose turn it is: no subscription starves the others
  bool blocked_ = false;  ///< waiting for the socket to drain
  bool recheck_ = false;  ///< a codec has come that this page does not decode
  int ticks_ = 0;
  int replies_ = 0;  ///< since the page has read something
};

}  // namespace vedette::api
