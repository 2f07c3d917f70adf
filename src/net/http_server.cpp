// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <charconv>
#include <cstring>
#include <exception>
#include <future>
#include <optional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "net/http_connection.h"

namespace vedette::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;
using AsioError = boost::system::error_code;

Result<tcp::endpoint> parse_listen(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  unsigned port = 65536;
  if (colon != std::string::npos) {
    const char* end = listen.data() + listen.size();
    const auto [rest, code] = std::from_chars(listen.data() + colon + 1, end, port);
    if (code != std::errc() || rest != end) port = 65536;
  }
  if (port > 65535) {
    return make_error(ErrorCode::kInvalidArgument,
                      "not an address to listen on: \"" + listen + "\"; write 127.0.0.1:8080");
  }
  std::string host = listen.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  AsioError error;
  const auto address = asio::ip::make_address(host, error);
  if (error || !address.is_loopback()) {
    return make_error(ErrorCode::kFailedPrecondition,
                      "accounts do not exist yet, so Vedette listens on loopback only; use an SSH "
                      "tunnel (ssh -L 8080:127.0.0.1:8080 HOST) instead of --listen " +
                          listen);
  }
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

Error listen_error(const std::string& where, const AsioError& error) {
  if (error == asio::error::address_in_use) {
    return make_error(ErrorCode::kFailedPrecondition,
                      "cannot listen on " + where +
                          ": another program has this port; stop it, or choose another port with "
                          "--listen 127.0.0.1:PORT");
  }
  return make_error(ErrorCode::kUnavailable, "cannot listen on " + where + ": " + error.message());
}

Result<void> open_tcp(tcp::acceptor& acceptor, const std::string& listen) {
  VEDETTE_ASSIGN(const tcp::endpoint endpoint, parse_listen(listen));
  AsioError error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::access_denied) {
    return make_error(ErrorCode::kPermissionDenied,
                      "cannot listen on " + listen +
                          ": this user may not have this port (those below 1024 are the system's); "
                          "choose another with --listen 127.0.0.1:PORT");
  }
  if (error) return listen_error(listen, error);
  return ok();
}

/// A socket file without a server behind it is left over from a crash and may go.
Result<void> remove_stale_socket(asio::io_context& io, const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return ok();
  if (!S_ISSOCK(info.st_mode)) {
    return make_error(ErrorCode::kFailedPrecondition, path + " is in the way; move it elsewhere");
  }
  Local::socket probe(io);
  AsioError error;
  probe.connect(Local::endpoint(path), error);
  if (!error) {
    return make_error(
        ErrorCode::kFailedPrecondition,
        "another server runs on this data folder (it answers on " + path + "); stop it first");
  }
  ::unlink(path.c_str());
  return ok();
}

Result<void> open_local(Local::acceptor& acceptor, asio::io_context& io, const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return make_error(ErrorCode::kInvalidArgument, "the path of the socket is too long: " + path +
                                                       "; use a shorter data folder");
  }
  VEDETTE_TRY(remove_stale_socket(io, path));
  AsioError error;
  acceptor.open(Local(), error);
  // Before bind(): on Linux the file takes its mode from the socket, so it is never open to others.
  if (!error) ::fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR);
  if (!error) acceptor.bind(Local::endpoint(path), error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return listen_error(path, error);
  ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
  return ok();
}

class Server final : public HttpServer {
 public:
  Server(const Options& options, HttpApp& app)
      : reactor_(std::make_shared<Reactor>(options, app)),
        tcp_(reactor_->io),
        local_(reactor_->io),
        tick_(reactor_->io),
        grace_(reactor_->io),
        work_(reactor_->io.get_executor()) {}

  ~Server() override { stop(std::chrono::milliseconds(0)); }

  Result<void> open() {
    const Options& options = reactor_->options;
    if (!options.listen.empty()) VEDETTE_TRY(open_tcp(tcp_, options.listen));
    if (!options.socket_path.empty()) {
      VEDETTE_TRY(open_local(local_, reactor_->io, options.socket_path));
    }
    AsioError ignored;
    port_ = tcp_.is_open() ? tcp_.local_endpoint(ignored).port() : uint16_t{0};
    asio::post(reactor_->io, [this] {
      if (tcp_.is_open()) accept(tcp_, Peer::kLoopback);
      if (local_.is_open()) accept(local_, Peer::kControlSocket);
    });
    thread_ = std::thread([this] { run([this] { reactor_->io.run(); }); });
    return ok();
  }

  [[nodiscard]] uint16_t port() const override { return port_; }
  [[nodiscard]] size_t connections() const override { return reactor_->count; }

  void stop(std::chrono::milliseconds grace) override {
    if (!thread_.joinable()) return;
    asio::post(reactor_->io, [this, grace] { begin_stop(grace); });
    thread_.join();
    reactor_->pool.join();
    run_leftovers();
    if (!reactor_->options.socket_path.empty()) ::unlink(reactor_->options.socket_path.c_str());
  }

