// SPDX-License-Identifier: Apache-2.0
// Inside of the HTTP listener: the reactor that its connections share, and the connections. Only
// the http_*.cpp files of this folder include this header, because it brings Asio with it.
//
// Everything here is confined to the reactor thread, but for what says otherwise.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>

#include "base/time.h"
#include "net/http_server.h"

namespace vedette::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                                boost::asio::io_context::executor_type>;
using Stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol,
                                          boost::asio::io_context::executor_type,
                                          boost::beast::unlimited_rate_policy>;

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void on_tick() {}
  /// Finish what is under way, start nothing new, then close.
  virtual void finish() = 0;
  virtual void close_now() = 0;
  /// Since when it waits for its client and may be closed for the sake of another; none while it
  /// is at work.
  [[nodiscard]] virtual std::optional<MonoTime> could_give_way_since() { return std::nullopt; }
};

/// What the connections of one server share. Held by each of them, so that a WebSocketSession kept
/// by its user stays safe to call after the server is gone.
struct Reactor {
  Reactor(const HttpServer::Options& server_options, HttpApp& server_app)
      : options(server_options),
        app(server_app),
        pool(static_cast<size_t>(server_options.handler_threads)) {}

  const HttpServer::Options options;
  HttpApp& app;
  const RealClock clock;  ///< for the Date header, and for how long a connection was idle
  boost::asio::io_context io{1};
  boost::asio::thread_pool pool;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections;
  std::atomic<size_t> count{0};  ///< of `connections`; readable from any thread
  bool stopping = false;

  void add(const std::shared_ptr<Connection>& connection);
  void remove(Connection* connection);
};

/// Serves requests on `socket` until it closes or becomes a WebSocket.
void serve_http(const std::shared_ptr<Reactor>& reactor, Socket socket, Peer peer);

/// Takes over a connection whose client asked for an upgrade.
struct Upgrade;
void serve_websocket(const std::shared_ptr<Reactor>& reactor, Upgrade upgrade);

}  // namespace vedette::net
