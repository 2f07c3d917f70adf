// SPDX-License-Identifier: Apache-2.0
#include "onvif/http_message.h"

#include <gtest/gtest.h>

namespace vedette::onvif {
namespace {

using Side = HttpReader::Side;

/// The whole message from `text`, read `chunk` bytes at a time and then closed.
Result<HttpMessage> read(std::string_view text, size_t chunk = 1, Side side = Side::kResponses) {
  HttpReader reader(side);
  while (!text.empty()) {
    const size_t count = std::min(chunk, text.size());
    VEDETTE_ASSIGN(const bool complete, reader.feed(as_bytes(text.substr(0, count))));
    if (complete) return reader.message();
    text.remove_prefix(count);
  }
  VEDETTE_ASSIGN(const bool complete, reader.on_closed());
  EXPECT_TRUE(complete);
  return reader.message();
}

TEST(HttpReader, reads_bodies_however_they_are_sent) {
  const std::pair<const char*, const char*> rows[] = {
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
      {"chunks",
       "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\n"},
      {"until the end", "HTTP/1.1 200 OK\r\nServer: gSOAP/2.8\r\n\r\nhello"},
      {"bare line feeds", "HTTP/1.0 200 OK\nContent-Length: 5\n\nhello"}};
  for (const auto& [name, text] : rows) {
    for (const size_t chunk : {1U, 7U, 4096U}) {
      const auto message = read(text, chunk);
      ASSERT_TRUE(message.has_value()) << name;
      EXPECT_EQ(message->body, "hello") << name;
      EXPECT_EQ(message->status, 200) << name;
    }
  }
}

TEST(HttpReader, says_what_is_wrong) {
  const std::string big_head =
      "HTTP/1.1 200 OK\r\nX: " + std::string(kMaxHttpHead, 'x') + "\r\n\r\n";
  struct Row {
    const char* name;
    std::string text;
    ErrorCode code;
  };
  const Row rows[] = {
      {"closed before a word", "", ErrorCode::kDataLoss},
      {"an SSH server", "SSH-2.0-OpenSSH_9.2\r\n\r\n", ErrorCode::kDataLoss},
      {"an RTSP server", "RTSP/1.0 200 OK\r\n\r\n", ErrorCode::kDataLoss},
      {"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
       ErrorCode::kDataLoss},
      {"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
       ErrorCode::kDataLoss},
      {"a length without end", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
       ErrorCode::kResourceExhausted},
      {"a head without end", big_head, ErrorCode::kResourceExhausted},
      {"a chunk of a gigabyte", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3fffffff\r\n",
       ErrorCode::kResourceExhausted},
      {"a chunk that goes on", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
       ErrorCode::kDataLoss}};
  for (const Row& row : rows) {
    const auto message = read(row.text, 100);
    ASSERT_FALSE(message.has_value()) << row.name;
    EXPECT_EQ(message.error().code, row.code) << row.name;
  }
}

TEST(HttpReader, reads_what_we_post) {
  const SoapPost post{
      {false, "192.168.1.20", 8080, "/onvif/media?x=1"}, "action", "<x/>", "Digest a"};
  const auto message = read(build_post(post), 3, Side::kRequests);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->method, "POST");
  EXPECT_EQ(message->target, "/onvif/media?x=1");
  EXPECT_EQ(message->field("host"), "192.168.1.20:8080");
  EXPECT_EQ(message->field("Authorization"), "Digest a");
  EXPECT_EQ(message->body, "<x/>");
}

TEST(HttpReader, reads_what_we_answer) {
  const auto message = read(build_response(401, "no", {"WWW-Authenticate: Digest realm=\"x\""}));
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->status, 401);
  EXPECT_EQ(message->field("WWW-Authenticate"), "Digest realm=\"x\"");
}

TEST(BuildPost, lets_no_value_add_a_line) {
  const SoapPost post{{false, "h", 80, "/a\r\nX-Evil: 1"}, "b\r\nX-Evil: 2", "", "c\r\nX-Evil: 3"};
  EXPECT_EQ(build_post(post).find("\nX-Evil"), std::string::npos);
}

}  // namespace
}  // namespace vedette::onvif
