// SPDX-License-Identifier: Apache-2.0
#include "net/control_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace vedette::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

constexpr uint64_t kMaxBody = uint64_t{64} << 20;

Error map_error(const boost::system::error_code& code, std::string_view step) {
  if (code == asio::error::would_block || code == asio::error::timed_out) {
    return make_error(ErrorCode::kTimeout, "the server does not answer; look at its log");
  }
  return make_error(ErrorCode::kUnavailable, std::string(step) + ": " + code.message());
}

/// The socket's own deadline, because a blocking call of the library has none.
void set_timeout(Socket& socket, std::chrono::milliseconds timeout) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(timeout - seconds);
  timeval value{};
  value.tv_sec = seconds.count();
  value.tv_usec = rest.count();
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value);
}

}  // namespace

Result<ControlResponse> control_request(const std::string& socket_path, std::string_view method,
                                        std::string_view target, std::string_view body,
                                        std::chrono::milliseconds timeout) {
  asio::io_context context;
  Socket socket(context);
  boost::system::error_code code;
  if (socket_path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the path of the data folder is too long for a socket: " + socket_path);
  }
  socket.connect(asio::local::stream_protocol::endpoint(socket_path), code);
  if (code) return make_error(ErrorCode::kUnavailable, "no server runs on this data folder");
  set_timeout(socket, timeout);

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
  http::write(socket, request, code);
  if (code) return map_error(code, "could not ask the server");

  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxBody);
  boost::beast::flat_buffer buffer;
  http::read(socket, buffer, parser, code);
  if (code) return map_error(code, "could not read the server's answer");
  return ControlResponse{static_cast<int>(parser.get().result_int()), parser.get().body()};
}

}  // namespace vedette::net
