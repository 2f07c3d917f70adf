// SPDX-License-Identifier: Apache-2.0
// WebSockets (RFC 6455) on a real loopback socket.
#include "net/http_server_fixture.h"

namespace vedette::net {
namespace {

using std::chrono::milliseconds;

TEST_F(HttpServerTest, echoes_on_a_websocket) {
  start();
  TestClient client(server_->port());
  const std::string answer = client.upgrade("/ws", "Origin: http://localhost\r\n");
  ASSERT_TRUE(begins(answer, "HTTP/1.1 101")) << answer;
  EXPECT_NE(answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos) << "RFC 6455 §1.3";
  EXPECT_EQ(client.read_frame()->payload, "awake") << "two wakes are one";
  client.send_frame(1, "hello");
  EXPECT_EQ(client.read_frame()->payload, "hello");
  client.send_frame(1, "close");
  const auto close = client.read_frame();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->opcode, 8);
  EXPECT_EQ(close->payload,
            "\x0f\xa0"
            "as asked");
}

TEST_F(HttpServerTest, counts_what_a_slow_websocket_has_not_taken) {
  start();
  TestClient client(server_->port(), 4096);
  ASSERT_TRUE(begins(client.upgrade("/ws"), "HTTP/1.1 101"));
  EXPECT_EQ(client.read_frame()->payload, "awake");
  client.send_frame(1, "flood 16");
  ASSERT_TRUE(eventually([&] { return app_.queued > 8U << 20; }));
  for (int i = 0; i < 16; ++i) {
    const auto frame = client.read_frame();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->opcode, 2);
    EXPECT_EQ(frame->payload.size(), (1U << 20) + 3);
    EXPECT_EQ(frame->payload.substr(0, 4), "\x01\x02\x03x");
  }
  EXPECT_TRUE(eventually([&] { return app_.queued == 0; }));
}

TEST_F(HttpServerTest, refuses_a_websocket_of_another_page_and_at_a_wrong_place) {
  start();
  TestClient other(server_->port());
  EXPECT_TRUE(begins(other.upgrade("/ws", "Origin: http://evil.example\r\n"), "HTTP/1.1 403"));
  TestClient lost(server_->port());
  EXPECT_TRUE(begins(lost.upgrade("/nowhere"), "HTTP/1.1 404"));
}

TEST_F(HttpServerTest, closes_a_websocket_that_sends_too_much_or_not_text) {
  start();
  TestClient loud(server_->port());
  ASSERT_TRUE(begins(loud.upgrade("/ws"), "HTTP/1.1 101"));
  loud.read_frame();
  loud.send_frame(1, std::string(20'000, 'x'));
  const auto close = loud.read_frame();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->payload.substr(0, 2), "\x03\xf1") << "1009, message too big";
  TestClient binary(server_->port());
  ASSERT_TRUE(begins(binary.upgrade("/ws"), "HTTP/1.1 101"));
  binary.read_frame();
  binary.send_frame(2, "x");
  EXPECT_EQ(binary.read_frame()->opcode, 8);
}

TEST_F(HttpServerTest, says_goodbye_to_websockets_when_it_stops) {
  start();
  auto client = std::make_unique<TestClient>(server_->port());
  ASSERT_TRUE(begins(client->upgrade("/ws"), "HTTP/1.1 101"));
  client->read_frame();
  std::thread peer([&] {
    EXPECT_EQ(client->read_frame()->payload.substr(0, 2), "\x03\xe9") << "1001, going away";
    client->send_frame(8, "\x03\xe9");
    EXPECT_TRUE(client->at_end());
    client.reset();
  });
  server_->stop(milliseconds(5000));
  peer.join();
}

}  // namespace
}  // namespace vedette::net
