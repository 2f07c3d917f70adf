// SPDX-License-Identifier: Apache-2.0
#include "sim/onvif_responder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"
#include "onvif/discovery.h"
#include "onvif/http_message.h"
#include "rtsp/server_auth.h"
#include "sim/fd.h"

namespace vedette::sim {
namespace {

constexpr int kWaitMs = 100;
constexpr size_t kMaxClients = 64;
constexpr Duration kClientLife = std::chrono::seconds(5);
constexpr size_t kMaxDatagram = 65'536;

uint16_t port_of(const Fd& fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Result<Fd> bound(int type, sockaddr_in address) {
  Fd fd(socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return make_error(
        ErrorCode::kUnavailable,
        "ONVIF port " + std::to_string(ntohs(address.sin_port)) + ": " + std::strerror(errno));
  return fd;
}

/// Joins the group on the interface of `local`, or on every one when that is 0.0.0.0. Groups that
/// other programs have joined on the same port are not ours.
void join_group(const Fd& fd, in_addr local) {
  const int off = 0;
  setsockopt(fd.get(), IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
  const auto join = [&](in_addr interface) {
    ip_mreq request{};
    inet_pton(AF_INET, onvif::kDiscoveryGroup, &request.imr_multiaddr);
    request.imr_interface = interface;
    setsockopt(fd.get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
  };
  if (local.s_addr != htonl(INADDR_ANY)) return join(local);
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET)
      join(reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr);
  }
  freeifaddrs(list);
}

onvif::Profile profile_of(const media::TrackInfo& track, const char* name) {
  onvif::Profile profile;
  profile.token = name;
  profile.name = name;
  profile.source = "video";
  profile.encoding =
      track.codec == media::Codec::kH265 ? onvif::Encoding::kH265 : onvif::Encoding::kH264;
  profile.width = track.width;
  profile.height = track.height;
  profile.fps = static_cast<int>(std::lround(track.fps));
  return profile;
}

struct Client {
  Fd fd;
  MonoTime deadline;
  onvif::HttpReader reader{onvif::HttpReader::Side::kRequests};
};

class PollResponder final : public OnvifResponder {
 public:
  PollResponder(const SimOptions& options, const Clock& clock, Fd listener, Fd datagrams)
      : options_(options),
        clock_(clock),
        listener_(std::move(listener)),
        datagrams_(std::move(datagrams)),
        auth_({rtsp::ServerScheme::kDigestMd5, "camera", options.user, options.password,
               random_id(), 0}) {}

  void set_cameras(const std::vector<OnvifStreams>& cameras, uint16_t rtsp_port) override;
  [[nodiscard]] uint16_t port() const override { return port_of(listener_); }
  [[nodiscard]] uint16_t discovery_port() const override { return port_of(datagrams_); }
  void run(std::stop_token stop) override;

 private:
  void accept_all();
  void answer_probes();
  [[nodiscard]] bool serve_client(Client& client);
  [[nodiscard]] std::string answer(const onvif::HttpMessage& request);
  [[nodiscard]] const onvif::ServedDevice* find(std::string_view path) const;

  const SimOptions options_;
  const Clock& clock_;
  Fd listener_;
  Fd datagrams_;
  rtsp::ServerAuth auth_;
  std::vector<onvif::ServedDevice> devices_;
  std::vector<onvif::ProbeMatch> matches_;
  std::vector<Client> clients_;
  Bytes buffer_ = Bytes(kMaxDatagram);
};

void PollResponder::set_cameras(const std::vector<OnvifStreams>& cameras, uint16_t rtsp_port) {
  const std::string host = fmt::format("http://{}:{}/onvif/cam", options_.address, port());
  for (size_t i = 0; i < cameras.size(); ++i) {
    const std::string stream = fmt::format("rtsp://{}:{}/cam{}", options_.address, rtsp_port, i);
    onvif::ServedDevice device;
    device.information = {"Vedette", fmt::format("Simulated camera {}", i + 1), "1",
                          fmt::format("sim-{}-{}", rtsp_port, i)};
    device.service = fmt::format("{}{}/device_service", host, i);
    device.media = fmt::format("{}{}/media_service", host, i);
    device.user = options_.user;
    device.password = options_.password;
    device.streams.push_back({profile_of(*cameras[i].main->tracks[0].info, "main"), stream});
    if (cameras[i].sub != nullptr)
      device.streams.push_back(
          {profile_of(*cameras[i].sub->tracks[0].info, "sub"), stream + "/sub"});
    onvif::ProbeMatch match;
    // The same at each start on these ports, as a device keeps its identity.
    match.endpoint = fmt::format("urn:uuid:5eede77e-{:04x}-4000-a000-{:012x}", port(),
                                 (uint64_t{rtsp_port} << 16) + i);
    match.addresses = {device.service};
    match.name = device.information.model;
    match.hardware = "Simulator";
    devices_.push_back(std::move(device));
    matches_.push_back(std::move(match));
  }
}

void PollResponder::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> ready = {{datagrams_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const Client& client : clients_) ready.push_back({client.fd.get(), POLLIN, 0});
    (void)poll(ready.data(), ready.size(), kWaitMs);
    if (ready[0].revents != 0) answer_probes();
    const MonoTime now = clock_.mono();
    size_t index = 2;
    std::erase_if(clients_, [&](Client& client) {
      const bool readable = ready[index++].revents != 0;
      return now >= client.deadline || (readable && !serve_client(client));
    });
    if (ready[1].revents != 0) accept_all();
  }
}

void PollResponder::accept_all() {
  for (;;) {
    const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    Client client{Fd(fd), clock_.mono() + kClientLife};
    if (clients_.size() < kMaxClients) clients_.push_back(std::move(client));
  }
}

/// One datagram per camera, as as many cameras would send.
void PollResponder::answer_probes() {
  for (;;) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = recvfrom(datagrams_.get(), buffer_.data(), buffer_.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0) return;
    const auto id = onvif::parse_probe(as_text(ByteSpan(buffer_).first(static_cast<size_t>(got))));
    if (!id) continue;
    for (const onvif::ProbeMatch& match : matches_) {
      const std::string text = onvif::build_probe_match(match, *id, random_id(16));
      (void)sendto(datagrams_.get(), text.data(), text.size(), MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&from), size);
    }
  }
}

/// False when the connection is done with.
bool PollResponder::serve_client(Client& client) {
  const ssize_t got = recv(client.fd.get(), buffer_.data(), buffer_.size(), 0);
  if (got < 0) return errno == EAGAIN;
  if (got == 0) return false;
  const auto complete = client.reader.feed(ByteSpan(buffer_).first(static_cast<size_t>(got)));
  if (complete && !*complete) return true;
  const std::string text =
      complete ? answer(client.reader.message()) : onvif::build_response(400, "not HTTP");
  // A few kilobytes into an empty socket buffer: they go at once.
  (void)send(client.fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  (void)shutdown(client.fd.get(), SHUT_WR);
  return false;
}

const onvif::ServedDevice* PollResponder::find(std::string_view path) const {
  // The path that every device has is the first camera's.
  if (path == onvif::kDeviceServicePath) return devices_.data();
  for (const onvif::ServedDevice& device : devices_) {
    for (const std::string& address : {device.service, device.media}) {
      if (address.ends_with(path) && path.starts_with("/onvif/")) return &device;
    }
  }
  return nullptr;
}

std::string PollResponder::answer(const onvif::HttpMessage& request) {
  const onvif::ServedDevice* device = find(request.target);
  if (device == nullptr) return onvif::build_response(404, "no such service");
  bool admitted = false;
  if (options_.onvif_http_login && !options_.user.empty()) {
    admitted = auth_.admits(request.method, request.field("Authorization"));
    if (!admitted) {
      rtsp::Headers challenges;
      auth_.add_challenges(challenges);
      std::vector<std::string> fields;
      for (const rtsp::Header& header : challenges.fields())
        fields.push_back(header.name + ": " + header.value);
      return onvif::build_response(401, "", fields);
    }
  }
  const onvif::Served served = onvif::serve(*device, request.body, clock_.wall(), admitted);
  return onvif::build_response(served.status, served.envelope);
}

}  // namespace

Result<std::unique_ptr<OnvifResponder>> OnvifResponder::open(const SimOptions& options,
                                                             const Clock& clock) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.onvif_port);
  if (inet_pton(AF_INET, options.address.c_str(), &address.sin_addr) != 1)
    return make_error(ErrorCode::kInvalidArgument, options.address + " is not an IPv4 address");
  VEDETTE_ASSIGN(Fd listener, bound(SOCK_STREAM, address));
  if (listen(listener.get(), 64) != 0)
    return make_error(ErrorCode::kUnavailable, std::strerror(errno));
  const in_addr local = address.sin_addr;
  // Multicast comes to its group's address, so that the socket has to listen on all.
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons(options.discovery_port);
  VEDETTE_ASSIGN(Fd datagrams, bound(SOCK_DGRAM, address));
  join_group(datagrams, local);
  return std::unique_ptr<OnvifResponder>(
      std::make_unique<PollResponder>(options, clock, std::move(listener), std::move(datagrams)));
}

}  // namespace vedette::sim
