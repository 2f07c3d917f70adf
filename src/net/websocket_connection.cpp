// SPDX-License-Identifier: Apache-2.0
#include "net/websocket_connection.h"

#include <array>
#include <deque>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "base/mutex.h"

namespace vedette::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using ErrorCodeOf = beast::error_code;

/// A client that neither sends nor answers a ping for this long is gone.
constexpr std::chrono::seconds kIdle{60};
constexpr std::chrono::seconds kHandshake{10};

struct Message {
  bool text = false;
  std::string words;  ///< of a text message
  Bytes header;       ///< of a binary one
  std::shared_ptr<const void> owner;
  ByteSpan payload;

  [[nodiscard]] size_t size() const { return words.size() + header.size() + payload.size(); }
};

class WebSocketConnection final : public Connection,
                                  public WebSocketSession,
                                  public std::enable_shared_from_this<WebSocketConnection> {
 public:
  WebSocketConnection(std::shared_ptr<Reactor> reactor, Upgrade upgrade)
      : reactor_(std::move(reactor)),
        stream_(std::move(upgrade.stream)),
        request_(std::move(upgrade.request)),
        handler_(std::move(upgrade.handler)) {}

  void start() {
    websocket::stream_base::timeout timeout{kHandshake, kIdle, true};
    stream_.set_option(timeout);
    stream_.read_message_max(reactor_->options.max_websocket_message_bytes);
    stream_.auto_fragment(false);  // one message, one frame: the payload goes out by reference
    stream_.async_accept(request_, [self = shared_from_this()](const ErrorCodeOf& error) {
      if (error) return self->end();
      self->handler_->on_open(self);
      self->read();
    });
  }

  // WebSocketSession; thread-safe.
  void send_text(std::string text) override {
    Message message;
    message.text = true;
    message.words = std::move(text);
    enqueue(std::move(message));
  }
  void send_binary(Bytes header, std::shared_ptr<const void> owner, ByteSpan payload) override {
    Message message;
    message.header = std::move(header);
    message.owner = std::move(owner);
    message.payload = payload;
    enqueue(std::move(message));
  }
  [[nodiscard]] size_t queued_bytes() const override { return queued_bytes_; }
  void wake() override {
    if (waking_.exchange(true)) return;
    asio::post(reactor_->io, [self = shared_from_this()] {
      self->waking_ = false;
      if (self->handler_) self->handler_->on_wake();
    });
  }
  void close(uint16_t code, std::string reason) override {
    asio::post(reactor_->io, [self = shared_from_this(), code, reason = std::move(reason)] {
      self->begin_close(code, reason);
    });
  }

  // Connection.
  void on_tick() override {
    if (handler_ && stream_.is_open()) handler_->on_tick();
  }
  void finish() override { begin_close(websocket::close_code::going_away, "the server stops"); }
  void close_now() override { end(); }

 private:
  void enqueue(Message message) {
    queued_bytes_ += message.size();
    {
      MutexLock lock(mutex_);
      queue_.push_back(std::move(message));
    }
    if (flushing_.exchange(true)) return;
    asio::post(reactor_->io, [self = shared_from_this()] {
      self->flushing_ = false;
      self->write_next();
    });
  }

  void write_next() {
    if (writing_ || closing_ || !stream_.is_open()) return;
    {
      MutexLock lock(mutex_);
      if (queue_.empty()) return;
      current_ = std::move(queue_.front());
      queue_.pop_front();
    }
    writing_ = true;
    stream_.text(current_.text);
    const std::array<asio::const_buffer, 3> buffers = {
        asio::buffer(current_.words), asio::buffer(current_.header),
        asio::buffer(current_.payload.data(), current_.payload.size())};
    stream_.async_write(buffers, [self = shared_from_this()](const ErrorCodeOf& error, size_t) {
      self->writing_ = false;
      self->queued_bytes_ -= self->current_.size();
      self->current_ = Message{};
      if (error) return self->end();
      if (self->close_wanted_) return self->send_close();
      self->write_next();
      if (!self->writing_ && self->handler_) self->handler_->on_drained();
    });
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](const ErrorCodeOf& error, size_t) {
      if (error) return self->end();
      if (!self->stream_.got_text()) {
        self->begin_close(websocket::close_code::unknown_data, "send text");
      } else if (self->handler_) {
        const auto bytes = self->buffer_.cdata();
        self->handler_->on_text({static_cast<const char*>(bytes.data()), bytes.size()});
      }
      self->buffer_.consume(self->buffer_.size());
      self->read();
    });
  }

  /// The close frame goes out after the message that is being written; what is queued is dropped.
  void begin_close(uint16_t code, const std::string& reason) {
    if (close_wanted_) return;
    close_wanted_ = true;
    close_reason_ = websocket::close_reason(static_cast<websocket::close_code>(code), reason);
    if (!writing_) send_close();
  }

  void send_close() {
    if (closing_) return;
    closing_ = true;
    if (!stream_.is_open()) return close_now();
    stream_.async_close(close_reason_,
                        [self = shared_from_this()](const ErrorCodeOf&) { self->end(); });
  }

  /// The one way out: the handler hears of it once and the connection is forgotten.
  void end() {
    closing_ = true;
    beast::get_lowest_layer(stream_).close();
    if (handler_) {
      const std::unique_ptr<WebSocketHandler> handler = std::move(handler_);
      handler->on_closed();
    }
    {
      MutexLock lock(mutex_);
      queue_.clear();
    }
    reactor_->remove(this);
  }

  const std::shared_ptr<Reactor> reactor_;
  websocket::stream<Stream> stream_;
  const boost::beast::http::request<boost::beast::http::string_body> request_;
  std::unique_ptr<WebSocketHandler> handler_;
  beast::flat_buffer buffer_;
  Message current_;
  websocket::close_reason close_reason_;
  bool writing_ = false;
  bool close_wanted_ = false;
  bool closing_ = false;

  std::atomic<size_t> queued_bytes_{0};
  std::atomic<bool> waking_{false};
  std::atomic<bool> flushing_{false};
  Mutex mutex_{LockOrder::kLeaf};
  std::deque<Message> queue_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace

void serve_websocket(const std::shared_ptr<Reactor>& reactor, Upgrade upgrade) {
  auto connection = std::make_shared<WebSocketConnection>(reactor, std::move(upgrade));
  reactor->add(connection);
  connection->start();
}

}  // namespace vedette::net
