// SPDX-License-Identifier: Apache-2.0
// The listener on a real loopback socket.
#include "net/http_server.h"

#include <sys/stat.h>

#include "net/http_server_fixture.h"

namespace vedette::net {
namespace {

using std::chrono::milliseconds;

TEST_F(HttpServerTest, keeps_the_connection_and_its_order) {
  start();
  TestClient client(server_->port());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody"
      "GET /3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.read_response().find("\r\n\r\nGET /1 "), std::string::npos);
  EXPECT_NE(client.read_response().find("\r\n\r\nPOST /2 body"), std::string::npos);
  EXPECT_NE(client.read_response().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(HttpServerTest, sends_what_is_made_meanwhile_in_chunks_and_keeps_the_connection) {
  start();
  TestClient client(server_->port());
  client.send("GET /pieces HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string head = client.read_response(false);
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  const std::string body = "3\r\naaa\r\n3\r\nbbb\r\n3\r\nccc\r\n0\r\n\r\n";
  EXPECT_EQ(client.read_exactly(body.size()), body);
  EXPECT_NE(client.get("/after").find("GET /after"), std::string::npos);
}

TEST_F(HttpServerTest, answers_with_the_problem_of_a_body_that_never_began) {
  start();
  TestClient client(server_->port());
  EXPECT_TRUE(begins(client.get("/pieces?kind=full"), "HTTP/1.1 503"));
}

TEST_F(HttpServerTest, lets_go_of_a_body_under_way_when_the_client_goes_away) {
  start();
  {
    TestClient(server_->port()).send("GET /pieces?kind=never HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  EXPECT_TRUE(eventually([&] { return app_.stream_gone.try_wait(); }));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(HttpServerTest, reads_only_the_part_that_is_asked_for) {
  start();
  TestClient client(server_->port());
  const std::string part =
      client.get("/letters?size=1000000000000", "Range: bytes=999999999990-\r\n");
  EXPECT_TRUE(begins(part, "HTTP/1.1 206"));
  EXPECT_EQ(part.size() - part.find("\r\n\r\n") - 4, 10u);
  EXPECT_EQ(app_.read_bytes, 10u);
  client.send("HEAD /letters HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(client.read_response(false).find("Content-Length: 1000\r\n"), std::string::npos);
  EXPECT_NE(client.get("/after").find("GET /after"), std::string::npos);
}

TEST_F(HttpServerTest, sends_a_long_body_whole) {
  start();
  TestClient client(server_->port());
  const std::string answer = client.get("/letters?size=3000000");
  const size_t body = answer.find("\r\n\r\n") + 4;
  ASSERT_EQ(answer.size() - body, 3'000'000u);
  for (size_t i = 0; i < 3'000'000; i += 9973) EXPECT_EQ(answer[body + i], 'a' + i % 26);
}

TEST_F(HttpServerTest, waits_for_a_slow_reader_without_reading_ahead) {
  start();
  TestClient slow(server_->port(), 4096);
  slow.send("GET /letters?size=100000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(slow.read_exactly(100).find("200 OK"), std::string::npos);
  TestClient other(server_->port());
  EXPECT_NE(other.get("/x").find("200 OK"), std::string::npos) << "others are served meanwhile";
  EXPECT_LT(app_.read_bytes, 20'000'000u);
}

TEST_F(HttpServerTest, drops_a_reader_that_takes_nothing) {
  HttpServer::Options options;
  options.write_deadline = milliseconds(100);
  start(options);
  TestClient stuck(server_->port(), 4096);
  stuck.send("GET /letters?size=100000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return app_.read_bytes > 0 && server_->connections() == 0; }));
}

TEST_F(HttpServerTest, ends_the_connection_when_the_body_goes_away) {
  app_.fails_at = 262'144;
  start();
  TestClient client(server_->port());
  const std::string answer = client.get("/letters?size=1000000");
  EXPECT_TRUE(begins(answer, "HTTP/1.1 200"));
  EXPECT_LT(answer.size(), 300'000u);
  EXPECT_TRUE(client.at_end());
  app_.fails_at = 0;
  TestClient late(server_->port());
  EXPECT_TRUE(begins(late.get("/letters"), "HTTP/1.1 410 Gone"));
}

TEST_F(HttpServerTest, memory_that_runs_out_under_a_body_ends_one_connection_and_not_the_program) {
  app_.throws = true;
  app_.fails_at = 262'144;
  start();
  TestClient client(server_->port());
  EXPECT_LT(client.get("/letters?size=1000000").size(), 300'000u);
  EXPECT_TRUE(client.at_end());
  app_.fails_at = 0;
  TestClient late(server_->port());
  EXPECT_TRUE(begins(late.get("/letters"), "HTTP/1.1 500")) << "before its first byte: a problem";
  EXPECT_TRUE(begins(late.get("/other"), "HTTP/1.1 200"));
}

struct BadRow {
  const char* name;
  std::string request;
  const char* want;
};

TEST_F(HttpServerTest, refuses_each_bad_request_with_its_own_answer) {
  start();
  const BadRow rows[] = {
      {"garbage", "\x16\x03\x01 garbage\r\n\r\n", "HTTP/1.1 400"},
      {"header too large",
       "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
       "HTTP/1.1 431"},
      {"body too large", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n",
       "HTTP/1.1 413"},
      {"chunked body too large",
       "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" +
           std::string(0x200000, 'x') + "\r\n0\r\n\r\n",
       "HTTP/1.1 413"},
      {"rebound host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 421"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 421"},
      {"two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
       "HTTP/1.1 400"},
      {"other page",
       "POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
       "Content-Length: 0\r\n\r\n",
       "HTTP/1.1 403"},
      {"dots", "GET /../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400"},
      {"exception", "GET /throw HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
       "HTTP/1.1 500"},
  };
  for (const BadRow& row : rows) {
    TestClient client(server_->port());
    client.send(row.request);
    const std::string answer = client.read_response();
    EXPECT_TRUE(begins(answer, row.want)) << row.name << ": " << answer;
    EXPECT_NE(answer.find("application/problem+json"), std::string::npos) << row.name;
  }
}

TEST_F(HttpServerTest, closes_what_never_becomes_a_request) {
  HttpServer::Options options;
  options.header_deadline = milliseconds(50);
  options.idle_deadline = milliseconds(50);
  start(options);
  TestClient silent(server_->port());
  TestClient drip(server_->port());
  drip.send("GET / HT");
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(drip.at_end());
}

TEST_F(HttpServerTest, invites_the_body_of_a_careful_client) {
  start();
  TestClient client(server_->port());
  client.send(
      "POST /x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_exactly(25), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_NE(client.read_response().find("POST /x ok"), std::string::npos);
}

TEST_F(HttpServerTest, turns_away_the_connection_too_many) {
  HttpServer::Options options;
  options.max_connections = 2;
  start(options);
  TestClient first(server_->port());
  TestClient second(server_->port());
  EXPECT_NE(first.get("/a").find("200"), std::string::npos);
  EXPECT_NE(second.get("/a").find("200"), std::string::npos);
  TestClient third(server_->port());
  EXPECT_TRUE(begins(third.read_response(), "HTTP/1.1 503"));
  EXPECT_NE(first.get("/a").find("200"), std::string::npos);
}

TEST_F(HttpServerTest, connections_that_ask_nothing_make_room_the_longest_idle_first) {
  HttpServer::Options options;
  options.max_connections = 3;
  start(options);
  TestClient asked(server_->port());
  EXPECT_NE(asked.get("/a").find("200"), std::string::npos);
  TestClient first(server_->port());
  EXPECT_TRUE(eventually([&] { return server_->connections() == 2; }));
  TestClient second(server_->port());
  EXPECT_TRUE(eventually([&] { return server_->connections() == 3; }));
  TestClient third(server_->port());
  EXPECT_NE(third.get("/a").find("200"), std::string::npos);
  EXPECT_TRUE(first.at_end());
  EXPECT_NE(second.get("/a").find("200"), std::string::npos);
  EXPECT_NE(asked.get("/a").find("200"), std::string::npos);
}

TEST_F(HttpServerTest, says_what_is_wrong_with_a_body_in_chunks) {
  start();
  TestClient client(server_->port());
  client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  EXPECT_TRUE(begins(client.read_response(), "HTTP/1.1 400"));
}

TEST_F(HttpServerTest, lets_a_request_finish_when_it_stops) {
  start();
  TestClient idle(server_->port());
  EXPECT_NE(idle.get("/a").find("200"), std::string::npos);
  TestClient busy(server_->port());
  busy.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  app_.started.wait();
  const uint16_t port = server_->port();
  std::thread stopping([&] { server_->stop(milliseconds(10'000)); });
  EXPECT_TRUE(eventually([&] { return !TestClient(port).connected(); }));
  app_.release.count_down();
  EXPECT_NE(busy.read_response().find("GET /slow"), std::string::npos);
  stopping.join();
  EXPECT_TRUE(idle.at_end());
}

TEST_F(HttpServerTest, answers_a_supervisor_while_every_handler_waits_for_a_disk) {
  HttpServer::Options options;
  options.handler_threads = 1;
  start(options);
  TestClient busy(server_->port());
  busy.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  app_.started.wait();
  TestClient supervisor(server_->port());
  EXPECT_NE(supervisor.get("/alive").find("alive"), std::string::npos);
  EXPECT_NE(supervisor.get("/alive").find("alive"), std::string::npos) << "on the same connection";
  app_.release.count_down();
  EXPECT_NE(busy.read_response().find("GET /slow"), std::string::npos);
}

TEST_F(HttpServerTest, serves_the_control_socket_and_nobody_else_may_open_it) {
  const std::string path = testing::TempDir() + "vedette_http_test.sock";
  HttpServer::Options options;
  options.socket_path = path;
  start(options);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  {
    TestClient client(path);
    EXPECT_NE(client.get("/x").find("local"), std::string::npos);
  }
  options.listen = "";
  auto second = HttpServer::start(options, app_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("another server runs"), std::string::npos);
  server_->stop(milliseconds(0));
  EXPECT_NE(::stat(path.c_str(), &info), 0);
}

TEST_F(HttpServerTest, replaces_a_socket_that_a_crash_left) {
  const std::string path = testing::TempDir() + "vedette_http_stale.sock";
  ::unlink(path.c_str());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
  HttpServer::Options options;
  options.socket_path = path;
  start(options);
  TestClient client(path);
  EXPECT_NE(client.get("/x").find("200 OK"), std::string::npos);
}

TEST_F(HttpServerTest, listens_on_loopback_only_and_says_why) {
  for (const char* listen : {"0.0.0.0:8080", "192.168.1.2:80", "[::]:80", "example.org:80"}) {
    HttpServer::Options options;
    options.listen = listen;
    const auto server = HttpServer::start(options, app_);
    ASSERT_FALSE(server) << listen;
    EXPECT_NE(server.error().message().find("accounts do not exist yet, so Vedette listens on "
                                            "loopback only; use an SSH tunnel"),
              std::string::npos);
  }
  for (const char* listen : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:8x"}) {
    HttpServer::Options options;
    options.listen = listen;
    EXPECT_FALSE(HttpServer::start(options, app_)) << listen;
  }
}

TEST_F(HttpServerTest, says_that_the_port_is_taken) {
  start();
  HttpServer::Options options;
  options.listen = "127.0.0.1:" + std::to_string(server_->port());
  const auto second = HttpServer::start(options, app_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("another program has this port"), std::string::npos);
}

}  // namespace
}  // namespace vedette::net
