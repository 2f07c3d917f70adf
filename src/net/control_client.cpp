// SPDX-License-Identifier: Apache-2.0
#include "net/control_client.h"

#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/un.h>

namespace vedette::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Local = asio::local::stream_protocol;
using Code = boost::system::error_code;

constexpr uint64_t kMaxBody = uint64_t{64} << 20;

Error map_error(const Code& code, std::string_view step) {
  // Not connected: as many wait for the server already as its socket lets wait.
  if (code == beast::error::timeout || code == asio::error::not_connected)
    return make_error(ErrorCode::kTimeout, "the server does not answer; look at its log");
  return make_error(ErrorCode::kUnavailable, std::string(step) + ": " + code.message());
}

Error no_connection(const Code& code) {
  if (code == beast::error::timeout) return map_error(code, "");
  if (code == asio::error::access_denied)
    return make_error(ErrorCode::kPermissionDenied,
                      "this user may not ask the server of this data folder; run this as the user "
                      "it runs as");
  return make_error(ErrorCode::kUnavailable, "no server runs on this data folder");
}

/// Asynchronous for its deadline's sake: the library's blocking calls have none.
class Exchange {
 public:
  Exchange(http::request<http::string_body> request, std::chrono::milliseconds timeout)
      : request_(std::move(request)), timeout_(timeout) {
    parser_.body_limit(kMaxBody);
  }

  Result<ControlResponse> run(const std::string& socket_path) {
    stream_.expires_after(timeout_);  // all of it together
    stream_.async_connect(Local::endpoint(socket_path), [this](const Code& code) {
      if (!code) return write();
      error_ = no_connection(code);
    });
    context_.run();
    if (error_) return *std::move(error_);
    return ControlResponse{static_cast<int>(parser_.get().result_int()), parser_.get().body()};
  }

 private:
  void write() {
    http::async_write(stream_, request_, [this](const Code& code, size_t) {
      if (!code) return read();
      error_ = map_error(code, "could not ask the server");
    });
  }
  void read() {
    http::async_read(stream_, buffer_, parser_, [this](const Code& code, size_t) {
      if (code) error_ = map_error(code, "could not read the server's answer");
    });
  }

  asio::io_context context_;
  beast::basic_stream<Local> stream_{context_};
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
  const std::chrono::milliseconds timeout_;
  std::optional<Error> error_;
};

}  // namespace

Result<ControlResponse> control_request(const std::string& socket_path, std::string_view method,
                                        std::string_view target, std::string_view body,
                                        std::chrono::milliseconds timeout) {
  if (socket_path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the path of the data folder is too long for a socket: " + socket_path);
  }
  http::request<http::string_body> request;
  request.method_string(method);
  request.target(std::string(target));
  request.version(11);
  request.set(http::field::host, "localhost");
  if (!body.empty()) {
    request.set(http::field::content_type, "application/json");
    request.body() = body;
  }
  request.prepare_payload();
  return Exchange(std::move(request), timeout).run(socket_path);
}

}  // namespace vedette::net
