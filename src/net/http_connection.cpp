// SPDX-License-Identifier: Apache-2.0
#include "net/http_connection.h"

#include <array>
#include <cerrno>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <sys/socket.h>

#include "base/contain.h"
#include "base/log.h"
#include "net/http_guard.h"
#include "net/http_response.h"
#include "net/websocket_connection.h"

namespace vedette::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using ErrorCodeOf = beast::error_code;

constexpr size_t kReadBytes = 8 * 1024;
/// Unread request bytes that are swallowed after a refusal, so that the client reads the answer
/// before a reset reaches it.
constexpr size_t kLingerBytes = 64 * 1024 * 1024;
constexpr std::chrono::seconds kLingerTime{2};
/// A client that asked before is let wait for its next request this long before others may take its
/// place: pages ask again within seconds, and reconnect where they do not.
constexpr std::chrono::seconds kKeptIdle{5};

Method map(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::head:
      return Method::kHead;
    case http::verb::post:
      return Method::kPost;
    case http::verb::put:
      return Method::kPut;
    case http::verb::patch:
      return Method::kPatch;
    case http::verb::delete_:
      return Method::kDelete;
    default:
      return Method::kOther;
  }
}

Response refusal(const ErrorCodeOf& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return problem(431, "header_too_large", "send less than 16 KiB of header fields");
  }
  if (error == http::error::body_limit) {
    return problem(413, "body_too_large", "send at most 1 MiB");
  }
  return problem(400, "bad_request", "this is no HTTP/1.1 request: " + error.message());
}

/// What was read is no HTTP; else the connection itself has failed.
bool is_malformed(const ErrorCodeOf& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category();
}

