// SPDX-License-Identifier: Apache-2.0
#include "sim/simulator.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <queue>
#include <thread>
#include <unordered_map>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mutex.h"
#include "sim/connection.h"
#include "sim/fd.h"
#include "sim/lateness.h"
#include "sim/onvif_responder.h"
#include "sim/sources.h"

namespace vedette::sim {
namespace {

constexpr uint64_t kListener = 0;
constexpr uint64_t kUdp = 1;  // and kUdp + 1
constexpr uint64_t kFirstClient = 16;
constexpr int kMaxWaitMs = 100;
constexpr Duration kPublishInterval = std::chrono::milliseconds(250);

Result<sockaddr_in> parse_address(const std::string& address, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &out.sin_addr) != 1)
    return make_error(ErrorCode::kInvalidArgument, address + " is not an IPv4 address");
  return out;
}

Result<Fd> bind_socket(int type, const sockaddr_in& address) {
  Fd fd(socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (type == SOCK_STREAM) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const int buffer = 4 << 20;
  if (type == SOCK_DGRAM) setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return make_error(ErrorCode::kUnavailable, "port " + std::to_string(ntohs(address.sin_port)) +
                                                   ": " + std::strerror(errno));
  return fd;
}

uint16_t port_of(const Fd& fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

/// An even port for RTP and the next one for RTCP (RFC 3550 §11).
Result<std::array<Fd, 2>> bind_udp_pair(sockaddr_in address) {
  for (uint16_t port = 20000; port < 60000; port = static_cast<uint16_t>(port + 2)) {
    address.sin_port = htons(port);
    auto rtp = bind_socket(SOCK_DGRAM, address);
    if (!rtp) continue;
    address.sin_port = htons(static_cast<uint16_t>(port + 1));
    auto rtcp = bind_socket(SOCK_DGRAM, address);
    if (rtcp) return std::array<Fd, 2>{std::move(*rtp), std::move(*rtcp)};
  }
  return make_error(ErrorCode::kUnavailable, "no free pair of UDP ports");
}

class EpollSimulator final : public Simulator {
 public:
  EpollSimulator(World world, Fd listener, std::array<Fd, 2> udp,
                 std::unique_ptr<OnvifResponder> onvif)
      : onvif_(std::move(onvif)),
        world_(std::move(world)),
        listener_(std::move(listener)),
        udp_(std::move(udp)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        port_(port_of(listener_)) {
    world_.udp = {udp_[0].get(), udp_[1].get()};
    world_.udp_port = port_of(udp_[0]);
    world_.start = world_.clock->mono();
    if (world_.options.stamp) {
      const WallTime wall = world_.clock->wall();
      for (size_t i = 0; i < world_.cameras.size(); ++i)
        world_.cameras[i].phase = stamped_phase(static_cast<int>(i), world_.options, wall);
    }
    watch(listener_.get(), kListener, EPOLLIN);
    watch(udp_[0].get(), kUdp, EPOLLIN);
    watch(udp_[1].get(), kUdp + 1, EPOLLIN);
    if (onvif_) tell_onvif();
    publish();
  }

  uint16_t port() const override { return port_; }
  uint16_t onvif_port() const override { return onvif_ ? onvif_->port() : uint16_t{0}; }
  void run(std::stop_token stop) override;
  SimStats stats() const override {
    MutexLock lock(mutex_);
    return published_;
  }

 private:
  struct Client {
    std::unique_ptr<Connection> connection;
    int fd = -1;
    bool watching_write = false;
    uint64_t scheduled = 0;  ///< the PLAY whose frames are in the queue
  };
  struct Due {
    MonoTime at;
    uint64_t client = 0;
    uint64_t play = 0;
    bool operator>(const Due& other) const { return at > other.at; }
  };

  void watch(int fd, uint64_t id, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }
  void tell_onvif();
  void accept_all();
  void drain_udp(int fd);
  void on_event(uint64_t id, uint32_t events);
  void after(uint64_t id, Client& client, bool keep);
  void send_all_due();
  int wait_ms() const;
  void publish();

  std::unique_ptr<OnvifResponder> onvif_;  ///< null: none
  World world_;
  Fd listener_;
  std::array<Fd, 2> udp_;
  Fd epoll_;
  uint16_t port_;
  std::unordered_map<uint64_t, Client> clients_;
  uint64_t next_id_ = kFirstClient;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  Lateness lateness_;
  MonoTime next_publish_;

  mutable Mutex mutex_;
  SimStats published_ VEDETTE_GUARDED_BY(mutex_);
};

void EpollSimulator::tell_onvif() {
  std::vector<OnvifStreams> streams;
  for (const CameraWorld& camera : world_.cameras) streams.push_back({camera.main, camera.sub});
  onvif_->set_cameras(streams, port_);
}

void EpollSimulator::run(std::stop_token stop) {
  std::jthread responder;
  if (onvif_) responder = std::jthread([this](const std::stop_token& end) { onvif_->run(end); });
  std::array<epoll_event, 256> events;
  while (!stop.stop_requested()) {
    send_all_due();
    const int n =
        epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms());
    for (int i = 0; i < n; ++i)
      on_event(events[static_cast<size_t>(i)].data.u64, events[static_cast<size_t>(i)].events);
    if (world_.clock->mono() >= next_publish_) publish();
  }
  publish();
}

int EpollSimulator::wait_ms() const {
  if (due_.empty()) return kMaxWaitMs;
  const int64_t us = (due_.top().at - world_.clock->mono()).count();
  // Rounded up: a frame may be up to a millisecond late, and frames go out in batches.
  return static_cast<int>(std::clamp<int64_t>((us + 999) / 1000, 0, kMaxWaitMs));
}

void EpollSimulator::send_all_due() {
  while (!due_.empty()) {
    const Due next = due_.top();
    const MonoTime now = world_.clock->mono();
    if (next.at > now) return;
    due_.pop();
    const auto found = clients_.find(next.client);
    if (found == clients_.end() || found->second.connection->plays() != next.play) continue;
    Client& client = found->second;
    if (!client.connection->next_due()) {
      client.scheduled = 0;
      continue;
    }
    lateness_.add(now - next.at);
    const bool keep = client.connection->send_due(now);
    const auto due = client.connection->next_due();
    if (keep && due) due_.push({*due, next.client, next.play});
    after(next.client, client, keep);
  }
}

void EpollSimulator::on_event(uint64_t id, uint32_t events) {
  if (id == kListener) return accept_all();
  if (id < kFirstClient) return drain_udp(udp_[id - kUdp].get());
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  bool keep = true;
  if ((events & EPOLLOUT) != 0) keep = client.connection->on_writable();
  if (keep && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
    keep = client.connection->on_readable();
  after(id, client, keep);
}

/// Closes a client or brings its watching and its place in the queue up to date.
void EpollSimulator::after(uint64_t id, Client& client, bool keep) {
  if (!keep) {
    clients_.erase(id);
    return;
  }
  const Connection& connection = *client.connection;
  if (connection.wants_write() != client.watching_write) {
    client.watching_write = connection.wants_write();
    epoll_event event{};
    event.events = EPOLLIN | (client.watching_write ? uint32_t{EPOLLOUT} : 0);
    event.data.u64 = id;
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, client.fd, &event);
  }
  const auto due = connection.next_due();
  if (due && client.scheduled != connection.plays()) {
    client.scheduled = connection.plays();
    due_.push({*due, id, connection.plays()});
  }
}

void EpollSimulator::accept_all() {
  for (;;) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const int fd = accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const uint64_t id = next_id_++;
    Client client;
    client.connection = std::make_unique<Connection>(world_, fd, peer);
    client.fd = fd;
    clients_.emplace(id, std::move(client));
    watch(fd, id, EPOLLIN);
  }
}

/// Receiver reports and hole punching: nothing that a simulator acts on.
void EpollSimulator::drain_udp(int fd) {
  std::array<uint8_t, 2048> buffer;
  while (recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT) >= 0) {
  }
}

