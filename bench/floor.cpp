// SPDX-License-Identifier: Apache-2.0
// The floor of RTSP recording: plays N cameras over one TCP connection each, reads in large gulps
// on a tick and throws everything away. What a recorder costs is told as a multiple of this. usage:
// bench_floor PORT CAMERAS TICK_MS     rtsp://127.0.0.1:PORT/cam0 … until SIGINT or SIGTERM
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

std::atomic<bool> stopped = false;

struct Camera {
  int fd = -1;
  std::string url;
  int cseq = 0;
};

/// The whole answer to one request, body included; empty when the server closed the connection.
std::string ask(Camera& camera, const std::string& method, const std::string& url,
                const std::string& headers) {
  const std::string request = method + " " + url +
                              " RTSP/1.0\r\nCSeq: " + std::to_string(++camera.cseq) + "\r\n" +
                              headers + "\r\n";
  if (send(camera.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
  std::string answer;
  size_t wanted = std::string::npos;
  char buffer[16384];
  while (answer.size() < wanted) {
    const ssize_t count = recv(camera.fd, buffer, sizeof buffer, 0);
    if (count <= 0) return {};
    answer.append(buffer, static_cast<size_t>(count));
    const size_t end = answer.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    const size_t length = answer.find("Content-Length: ");
    wanted = end + 4;
    if (length < end) wanted += std::strtoul(answer.c_str() + length + 16, nullptr, 10);
  }
  return answer;
}

/// The value after `name` up to a separator; empty when it is not there.
std::string field(const std::string& text, const std::string& name, size_t from = 0) {
  const size_t at = text.find(name, from);
  if (at == std::string::npos) return {};
  const size_t begin = at + name.size();
  return text.substr(begin, text.find_first_of(";\r\n", begin) - begin);
}

bool connect_to(Camera& camera, uint16_t port) {
  camera.fd = socket(AF_INET, SOCK_STREAM, 0);
  const int size = 4 << 20;
  setsockopt(camera.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(camera.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

bool play(Camera& camera) {
  const std::string sdp = ask(camera, "DESCRIBE", camera.url, "Accept: application/sdp\r\n");
  std::string track = field(sdp, "a=control:", sdp.find("m=video"));
  if (track.empty()) return false;
  if (track.find("://") == std::string::npos) track = camera.url + "/" + track;
  const std::string set_up =
      ask(camera, "SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
  const std::string session = field(set_up, "Session: ");
  if (session.empty()) return false;
  const std::string headers = "Session: " + session + "\r\nRange: npt=0.000-\r\n";
  const std::string request = "PLAY " + camera.url + " RTSP/1.0\r\nCSeq: 9\r\n" + headers + "\r\n";
  // The answer may come after the first packets: it is discarded with them.
  return send(camera.fd, request.data(), request.size(), MSG_NOSIGNAL) > 0 &&
         fcntl(camera.fd, F_SETFL, O_NONBLOCK) == 0;
}

/// Bytes read from one camera until there is nothing more now.
size_t drain(int fd, std::vector<char>& buffer) {
  size_t total = 0;
  for (;;) {
    const ssize_t count = recv(fd, buffer.data(), buffer.size(), 0);
    if (count <= 0) return total;
    total += static_cast<size_t>(count);
    if (static_cast<size_t>(count) < buffer.size() / 16) return total;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: bench_floor PORT CAMERAS TICK_MS\n"), 2;
  const auto port = static_cast<uint16_t>(std::atoi(argv[1]));
  std::vector<Camera> cameras(static_cast<size_t>(std::atoi(argv[2])));
  const std::chrono::milliseconds tick(std::atoi(argv[3]));
  std::signal(SIGINT, [](int) { stopped = true; });
  std::signal(SIGTERM, [](int) { stopped = true; });

  for (size_t i = 0; i < cameras.size(); ++i) {
    cameras[i].url = "rtsp://127.0.0.1:" + std::string(argv[1]) + "/cam" + std::to_string(i);
    if (!connect_to(cameras[i], port) || !play(cameras[i])) {
      return std::fprintf(stderr, "bench_floor: no picture from %s\n", cameras[i].url.c_str()), 3;
    }
  }
  std::vector<char> buffer(1 << 20);
  size_t bytes = 0;
  while (!stopped) {
    std::this_thread::sleep_for(tick);
    for (const Camera& camera : cameras) bytes += drain(camera.fd, buffer);
  }
  std::printf("{\"bytes\": %zu}\n", bytes);
  return 0;
}
