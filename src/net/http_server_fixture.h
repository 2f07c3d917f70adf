// SPDX-License-Identifier: Apache-2.0
// For the tests of the listener: one on a real loopback socket, with bodies and sockets that behave
// badly when asked to.
#pragma once

#include <atomic>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

#include "net/http_server.h"
#include "net/http_test_client.h"

namespace vedette::net {

class Letters final : public BodySource {
 public:
  Letters(uint64_t size, std::atomic<uint64_t>& read, uint64_t fails_at, bool throws)
      : size_(size), read_(read), fails_at_(fails_at), throws_(throws) {}
  [[nodiscard]] uint64_t size() const override { return size_; }
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) override {
    if (offset >= fails_at_ && throws_) throw std::bad_alloc();
    if (offset >= fails_at_) return make_error(ErrorCode::kNotFound, "retention was faster");
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<uint8_t>('a' + (offset + i) % 26);
    }
    read_ += out.size();
    return out.size();
  }

 private:
  uint64_t size_;
  std::atomic<uint64_t>& read_;
  uint64_t fails_at_;
  bool throws_;
};

/// Three pieces, or one that never comes, or one that fails.
class Pieces final : public BodyStream {
 public:
  Pieces(std::string_view kind, std::latch& gone) : kind_(kind), gone_(gone) {}
  ~Pieces() override { gone_.count_down(); }
  void read(Done done) override {
    if (kind_ == "never") {
      waiting_ = std::move(done);
      return;
    }
    if (kind_ == "full") return done(make_error(ErrorCode::kResourceExhausted, "no room"));
    done(++count_ > 2 ? Bytes() : Bytes(3, static_cast<uint8_t>('a' + count_)));
  }

 private:
  const std::string kind_;
  std::latch& gone_;
  Done waiting_;
  int count_ = -1;
};

/// Says everything back, and hands out as many bytes as "flood N" asks for.
class Echo final : public WebSocketHandler {
 public:
  explicit Echo(std::atomic<size_t>& queued) : queued_(queued) {}
  void on_open(std::shared_ptr<WebSocketSession> session) override {
    session_ = std::move(session);
    session_->wake();
    session_->wake();
  }
  void on_text(std::string_view text) override {
    if (text.substr(0, 6) == "flood ") return flood(std::stoul(std::string(text.substr(6))));
    if (text == "close") return session_->close(4000, "as asked");
    session_->send_text(std::string(text));
  }
  void on_wake() override { session_->send_text("awake"); }
  void on_drained() override { queued_ = session_->queued_bytes(); }
  void on_tick() override {}
  void on_closed() override { session_.reset(); }

 private:
  void flood(size_t megabytes) {
    auto payload = std::make_shared<Bytes>(1 << 20, uint8_t{'x'});
    for (size_t i = 0; i < megabytes; ++i) session_->send_binary({1, 2, 3}, payload, *payload);
    queued_ = session_->queued_bytes();
  }
  std::shared_ptr<WebSocketSession> session_;
  std::atomic<size_t>& queued_;
};

class TestApp final : public HttpApp {
 public:
  Response handle(const Request& request) override {
    Response response;
    if (request.path == "/letters") {
      const auto size = request.query.get("size").value_or("1000");
      response.source =
          std::make_shared<Letters>(std::stoul(std::string(size)), read_bytes, fails_at, throws);
      return response;
    }
    if (request.path == "/pieces") {
      response.stream =
          std::make_shared<Pieces>(request.query.get("kind").value_or(""), stream_gone);
      return response;
    }
    if (request.path == "/throw") throw std::runtime_error("library");
    if (request.path == "/slow") {
      started.count_down();
      release.wait();
    }
    response.body = std::string(to_string(request.method)) + " " + request.path + " " +
                    request.body + (request.peer == Peer::kControlSocket ? " local" : "");
    return response;
  }
  std::optional<Response> handle_at_once(const Request& request) override {
    if (request.path != "/alive") return std::nullopt;
    Response response;
    response.body = "alive";
    return response;
  }
  std::variant<std::unique_ptr<WebSocketHandler>, Response> open_websocket(
      const Request& request) override {
    if (request.path != "/ws") return problem(404, "not_found", "there is no socket here");
    return std::make_unique<Echo>(queued);
  }

  std::atomic<uint64_t> read_bytes{0};
  std::atomic<size_t> queued{0};
  std::latch started{1};
  std::latch release{1};
  std::latch stream_gone{1};
  uint64_t fails_at = UINT64_MAX;
  bool throws = false;  ///< there, instead of failing
};

class HttpServerTest : public testing::Test {
 protected:
  void start(HttpServer::Options options = {}) {
    options.listen = "127.0.0.1:0";
    auto server = HttpServer::start(options, app_);
    ASSERT_TRUE(server) << server.error().message();
    server_ = std::move(*server);
  }
  /// Waits for what another thread does; a bound, not a pause.
  template <typename Condition>
  static bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return condition();
  }
  TestApp app_;
  std::unique_ptr<HttpServer> server_;
};

inline bool begins(const std::string& text, std::string_view with) {
  return text.compare(0, with.size(), with) == 0;
}

}  // namespace vedette::net
