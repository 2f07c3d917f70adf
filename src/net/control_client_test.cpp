// SPDX-License-Identifier: Apache-2.0
#include "net/control_client.h"

#include <filesystem>
#include <latch>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/id.h"
#include "net/http_server.h"

namespace vedette::net {
namespace {

/// Answers with what it was asked.
class EchoApp : public HttpApp {
 public:
  Response handle(const Request& request) override {
    if (request.path == "/stuck") release.wait();
    Response response;
    response.status = request.method == Method::kDelete ? 404 : 200;
    response.body = std::string(to_string(request.method)) + " " + request.path + " " +
                    std::string(request.query.get("a").value_or("-")) + " " + request.body +
                    (request.peer == Peer::kControlSocket ? " control" : " tcp");
    return response;
  }
  std::variant<std::unique_ptr<WebSocketHandler>, Response> open_websocket(
      const Request&) override {
    return Response{404, {}, {}, {}, {}};
  }

  std::latch release{1};
};

class ControlClientTest : public ::testing::Test {
 protected:
  std::string path_ =
      (std::filesystem::temp_directory_path() / ("vedette-" + random_id(4) + ".sock")).string();
  EchoApp app_;
};

TEST_F(ControlClientTest, asks_and_reads_the_answer_whatever_its_status) {
  HttpServer::Options options;
  options.listen = "";
  options.socket_path = path_;
  const auto server = HttpServer::start(options, app_);
  ASSERT_TRUE(server) << server.error().message();
  const auto posted = control_request(path_, "POST", "/x?a=b%20c", "{\"k\":1}");
  ASSERT_TRUE(posted) << posted.error().message();
  EXPECT_EQ(posted->status, 200);
  EXPECT_EQ(posted->body, "POST /x b c {\"k\":1} control");
  EXPECT_EQ(control_request(path_, "DELETE", "/x", "")->status, 404);
}

TEST_F(ControlClientTest, without_a_server_it_says_so) {
  const auto answer = control_request(path_, "GET", "/", "");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
}

TEST_F(ControlClientTest, a_server_that_is_stuck_ends_the_wait) {
  HttpServer::Options options;
  options.listen = "";
  options.socket_path = path_;
  options.handler_threads = 1;
  const auto server = HttpServer::start(options, app_);
  ASSERT_TRUE(server) << server.error().message();
  const auto answer = control_request(path_, "GET", "/stuck", "", std::chrono::milliseconds(50));
  app_.release.count_down();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
  EXPECT_NE(answer.error().what.find("look at its log"), std::string::npos);
}

TEST_F(ControlClientTest, a_server_that_does_not_even_accept_ends_the_wait) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  for (int i = 0; i < 4; ++i) {  // some wait for an answer, and those behind them to be let in
    const auto answer = control_request(path_, "GET", "/", "", std::chrono::milliseconds(20));
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().code, ErrorCode::kInvalidArgument);
  }
  ::close(listener);
  ::unlink(path_.c_str());
}

TEST_F(ControlClientTest, a_path_that_no_socket_can_have_is_refused) {
  const auto answer = control_request("/" + std::string(200, 'x'), "GET", "/", "");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace vedette::net