void EpollSimulator::publish() {
  next_publish_ = world_.clock->mono() + kPublishInterval;
  SimStats stats;
  for (const CameraWorld& camera : world_.cameras) stats.cameras.push_back(camera.stats);
  lateness_.fill(stats);
  stats.clients_dropped = world_.clients_dropped;
  MutexLock lock(mutex_);
  published_ = std::move(stats);
}

}  // namespace

Result<std::unique_ptr<Simulator>> Simulator::create(const SimOptions& options,
                                                     const Clock& clock) {
  VEDETTE_TRY(check(options));
  VEDETTE_ASSIGN(const sockaddr_in address, parse_address(options.address, options.port));
  // The port first: a scene takes seconds to draw, and a port in use is known at once.
  VEDETTE_ASSIGN(Fd listener, bind_socket(SOCK_STREAM, address));
  if (listen(listener.get(), 1024) != 0)
    return make_error(ErrorCode::kUnavailable, std::strerror(errno));
  VEDETTE_ASSIGN(auto udp, bind_udp_pair(address));
  std::unique_ptr<OnvifResponder> onvif;
  if (options.onvif) {
    VEDETTE_ASSIGN(onvif, OnvifResponder::open(options, clock));
  }
  World world;
  world.options = options;
  world.clock = &clock;
  VEDETTE_ASSIGN(world.cameras, make_cameras(options));
  return std::unique_ptr<Simulator>(std::make_unique<EpollSimulator>(
      std::move(world), std::move(listener), std::move(udp), std::move(onvif)));
}

std::string to_json(const SimStats& stats) {
  std::string json = fmt::format(
      "{{\"frames\": {}, \"late_frames\": {}, \"lateness_p50_us\": {}, \"lateness_p99_us\": {}, "
      "\"lateness_max_us\": {}, \"clients_dropped\": {}, \"cameras\": [",
      stats.frames, stats.late_frames, stats.lateness_p50_us, stats.lateness_p99_us,
      stats.lateness_max_us, stats.clients_dropped);
  const char* separator = "";
  for (const CameraStats& camera : stats.cameras) {
    json += fmt::format(
        "{}{{\"sessions\": {}, \"frames_sent\": {}, \"sub_frames_sent\": {}, \"frames_lost\": {}, "
        "\"bytes_sent\": {}}}",
        separator, camera.sessions, camera.frames_sent, camera.sub_frames_sent, camera.frames_lost,
        camera.bytes_sent);
    separator = ", ";
  }
  return json + "]}";
}

}  // namespace vedette::sim
