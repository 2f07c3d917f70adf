// SPDX-License-Identifier: Apache-2.0
#include "rtsp/message.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace vedette::rtsp {
namespace {

using Item = MessageParser::Item;

std::string frame(uint8_t channel, std::string_view payload) {
  Bytes out;
  append_interleaved(out, channel, as_bytes(payload));
  return std::string(as_text(out));
}

std::string rtp(size_t size = 20) { return "\x80" + std::string(size - 1, '.'); }

/// "R:method", "S:status" or "$channel:size" per item, then "!code" for an error.
std::vector<std::string> parse(std::string_view stream, size_t chunk, size_t resync = 0) {
  MessageParser parser(resync);
  std::vector<std::string> items;
  while (!stream.empty()) {
    const std::string_view part = stream.substr(0, chunk);
    stream.remove_prefix(part.size());
    parser.feed(as_bytes(part));
    for (;;) {
      const auto item = parser.next();
      if (!item) {
        items.push_back("!" + std::string(to_string(item.error().code)));
        return items;
      }
      if (*item == Item::kNeedMore) break;
      if (*item == Item::kRequest) items.push_back("R:" + parser.request().method);
      if (*item == Item::kResponse)
        items.push_back("S:" + std::to_string(parser.response().status));
      if (*item == Item::kFrame)
        items.push_back("$" + std::to_string(parser.frame().channel) + ":" +
                        std::to_string(parser.frame().payload.size()));
    }
  }
  return items;
}

Response parse_response(std::string_view text) {
  MessageParser parser;
  parser.feed(as_bytes(text));
  const auto item = parser.next();
  EXPECT_TRUE(item.has_value() && *item == Item::kResponse) << text;
  return parser.response();
}

struct StreamRow {
  const char* name;
  std::string stream;
  std::vector<std::string> items;
  size_t resync = 0;
};

TEST(MessageParser, SplitsAStreamIntoTheSameItemsHoweverItArrives) {
  const std::string ok = "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n";
  const std::vector<StreamRow> rows = {
      {"a response", ok, {"S:200"}},
      {"a request", "OPTIONS * RTSP/1.0\r\n\r\n", {"R:OPTIONS"}},
      {"line feeds only", "RTSP/1.0 404 Not Found\nCSeq: 1\n\n", {"S:404"}},
      {"no reason", "RTSP/1.0 401\r\n\r\n", {"S:401"}},
      {"blank lines between", "\r\n\r\n" + ok + "\r\n" + ok, {"S:200", "S:200"}},
      {"a body", "RTSP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nv=0\r\n" + ok, {"S:200", "S:200"}},
      {"frames around a response",
       frame(0, rtp()) + ok + frame(1, rtp(8)) + frame(2, ""),
       {"$0:20", "S:200", "$1:8", "$2:0"}},
      {"a web server", "HTTP/1.1 400 Bad Request\r\n\r\n", {"S:400"}},
      {"a URI with a space", "SETUP rtsp://h/a b RTSP/1.0\r\n\r\n", {"R:SETUP"}},
      {"garbage without search", "garbage" + ok, {"!data_loss"}},
      {"garbage with search", frame(0, rtp()) + "gar$ba\r\nRge" + ok, {"$0:20", "S:200"}, 100},
      {"garbage before a frame",
       "\x01$\x90" + frame(0, rtp()) + frame(1, rtp()),
       {"$0:20", "$1:20"},
       100},
      {"a frame cut short",
       frame(0, rtp()).substr(0, 10) + frame(0, rtp()) + frame(2, rtp()) + ok,
       {"$0:20", "$2:20", "S:200"},
       100},
      {"too much garbage", std::string(101, 'x') + ok, {"!data_loss"}, 100},
      {"a body too long",
       "RTSP/1.0 200 OK\r\nContent-Length: 70000\r\n\r\n",
       {"!resource_exhausted"}},
      {"a length that is no number",
       "RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
       {"!data_loss"}},
      {"a zero byte in a header",
       std::string("RTSP/1.0 200 OK\r\nA: \0\r\n\r\n", 25),
       {"!data_loss"}},
      {"headers without end",
       "RTSP/1.0 200 OK\r\nA: " + std::string(70000, 'x'),
       {"!resource_exhausted"}},
  };
  for (const StreamRow& row : rows) {
    for (const size_t chunk : {1u, 2u, 3u, 7u, 16u, 1000000u}) {
      EXPECT_EQ(parse(row.stream, chunk, row.resync), row.items) << row.name << " by " << chunk;
    }
  }
}

TEST(MessageParser, GivesAFrameInTheInputWithoutCopyingIt) {
  const std::string stream = frame(0, rtp()) + frame(1, rtp(300)) + frame(0, rtp()).substr(0, 9);
  MessageParser parser;
  parser.feed(as_bytes(stream));
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(*parser.next(), Item::kFrame);
    EXPECT_GE(as_text(parser.frame().payload).data(), stream.data());
    EXPECT_LE(as_text(parser.frame().payload).data(), stream.data() + stream.size());
  }
  EXPECT_EQ(*parser.next(), Item::kNeedMore);
  EXPECT_EQ(parser.carried(), 9u);
}

