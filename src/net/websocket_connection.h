// SPDX-License-Identifier: Apache-2.0
// Inside of the HTTP listener: what an HTTP connection hands over when it becomes a WebSocket.
#pragma once

#include <memory>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/http_connection.h"

namespace vedette::net {

struct Upgrade {
  Stream stream;
  boost::beast::http::request<boost::beast::http::string_body> request;
  std::unique_ptr<WebSocketHandler> handler;
};

}  // namespace vedette::net
