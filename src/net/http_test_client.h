// SPDX-License-Identifier: Apache-2.0
// For tests: a plain blocking socket that speaks as much HTTP and WebSocket as it is told to, so
// that it can also speak them wrongly. Every read gives up after 10 s.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace vedette::net {

class TestClient {
 public:
  explicit TestClient(uint16_t port, int receive_buffer = 0) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(&address, sizeof address);
  }
  explicit TestClient(const std::string& path) {
    fd_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    connect(&address, sizeof address);
  }
  ~TestClient() { ::close(fd_); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  /// One response: head and, by its Content-Length, body. What came before the end of the
  /// connection when that ends first.
  std::string read_response(bool has_body = true) {
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      if (!fill()) return take(buffer_.size());
    }
    size_t length = buffer_.find("\r\n\r\n") + 4;
    const size_t field = buffer_.find("Content-Length: ");
    if (has_body && field < length) length += std::stoul(buffer_.substr(field + 16));
    return read_exactly(length);
  }
  std::string get(const std::string& target, const std::string& fields = {}) {
    send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    return read_response();
  }
  /// Fewer bytes only at the end of the connection.
  std::string read_exactly(size_t count) {
    while (buffer_.size() < count && fill()) {
    }
    return take(count);
  }
  bool at_end() { return buffer_.empty() && !fill(); }

  std::string upgrade(const std::string& target, const std::string& fields = {}) {
    send("GET " + target +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         fields + "\r\n");
    return read_response();
  }
  /// A masked frame of at most 65535 bytes; opcode 1 text, 2 binary, 8 close (RFC 6455 §5.2).
  void send_frame(int opcode, std::string_view payload) {
    std::string frame(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
      frame += static_cast<char>(0x80 | payload.size());
    } else {
      frame += static_cast<char>(0x80 | 126);
      frame += static_cast<char>(payload.size() >> 8);
      frame += static_cast<char>(payload.size() & 255);
    }
    frame += std::string(4, '\0');  // a mask of zeros changes nothing
    send(frame + std::string(payload));
  }
  struct Frame {
    int opcode = 0;
    std::string payload;
  };
  std::optional<Frame> read_frame() {
    const std::string head = read_exactly(2);
    if (head.size() < 2) return std::nullopt;
    uint64_t length = static_cast<unsigned char>(head[1]);
    const size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (extra > 0) length = 0;
    for (const char c : read_exactly(extra)) length = length << 8 | static_cast<unsigned char>(c);
    Frame frame{head[0] & 15, read_exactly(length)};
    if (frame.payload.size() < length) return std::nullopt;
    return frame;
  }

 private:
  template <typename Address>
  void connect(const Address* address, socklen_t size) {
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(address), size) == 0;
  }
  bool fill() {
    char chunk[65536];
    const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
    if (got <= 0) return false;
    buffer_.append(chunk, static_cast<size_t>(got));
    return true;
  }
  std::string take(size_t count) {
    count = std::min(count, buffer_.size());
    std::string out = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return out;
  }

  int fd_ = -1;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace vedette::net
