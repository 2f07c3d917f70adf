// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 and WebSocket listener on a loopback TCP port and a Unix socket. The library that does
// the work stays in the .cpp files.
//
// Threads: one reactor thread for all sockets; a pool for HttpApp::handle() and body reads. The
// server owns its connections; the caller owns the server and the app, which must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "net/http_message.h"

namespace vedette::net {

/// The sending side of one WebSocket. Thread-safe; may be kept after the socket is gone.
class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;
  virtual void send_text(std::string text) = 0;
  /// One binary message of `header` followed by `payload`, which `owner` keeps alive: an access
  /// unit goes to many viewers without a copy.
  virtual void send_binary(Bytes header, std::shared_ptr<const void> owner, ByteSpan payload) = 0;
  /// Bytes accepted by send_*() and not yet written to the socket.
  [[nodiscard]] virtual size_t queued_bytes() const = 0;
  /// Calls WebSocketHandler::on_wake() soon, once for any number of calls until then.
  virtual void wake() = 0;
  virtual void close(uint16_t code, std::string reason) = 0;
};

/// What one WebSocket does. Every call comes on the reactor thread and must not block.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void on_open(std::shared_ptr<WebSocketSession> session) = 0;
  virtual void on_text(std::string_view text) = 0;
  virtual void on_wake() = 0;
  virtual void on_drained() = 0;  ///< everything queued has been written
  virtual void on_tick() = 0;     ///< every Options::tick
  virtual void on_closed() = 0;   ///< the last call
};

/// The program behind the listener.
class HttpApp {
 public:
  virtual ~HttpApp() = default;
  /// On a handler thread; may block. Called for HEAD as well, whose body is then not sent.
  [[nodiscard]] virtual Response handle(const Request& request) = 0;
  /// Before handle(), on the reactor thread, so that it waits for no handler: what it answers must
  /// not block. None: handle() is asked.
  [[nodiscard]] virtual std::optional<Response> handle_at_once(const Request&) {
    return std::nullopt;
  }
  /// On the reactor thread. A Response refuses the upgrade.
  [[nodiscard]] virtual std::variant<std::unique_ptr<WebSocketHandler>, Response> open_websocket(
      const Request& request) = 0;
};

class HttpServer {
 public:
  struct Options {
    std::string listen = "127.0.0.1:8080";  ///< host:port, loopback only; port 0 = any; "" = none
    std::string socket_path;                ///< "" = none; made with mode 0600
    int handler_threads = 4;
    size_t max_connections = 512;
    size_t max_header_bytes = 16 * 1024;
    size_t max_body_bytes = 1024 * 1024;
    size_t max_websocket_message_bytes = 16 * 1024;
    std::chrono::milliseconds header_deadline{10'000};  ///< from the first byte of a request
    std::chrono::milliseconds idle_deadline{60'000};    ///< between requests
    std::chrono::milliseconds write_deadline{30'000};   ///< without a chunk being taken
    std::chrono::milliseconds tick{100};
  };

  /// Listens and starts the threads. Errors are one line that says what to do.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const Options& options,
                                                                 HttpApp& app);
  virtual ~HttpServer() = default;

  /// 0 without a TCP listener.
  [[nodiscard]] virtual uint16_t port() const = 0;
  [[nodiscard]] virtual size_t connections() const = 0;
  /// Accepts no more, lets requests under way finish for up to `grace`, then closes everything and
  /// joins. The destructor does the same without grace.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace vedette::net