class HttpConnection final : public Connection,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<Reactor> reactor, Socket socket, Peer peer)
      : reactor_(std::move(reactor)), stream_(std::move(socket)), peer_(peer) {}

  void start() { read_request(); }

  void finish() override {
    finishing_ = true;
    if (idle_) close_now();
  }
  void close_now() override {
    ErrorCodeOf ignored;
    stream_.socket().shutdown(Socket::shutdown_both, ignored);
    stream_.close();
    if (out_) out_->stream.reset();  // nobody is there to read it
    reactor_->remove(this);
  }
  [[nodiscard]] std::optional<MonoTime> could_give_way_since() override {
    ErrorCodeOf ignored;
    if (!idle_ || stream_.socket().available(ignored) > 0) return std::nullopt;
    const bool kept = asked_ && reactor_->clock.mono() - idle_since_ < kKeptIdle;
    return kept ? std::nullopt : std::optional(idle_since_);
  }

 private:
  using Self = std::shared_ptr<HttpConnection>;

  void read_request() {
    if (finishing_) return close_now();
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(reactor_->options.max_header_bytes));
    parser_->body_limit(reactor_->options.max_body_bytes);
    if (buffer_.size() > 0) return read_header();
    idle_ = true;
    idle_since_ = reactor_->clock.mono();
    stream_.expires_after(reactor_->options.idle_deadline);
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](const ErrorCodeOf& error, size_t got) {
                              self->idle_ = false;
                              if (error) return self->close_now();
                              self->buffer_.commit(got);
                              self->read_header();
                            });
  }

  void read_header() {
    stream_.expires_after(reactor_->options.header_deadline);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](const ErrorCodeOf& error, size_t) { self->on_header(error); });
  }

  void on_header(const ErrorCodeOf& error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout) return close_now();
    if (is_malformed(error)) return refuse(refusal(error));
    if (error) return close_now();
    const auto& message = parser_->get();
    asked_ = true;
    request_ = Request{};
    request_.method = map(message.method());
    request_.peer = peer_;
    for (const auto& field : message) {
      if (!request_.headers.has({field.name_string().data(), field.name_string().size()})) {
        request_.headers.set({field.name_string().data(), field.name_string().size()},
                             {field.value().data(), field.value().size()});
      }
    }
    if (message.count(http::field::host) > 1) {
      return refuse(problem(400, "bad_request", "send one Host field"));
    }
    auto target = parse_target({message.target().data(), message.target().size()});
    if (!target) return refuse(problem(target.error()));
    request_.path = std::move(target->path);
    request_.query = std::move(target->query);
    const bool websocket = beast::websocket::is_upgrade(message);
    if (auto response = check_origin(request_, websocket)) return refuse(std::move(*response));
    if (websocket) return upgrade();
    read_body();
  }

  void read_body() {
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
      ErrorCodeOf ignored;  // 25 bytes into an empty socket buffer: never blocks
      stream_.socket().write_some(asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), ignored);
    }
    stream_.expires_after(reactor_->options.write_deadline);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const ErrorCodeOf& error, size_t) {
                       if (is_malformed(error)) return self->refuse(refusal(error));
                       if (error) return self->close_now();
                       self->handle();
                     });
  }

  void handle() {
    const bool keep_alive = parser_->keep_alive() && !finishing_;
    request_.body = std::move(parser_->get().body());
    if (answered_at_once(keep_alive)) return;
    stream_.expires_never();
    on_handler_thread([keep_alive](Self& self) {
      auto out = self->answer(keep_alive);
      auto& io = self->reactor_->io;
      asio::post(io, [self = std::move(self), out = std::move(out)]() mutable {
        if (out->stream) return self->begin_stream(std::move(out));
        self->send(std::move(out));
      });
    });
  }

  /// What must be answered whatever keeps the handler threads.
  bool answered_at_once(bool keep_alive) {
    auto response = reactor_->app.handle_at_once(request_);
    if (!response) return false;
    send(std::make_unique<Outgoing>(
        prepare_response(request_, std::move(*response), keep_alive, reactor_->clock.wall())));
    return true;
  }

  /// Runs `work`, which moves the reference it is given to where it goes on: the connection ends on
  /// the reactor thread, also when `work` throws. Then this connection is all that ends.
  template <typename Work>
  void on_handler_thread(Work work) {
    asio::post(reactor_->pool, [self = shared_from_this(), work = std::move(work)]() mutable {
      if (contain("an HTTP handler", [&] { work(self); }) || !self) return;
      auto& io = self->reactor_->io;
      (void)contain("an HTTP handler",
                    [&] { asio::post(io, [self = std::move(self)] { self->close_now(); }); });
    });
  }

  /// The head waits for the first bytes: without them the answer is another one.
  void begin_stream(std::unique_ptr<Outgoing> out) {
    if (!stream_.socket().is_open()) return;  // closed meanwhile
    out_ = std::move(out);
    if (parser_->get().version() < 11) {
      return refuse(problem(426, "needs_http_1_1",
                            "ask with HTTP/1.1: nobody knows how long this answer will be"));
    }
    watch_for_close();
    read_stream();
  }

  void read_stream() {
    stream_.expires_never();
    const auto stream = out_->stream;
    stream->read([self = shared_from_this()](Result<Bytes> bytes) {
      auto& io = self->reactor_->io;
      asio::post(io, [self, bytes = std::move(bytes)]() mutable {
        if (self->out_ && self->out_->stream) self->on_stream(std::move(bytes));
      });
    });
  }

  void on_stream(Result<Bytes> bytes) {
    const bool begun = out_->head.empty();
    if (!bytes && begun) {
      log::warn("net", "body ended early path={} reason=\"{}\"", request_.path,
                bytes.error().message());
      return close_now();
    }
    if (!bytes) {
      return send(std::make_unique<Outgoing>(prepare_response(
          request_, problem(bytes.error()), out_->keep_alive, reactor_->clock.wall())));
    }
    if (bytes->empty()) out_->stream.reset();
    out_->chunk = frame_chunk(*bytes);
    send(std::move(out_));
  }

  /// While a body is made nothing is read from the socket, so that a client which has gone would
  /// only be noticed by writing to it, twice.
  void watch_for_close() {
    stream_.socket().async_wait(
        Socket::wait_read, [self = shared_from_this()](const ErrorCodeOf& error) {
          if (error || !self->out_ || !self->out_->stream) return;
          char next = 0;
          const ssize_t got =
              ::recv(self->stream_.socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
          if (got == 0 || (got < 0 && errno != EAGAIN)) self->close_now();
        });
  }

  /// Handler thread. An exception of a handler, or of the body's first bytes, is a problem.
  std::unique_ptr<Outgoing> answer(bool keep_alive) {
    const WallTime now = reactor_->clock.wall();
    std::unique_ptr<Outgoing> out;
    const bool made = contain(request_.path, [&] {
      out = std::make_unique<Outgoing>(
          prepare_response(request_, reactor_->app.handle(request_), keep_alive, now));
    });
    if (made) return out;
    return std::make_unique<Outgoing>(prepare_response(
        request_,
        problem(500, "internal", "something went wrong inside; the log of the server says what"),
        keep_alive, now));
  }

  void send(std::unique_ptr<Outgoing> out) {
    out_ = std::move(out);
    stream_.expires_after(reactor_->options.write_deadline);
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(out_->head),
                                                       asio::buffer(out_->chunk)};
    asio::async_write(stream_, buffers,
                      [self = shared_from_this()](const ErrorCodeOf& error, size_t) {
                        if (error) return self->close_now();
                        self->on_sent();
                      });
  }

  void on_sent() {
    if (out_->remaining > 0) return read_more();
    if (out_->stream) {
      out_->head.clear();
      return read_stream();
    }
    const bool keep_alive = out_->keep_alive;
    out_.reset();
    if (refused_) return linger();
    if (!keep_alive) return close_now();
    read_request();
  }

  /// The body goes on: the next chunk is read on a handler thread while nothing else touches out_.
  void read_more() {
    out_->head.clear();
    stream_.expires_never();
    on_handler_thread([](Self& self) {
      const auto read = read_next_chunk(*self->out_);
      if (!read) {
        log::warn("net", "body ended early path={} reason=\"{}\"", self->request_.path,
                  read.error().message());
      }
      auto& io = self->reactor_->io;
      asio::post(io, [self = std::move(self), good = read.has_value()]() mutable {
        if (!good) return self->close_now();
        self->send(std::move(self->out_));
      });
    });
  }

  void refuse(Response response) {
    refused_ = true;
    send(std::make_unique<Outgoing>(
        prepare_response(request_, std::move(response), false, reactor_->clock.wall())));
  }

  void linger() {
    ErrorCodeOf ignored;
    stream_.socket().shutdown(Socket::shutdown_send, ignored);
    stream_.expires_after(kLingerTime);
    swallow(kLingerBytes);
  }

  void swallow(size_t left) {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadBytes), [self = shared_from_this(), left](
                                                             const ErrorCodeOf& error, size_t got) {
      if (error || got >= left || self->finishing_) return self->close_now();
      self->swallow(left - got);
    });
  }

  void upgrade() {
    auto answer = reactor_->app.open_websocket(request_);
    if (auto* response = std::get_if<Response>(&answer)) return refuse(std::move(*response));
    stream_.expires_never();
    Upgrade upgrade{std::move(stream_), parser_->release(),
                    std::get<std::unique_ptr<WebSocketHandler>>(std::move(answer))};
    const auto self = shared_from_this();
    reactor_->remove(this);
    serve_websocket(reactor_, std::move(upgrade));
  }

  const std::shared_ptr<Reactor> reactor_;
  Stream stream_;
  const Peer peer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Request request_;
  std::unique_ptr<Outgoing> out_;
  bool idle_ = false;  ///< waits for a request
  MonoTime idle_since_;
  bool asked_ = false;  ///< a request came
  bool finishing_ = false;
  bool refused_ = false;
};

}  // namespace

void Reactor::add(const std::shared_ptr<Connection>& connection) {
  connections.emplace(connection.get(), connection);
  count = connections.size();
}

void Reactor::remove(Connection* connection) {
  connections.erase(connection);
  count = connections.size();
}

void serve_http(const std::shared_ptr<Reactor>& reactor, Socket socket, Peer peer) {
  auto connection = std::make_shared<HttpConnection>(reactor, std::move(socket), peer);
  reactor->add(connection);
  connection->start();
}

}  // namespace vedette::net