 private:
  /// Third-party exceptions end here: one bad connection must not take the reactor with it.
  template <typename Turn>
  void run(Turn turn) {
    for (;;) {
      try {
        turn();
        return;
      } catch (const std::exception& error) {
        log::error("net", "exception on the HTTP reactor what=\"{}\"", error.what());
      }
    }
  }

  /// A handler thread that was at work while the connections were closed posts its answer to a
  /// reactor that has ended. Such an answer holds its connection, which holds the reactor: left
  /// there, none of them would ever go. It finds its socket closed and ends.
  void run_leftovers() {
    reactor_->io.restart();
    run([this] { reactor_->io.poll(); });
  }

  template <typename Acceptor>
  void accept(Acceptor& acceptor, Peer peer) {
    acceptor.async_accept([this, &acceptor, peer](const AsioError& error,
                                                  typename Acceptor::protocol_type::socket socket) {
      if (reactor_->stopping || error == asio::error::operation_aborted) return;
      if (error) return retry_accept(acceptor, peer);
      on_accepted(std::move(socket), peer);
      accept(acceptor, peer);
    });
  }

  /// Out of descriptors, mostly: wait for some to close instead of spinning.
  template <typename Acceptor>
  void retry_accept(Acceptor& acceptor, Peer peer) {
    auto timer = std::make_shared<asio::steady_timer>(reactor_->io, std::chrono::milliseconds(100));
    timer->async_wait([this, &acceptor, peer, timer](const AsioError&) {
      if (!reactor_->stopping) accept(acceptor, peer);
    });
  }

  /// Whoever connects and asks nothing must not keep others out: the longest idle one goes.
  bool make_room() {
    std::shared_ptr<Connection> longest;
    MonoTime since;
    for (const auto& connection : snapshot()) {
      const auto idle = connection->could_give_way_since();
      if (!idle || (longest && since <= *idle)) continue;
      longest = connection;
      since = *idle;
    }
    if (longest) longest->close_now();
    return longest != nullptr;
  }

  template <typename AnySocket>
  void on_accepted(AnySocket socket, Peer peer) {
    AsioError ignored;
    socket.non_blocking(true, ignored);
    if (reactor_->connections.size() >= reactor_->options.max_connections && !make_room()) {
      constexpr std::string_view kBusy =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
          "Connection: close\r\n\r\n";
      socket.write_some(asio::buffer(kBusy.data(), kBusy.size()), ignored);
      return;
    }
    if (peer == Peer::kLoopback) socket.set_option(tcp::no_delay(true), ignored);
    const auto protocol = socket.local_endpoint(ignored).protocol();
    const int fd = socket.release(ignored);
    Socket generic(reactor_->io.get_executor());
    generic.assign(asio::generic::stream_protocol(protocol), fd, ignored);
    if (ignored) {
      ::close(fd);
      return;
    }
    serve_http(reactor_, std::move(generic), peer);
    if (!std::exchange(ticking_, true)) schedule_tick();
  }

  /// Ticks while there is a connection: an idle server sleeps.
  void schedule_tick() {
    tick_.expires_after(reactor_->options.tick);
    tick_.async_wait([this](const AsioError& error) {
      ticking_ = false;
      if (error || reactor_->stopping || reactor_->connections.empty()) return;
      for (const auto& connection : snapshot()) connection->on_tick();
      ticking_ = true;
      schedule_tick();
    });
  }

  /// Connections may leave the table while they are called.
  std::vector<std::shared_ptr<Connection>> snapshot() {
    std::vector<std::shared_ptr<Connection>> all;
    for (const auto& [key, weak] : reactor_->connections) {
      if (auto connection = weak.lock()) all.push_back(std::move(connection));
    }
    return all;
  }

  void begin_stop(std::chrono::milliseconds grace) {
    AsioError ignored;
    reactor_->stopping = true;
    tcp_.close(ignored);
    local_.close(ignored);
    tick_.cancel();
    for (const auto& connection : snapshot()) connection->finish();
    wait_for_end(std::chrono::steady_clock::now() + grace);
  }

  void wait_for_end(std::chrono::steady_clock::time_point deadline) {
    if (std::chrono::steady_clock::now() >= deadline) {
      for (const auto& connection : snapshot()) connection->close_now();
    }
    if (reactor_->connections.empty()) return work_.reset();
    grace_.expires_after(std::chrono::milliseconds(5));
    grace_.async_wait([this, deadline](const AsioError&) { wait_for_end(deadline); });
  }

  const std::shared_ptr<Reactor> reactor_;
  tcp::acceptor tcp_;
  Local::acceptor local_;
  asio::steady_timer tick_;
  asio::steady_timer grace_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
  uint16_t port_ = 0;
  bool ticking_ = false;  ///< tick_ is waiting
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const Options& options, HttpApp& app) {
  auto server = std::make_unique<Server>(options, app);
  VEDETTE_TRY(server->open());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace vedette::net
