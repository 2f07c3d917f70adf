// SPDX-License-Identifier: Apache-2.0
#include "api/live_socket.h"

#include <algorithm>

#include "api/handlers.h"
#include "base/utf8.h"

namespace vedette::api {
namespace {

using live::Header;
using stream::Reader;
using stream::StreamKind;

/// Below this a full queue says nothing about the viewer: it is one large picture.
constexpr size_t kLeastQueueBytes = 256 * 1024;
/// Whether a hub was replaced or removed is looked up every so many ticks.
constexpr int kTicksPerCheck = 10;
/// While a camera is changed it has no streams for a moment: so many looks in a row must find none.
constexpr int kLooksUntilRemoved = 2;
/// Answers that a page may leave unread. It asks for a few a minute.
constexpr int kMostReplies = 1000;
/// Of what the page said, in an answer to it.
constexpr size_t kMaxEchoBytes = 64;
constexpr uint16_t kPolicyViolation = 1008;  // RFC 6455 §7.4.1

constexpr auth::Policy kOpenPolicy(auth::Operation::kWatchLive, auth::ObjectKind::kServer,
                                   auth::PictureUse::kNone);

std::string_view error_code(ErrorCode code) {
  return code == ErrorCode::kInvalidArgument ? "bad_message" : to_string(code);
}

bool is_video(const media::AccessUnit& au) { return media::is_video(au.track->codec); }

Header header_of(const Reader::Item& item, uint16_t sub) {
  const media::AccessUnit& au = *item.au;
  Header header;
  header.sub = sub;
  header.track = is_video(au) ? live::kVideoTrack : live::kAudioTrack;
  header.utc = au.utc;
  header.pts_us = ticks_to_us(au.pts, au.track->timescale);
  if (au.random_access) header.flags |= live::kRandomAccess;
  if (item.discontinuity) header.flags |= live::kDiscontinuity;
  if (au.damaged) header.flags |= live::kDamaged;
  if (item.catch_up) header.flags |= live::kCatchUp;
  return header;
}

live::State state_of(const stream::HubState& hub) {
  if (hub.live) return {"live", hub.since, {}, {}};
  if (!hub.why || hub.why->cause == stream::BreakCause::kStarting) {
    return {"connecting", hub.since, {}, {}};
  }
  return {"down", hub.since, std::string(stream::to_string(hub.why->cause)), hub.why->detail};
}

}  // namespace

LiveSocket::LiveSocket(const Sources& sources, std::shared_ptr<LiveViewers> viewers,
                       auth::Principal principal)
    : sources_(sources), viewers_(std::move(viewers)), principal_(principal) {
  ++viewers_->sockets;
}

LiveSocket::~LiveSocket() {
  viewers_->subscriptions -= static_cast<int64_t>(subscriptions_.size());
  --viewers_->sockets;
}

void LiveSocket::on_open(std::shared_ptr<net::WebSocketSession> session) {
  session_ = std::move(session);
}

void LiveSocket::on_closed() {
  viewers_->subscriptions -= static_cast<int64_t>(subscriptions_.size());
  subscriptions_.clear();
  session_.reset();
}

void LiveSocket::on_text(std::string_view text) {
  const auto message = live::parse_message(text);
  if (!message) return refuse(live::sub_of(text), message.error());
  std::visit([this](const auto& known) { handle(known); }, *message);
}

void LiveSocket::refuse(uint16_t sub, const Error& error) {
  reply(live::error_message(sub, error_code(error.code), error.message()));
}

void LiveSocket::reply(std::string text) {
  if (++replies_ > kMostReplies && session_->queued_bytes() > kLeastQueueBytes)
    return session_->close(kPolicyViolation, "read what you ask for");
  session_->send_text(std::move(text));
}

bool LiveSocket::allowed(uint16_t sub, const auth::Policy& policy) {
  const auto answer = auth::authorize(principal_, policy);
  if (!answer) refuse(sub, answer.error());
  return answer.has_value();
}

void LiveSocket::handle(const live::Subscribe& message) {
  if (!allowed(message.sub, live::policy_of(message))) return;
  const auto rendition = auth::choose_rendition(
      principal_, message.rendition.empty() ? std::nullopt
                                            : std::optional<std::string_view>(message.rendition));
  if (!rendition) return refuse(message.sub, rendition.error());
  if (subscriptions_.count(message.sub) > 0) {
    return reply(live::error_message(message.sub, "already_subscribed",
                                     "this number is in use; unsubscribe it or take another"));
  }
  if (subscriptions_.size() >= live::kMaxSubscriptions) {
    return reply(live::error_message(message.sub, "too_many",
                                     "one socket carries 64 streams; unsubscribe some"));
  }
  Source source = find_source(message, transcode::Pool::Ask::kFirst);
  if (!source.hub && !source.refused) {
    return refuse(message.sub, make_error(ErrorCode::kNotFound,
                                          "there is no such camera or stream: \"" +
                                              clean_line(message.camera, kMaxEchoBytes) + "\""));
  }
  Subscription& subscription = subscriptions_[message.sub];
  subscription.wanted = message;
  ++viewers_->subscriptions;
  attach(subscription, std::move(source));
  pump();
}

void LiveSocket::handle(const live::Unsubscribe& message) {
  if (!allowed(message.sub, live::policy_of(message))) return;
  if (subscriptions_.erase(message.sub) == 0) {
    return refuse(message.sub, make_error(ErrorCode::kNotFound, "this number is not in use"));
  }
  --viewers_->subscriptions;
}

void LiveSocket::handle(const live::Ping& message) {
  if (!allowed(0, live::policy_of(message))) return;
  reply(live::pong_message(message.t, sources_.clock.wall()));
}

bool LiveSocket::must_be_converted(const live::Subscribe& wanted, media::Codec codec) const {
  return sources_.transcoder != nullptr && wanted.video && !wanted.decodes(codec) &&
         wanted.decodes(media::Codec::kH264);
}

LiveSocket::Source LiveSocket::find_source(const live::Subscribe& wanted,
                                           transcode::Pool::Ask ask) {
  StreamKind kind =
      wanted.stream == live::StreamChoice::kMain ? StreamKind::kMain : StreamKind::kSub;
  auto hub = sources_.cameras.hub(wanted.camera, kind);
  if (!hub && wanted.stream == live::StreamChoice::kAuto) {
    kind = StreamKind::kMain;
    hub = sources_.cameras.hub(wanted.camera, kind);
  }
  if (!hub) return {};
  const media::TrackInfoPtr video = hub->state().video;
  if (!video || !must_be_converted(wanted, video->codec)) return {std::move(hub), {}, {}, {}};
  auto lease = sources_.transcoder->acquire(wanted.camera, kind, hub, ask);
  if (!lease) return {{}, {}, video->rfc6381, lease.error()};
  return {(*lease)->hub(), *lease, video->rfc6381, {}};
}

void LiveSocket::attach(Subscription& subscription, Source source) {
  subscription.held.reset();
  subscription.reader.reset();
  subscription.hub = std::move(source.hub);
  subscription.lease = std::move(source.lease);
  subscription.transcoded_from = std::move(source.transcoded_from);
  if (!subscription.hub) {
    return send_state(subscription, {"waiting", sources_.clock.wall(), "transcode_budget",
                                     source.refused->message()});
  }
  subscription.dirty = std::make_shared<std::atomic<bool>>(true);
  subscription.reader =
      subscription.hub->subscribe([session = session_, dirty = subscription.dirty] {
        if (!dirty->exchange(true)) session->wake();
      });
  send_state(subscription, state_of(subscription.hub->state()));
}

void LiveSocket::let_go(Subscription& subscription) {
  subscription.held.reset();
  subscription.reader.reset();
  subscription.hub.reset();
  subscription.lease.reset();
  send_state(subscription, {"down", sources_.clock.wall(), "removed",
                            "This camera was removed, or has no such stream any more."});
}

void LiveSocket::send_state(Subscription& subscription, const live::State& state) {
  std::string text = live::state_message(subscription.wanted.sub, state);
  if (text == subscription.state) return;
  session_->send_text(text);
  subscription.state = std::move(text);
}

void LiveSocket::on_tick() {
  if (++ticks_ % kTicksPerCheck == 0 || std::exchange(recheck_, false)) check_hubs();
  pump();
}

/// A camera that was changed has new hubs; one that was removed has none, and may come back: a page
/// that did not hear of it goes on asking for the stream that it knew.
void LiveSocket::check_hubs() {
  for (auto& [sub, subscription] : subscriptions_) {
    const bool waits = !subscription.hub;
    Source source = find_source(
        subscription.wanted, waits ? transcode::Pool::Ask::kAgain : transcode::Pool::Ask::kFirst);
    if (!source.hub && !source.refused) {
      if (++subscription.missing == kLooksUntilRemoved) let_go(subscription);
      continue;
    }
    const bool back = std::exchange(subscription.missing, 0) >= kLooksUntilRemoved;
    if (back || source.hub != subscription.hub) attach(subscription, std::move(source));
  }
}

size_t LiveSocket::queue_limit() const {
  size_t two_gops = 0;
  for (const auto& [sub, subscription] : subscriptions_) {
    if (!subscription.wanted.video) continue;
    if (subscription.gop_bytes == 0) return live::kMaxQueuedBytes;
    two_gops += 2 * subscription.gop_bytes;
  }
  return std::clamp(two_gops, kLeastQueueBytes, live::kMaxQueuedBytes);
}

void LiveSocket::pump() {
  if (!session_) return;
  if (blocked_) {
    if (session_->queued_bytes() > queue_limit() / 2) return;
    blocked_ = false;
    replies_ = 0;
    jump_to_newest();
  }
  // In turns, beginning after the one that found the socket full.
  const auto first = subscriptions_.upper_bound(next_);
  for (auto it = first; it != subscriptions_.end(); ++it) {
    if (!pump(it->second)) return;
  }
  for (auto it = subscriptions_.begin(); it != first; ++it) {
    if (!pump(it->second)) return;
  }
}

bool LiveSocket::pump(Subscription& subscription) {
  if (!subscription.reader) return true;
  if (!subscription.held && !subscription.dirty->exchange(false)) return true;
  send_state(subscription, state_of(subscription.hub->state()));
  for (;;) {
    auto item = subscription.held ? std::move(subscription.held) : subscription.reader->next();
    subscription.held.reset();
    if (!item) return true;
    const size_t queued = session_->queued_bytes();
    if (queued > 0 && queued + item->au->data.size() > queue_limit()) {
      subscription.held = std::move(item);
      blocked_ = true;
      next_ = subscription.wanted.sub;
      return false;
    }
    send(subscription, *item);
  }
}

/// Called when a full socket has drained: whoever has a newer random access unit waiting goes on
/// there, so that a slow viewer is behind by what it has in flight and no more.
void LiveSocket::jump_to_newest() {
  for (auto& [sub, subscription] : subscriptions_) {
    if (!subscription.reader || (!subscription.held && !*subscription.dirty)) continue;
    const auto gop = subscription.hub->latest_gop();
    const bool newer = !gop.empty() && gop.front() != subscription.random_access;
    const bool held_is_it =
        subscription.held && !gop.empty() && subscription.held->au == gop.front();
    if (!newer || held_is_it) continue;
    subscription.held.reset();
    subscription.reader->skip_to_newest();
    *subscription.dirty = true;
    ++viewers_->jumps;
  }
}

void LiveSocket::send(Subscription& subscription, const Reader::Item& item) {
  const media::AccessUnit& au = *item.au;
  if (!(is_video(au) ? subscription.wanted.video : subscription.wanted.audio)) return;
  if (is_video(au) && must_be_converted(subscription.wanted, au.track->codec)) {
    recheck_ = true;
    return;
  }
  if (is_video(au) && au.random_access) {
    if (subscription.random_access && !item.discontinuity) {
      subscription.gop_bytes = std::max<size_t>(1, subscription.bytes_since_random_access);
    }
    subscription.bytes_since_random_access = 0;
    subscription.random_access = item.au;
  }
  subscription.bytes_since_random_access += au.data.size();
  ++viewers_->frames;
  if (subscription.wanted.format == live::Format::kFrames) {
    send_frame(subscription, item);
  } else {
    send_segment(subscription, item);
  }
}

void LiveSocket::send_frame(Subscription& subscription, const Reader::Item& item) {
  const media::AccessUnit& au = *item.au;
  const Header header = header_of(item, subscription.wanted.sub);
  media::TrackInfoPtr& known = is_video(au) ? subscription.video : subscription.audio;
  if (!known || (known != au.track && !(*known == *au.track))) {
    session_->send_text(live::config_message(header.sub, header.track, *au.track,
                                             is_video(au) ? subscription.transcoded_from : ""));
  }
  known = au.track;
  send_binary(live::encode(header), item.au);
}

void LiveSocket::send_segment(Subscription& subscription, const Reader::Item& item) {
  const media::AccessUnit& au = *item.au;
  Header header = header_of(item, subscription.wanted.sub);
  if (is_video(au) && au.random_access) {
    const auto audio =
        subscription.wanted.audio ? subscription.hub->state().audio : media::TrackInfoPtr();
    if (item.discontinuity || subscription.fmp4.needs_begin(au, audio)) {
      auto init = subscription.fmp4.begin(au, audio);
      if (!init) return refuse(header.sub, init.error());
      session_->send_text(live::mime_message(header.sub, init->mime, subscription.transcoded_from));
      header.type = live::Type::kInitSegment;
      auto segment = std::make_shared<Bytes>(std::move(init->segment));
      session_->send_binary(live::encode(header), segment, *segment);
    }
  }
  const auto head = subscription.fmp4.make_segment_head(au);
  if (!head) return;
  header.type = live::Type::kMediaSegment;
  Bytes bytes = live::encode(header);
  bytes.insert(bytes.end(), head->begin(), head->end());
  send_binary(std::move(bytes), item.au);
}

void LiveSocket::send_binary(Bytes header, const media::AccessUnitPtr& au) {
  viewers_->bytes += header.size() + au->data.size();
  session_->send_binary(std::move(header), au, au->data);
}

void add_live_routes(const Services& services, std::shared_ptr<LiveViewers> viewers,
                     std::vector<Route>& routes) {
  routes.emplace_back(
      "/api/v1/live", kOpenPolicy,
      SocketHandler([services, viewers = std::move(viewers)](const auth::Principal& principal) {
        return std::make_unique<LiveSocket>(
            LiveSocket::Sources{services.clock, services.cameras, services.transcoder}, viewers,
            principal);
      }));
}

}  // namespace vedette::api