TEST(MessageParser, RefusesTheHundredAndFirstHeader) {
  std::string message = "RTSP/1.0 200 OK\r\n";
  for (size_t i = 0; i < kMaxHeaders; ++i) message += "X: y\r\n";
  EXPECT_EQ(parse(message + "\r\n", 1000), std::vector<std::string>{"S:200"});
  EXPECT_EQ(parse(message + "X: y\r\n\r\n", 1000), std::vector<std::string>{"!resource_exhausted"});
}

TEST(MessageParser, NamesTheByteWhereAStreamGoesWrong) {
  const std::string stream =
      "RTSP/1.0 200 OK\r\n\r\n"
      "RTSP/1.0 200 OK\r\nBad,Name: x\r\n\r\n";
  MessageParser parser;
  parser.feed(as_bytes(stream));
  ASSERT_TRUE(parser.next());
  const auto item = parser.next();
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().what, "byte 36 of the RTSP stream: a header has no valid name");
}

TEST(MessageParser, ReadsFoldedAndOddlySpacedHeaders) {
  const Response response = parse_response(
      "RTSP/1.0 200 OK\r\ncseq : 7\r\nPublic:OPTIONS,\r\n\tDESCRIBE\r\nno colon here\r\n\r\n");
  EXPECT_EQ(cseq_of(response.headers), 7u);
  EXPECT_EQ(response.headers.get("public"), "OPTIONS, DESCRIBE");
}

TEST(MessageParser, GivesUpOnABodyThatIsShorterThanPromised) {
  const std::string stream = "RTSP/1.0 200 OK\r\nContent-Length: 500\r\n\r\nv=0\r\nm=video";
  MessageParser parser;
  EXPECT_FALSE(parser.flush_short_body());
  parser.feed(as_bytes(stream));
  ASSERT_EQ(*parser.next(), Item::kNeedMore);
  ASSERT_EQ(parser.flush_short_body(), Item::kResponse);
  EXPECT_EQ(parser.response().body, "v=0\r\nm=video");
  EXPECT_EQ(parser.carried(), 0u);
}

TEST(MessageWriter, LetsNoValueAddAHeader) {
  Request request{"OPTIONS", "rtsp://h/\r\nX: 1", {}, "body"};
  request.headers.add("User-Agent", "a\r\nInjected: yes");
  Bytes out;
  append_request(out, request);
  EXPECT_EQ(as_text(out),
            "OPTIONS rtsp://h/  X: 1 RTSP/1.0\r\nUser-Agent: a  Injected: yes\r\n"
            "Content-Length: 4\r\n\r\nbody");
}

TEST(ParseDecimal, AcceptsDigitsWithinABoundOnly) {
  EXPECT_EQ(parse_decimal("65535", 65535), 65535u);
  EXPECT_EQ(parse_decimal("65536", 65535), std::nullopt);
  EXPECT_EQ(parse_decimal("99999999999999999999999", UINT64_MAX), std::nullopt);
  EXPECT_EQ(parse_decimal("", 9), std::nullopt);
  EXPECT_EQ(parse_decimal("+1", 9), std::nullopt);
  EXPECT_EQ(parse_decimal("7", 5), std::nullopt);
}

}  // namespace
}  // namespace vedette::rtsp
