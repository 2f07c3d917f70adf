// SPDX-License-Identifier: Apache-2.0
#include "net/http_message.h"

#include <cstdio>

#include <gtest/gtest.h>
#include <unistd.h>

#include "net/http_guard.h"
#include "net/http_range.h"
#include "net/http_response.h"

namespace vedette::net {
namespace {

TEST(Target, is_split_and_decoded) {
  const auto target = parse_target("/a%20b/c+d?x=1%2B1&y=a+b&x=&flag&&z=%C3%BC#part");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c+d");
  EXPECT_EQ(target->query.all("x"), (std::vector<std::string>{"1+1", ""}));
  EXPECT_EQ(target->query.get("y"), "a b");
  EXPECT_EQ(target->query.get("flag"), "");
  EXPECT_EQ(target->query.get("z"), "ü");
  EXPECT_EQ(target->query.get("none"), std::nullopt);
}

TEST(Target, refuses_what_could_leave_the_folder) {
  for (const char* text : {"", "x", "http://h/", "*", "/..", "/a/../b", "/%2e%2e/etc/passwd",
                           "/a%2f..%2fb", "/./a", "/a%", "/a%4", "/a%zz", "/a%00", "/?a=%00"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
  EXPECT_TRUE(parse_target("/..a/b..")) << "only whole segments are meant";
}

struct RangeRow {
  const char* header;
  uint64_t size;
  ByteRange want;
};

TEST(Range, follows_rfc_9110) {
  const ByteRange whole{RangeKind::kWhole, 0, 1000};
  const ByteRange none{RangeKind::kUnsatisfiable, 0, 0};
  const RangeRow rows[] = {
      {"", 1000, whole},
      {"bytes=0-0", 1000, {RangeKind::kPart, 0, 1}},
      {"bytes=0-", 1000, {RangeKind::kPart, 0, 1000}},
      {"bytes=999-", 1000, {RangeKind::kPart, 999, 1}},
      {"bytes=500-99999999999999999999999", 1000, {RangeKind::kPart, 500, 500}},
      {"bytes=-1", 1000, {RangeKind::kPart, 999, 1}},
      {"bytes=-5000", 1000, {RangeKind::kPart, 0, 1000}},
      {"bytes=1000-", 1000, none},
      {"bytes=1000-1001", 1000, none},
      {"bytes=-0", 1000, none},
      {"bytes=0-0", 0, none},
      {"bytes=-1", 0, none},
      {"bytes=5-4", 1000, whole},
      {"bytes=a-b", 1000, whole},
      {"bytes=", 1000, whole},
      {"bytes=-", 1000, whole},
      {"bytes=--1", 1000, whole},
      {"bytes=0-1,5-6", 1000, whole},
      {"items=0-1", 1000, whole},
  };
  for (const RangeRow& row : rows) {
    ByteRange want = row.want;
    if (want.kind == RangeKind::kWhole) want.length = row.size;
    EXPECT_EQ(parse_range(row.header, row.size), want) << row.header << " of " << row.size;
  }
}

TEST(Guard, knows_its_own_names) {
  for (const char* host : {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.3.2.1", "[::1]",
                           "[::1]:8080", "vedette.localhost:80"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host : {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                           "10.0.0.1", "evillocalhost", "127.0.0.1:80@evil.example", "[::2]",
                           "127.evil", "localhost:80x", ".localhost"}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

struct OriginRow {
  const char* name;
  Method method;
  bool websocket;
  const char* host;
  const char* origin;  // null: not sent
  int status;          // 0: goes on
};

TEST(Guard, holds_other_pages_off) {
  const OriginRow rows[] = {
      {"rebound name", Method::kGet, false, "evil.example:8080", nullptr, 421},
      {"own page", Method::kPost, false, "localhost:8080", "http://localhost:8080", 0},
      {"program", Method::kPost, false, "127.0.0.1:8080", nullptr, 0},
      {"other page posts", Method::kPost, false, "localhost:8080", "http://evil.example", 403},
      {"sandboxed page posts", Method::kDelete, false, "localhost:8080", "null", 403},
      {"other port posts", Method::kPatch, false, "localhost:8080", "http://localhost:3000", 403},
      {"other page reads", Method::kGet, false, "localhost:8080", "http://evil.example", 0},
      {"other page opens a socket", Method::kGet, true, "localhost:80", "http://evil.example", 403},
      {"empty origin", Method::kGet, true, "localhost:80", "", 403},
      {"own page opens a socket", Method::kGet, true, "[::1]:80", "http://[::1]:80", 0},
  };
  for (const OriginRow& row : rows) {
    Request request;
    request.method = row.method;
    request.headers.set("Host", row.host);
    if (row.origin != nullptr) request.headers.set("Origin", row.origin);
    const auto refusal = check_origin(request, row.websocket);
    EXPECT_EQ(refusal ? refusal->status : 0, row.status) << row.name;
    request.peer = Peer::kControlSocket;
    EXPECT_FALSE(check_origin(request, row.websocket)) << row.name;
  }
}

class Letters final : public BodySource {
 public:
  explicit Letters(uint64_t size, ErrorCode* failure = nullptr) : size_(size), failure_(failure) {}
  [[nodiscard]] uint64_t size() const override { return size_; }
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) override {
    if (failure_ != nullptr) return make_error(*failure_, "no longer recorded");
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<uint8_t>('a' + (offset + i) % 26);
    }
    return out.size();
  }

 private:
  uint64_t size_;
  ErrorCode* failure_;
};

Outgoing prepare(Request request, Response response) {
  return prepare_response(request, std::move(response), true, {1'795'356'207'200'000});
}

Response letters(uint64_t size) {
  Response response;
  response.source = std::make_shared<Letters>(size);
  response.etag = "e1";
  return response;
}

TEST(PreparedResponse, has_head_and_body) {
  Response response;
  response.headers.set("Content-Type", "text/plain");
  response.body = "hello";
  const Outgoing out = prepare({}, std::move(response));
  EXPECT_EQ(out.head,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
            "Date: Sun, 22 Nov 2026 14:03:27 GMT\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(as_text(out.chunk), "hello");
}

TEST(PreparedResponse, serves_a_part) {
  Request request;
  request.headers.set("Range", "bytes=1-3");
  const Outgoing out = prepare(request, letters(1000));
  EXPECT_NE(out.head.find("HTTP/1.1 206 Partial Content"), std::string::npos);
  EXPECT_NE(out.head.find("Content-Range: bytes 1-3/1000\r\n"), std::string::npos);
  EXPECT_NE(out.head.find("Content-Length: 3\r\n"), std::string::npos);
  EXPECT_EQ(as_text(out.chunk), "bcd");
  EXPECT_EQ(out.remaining, 0u);
}

TEST(PreparedResponse, ignores_a_range_of_another_version) {
  Request request;
  request.headers.set("Range", "bytes=1-3");
  request.headers.set("If-Range", "\"e0\"");
  EXPECT_NE(prepare(request, letters(1000)).head.find("200 OK"), std::string::npos);
  request.headers.set("If-Range", "\"e1\"");
  EXPECT_NE(prepare(request, letters(1000)).head.find("206"), std::string::npos);
}

TEST(PreparedResponse, refuses_a_range_past_the_end) {
  Request request;
  request.headers.set("Range", "bytes=1000-");
  const Outgoing out = prepare(request, letters(1000));
  EXPECT_NE(out.head.find("HTTP/1.1 416"), std::string::npos);
  EXPECT_NE(out.head.find("Content-Range: bytes */1000\r\n"), std::string::npos);
}

TEST(PreparedResponse, answers_a_known_etag_without_a_body) {
  Request request;
  request.headers.set("If-None-Match", "W/\"x\", \"e1\"");
  const Outgoing out = prepare(request, letters(1000));
  EXPECT_NE(out.head.find("HTTP/1.1 304"), std::string::npos);
  EXPECT_NE(out.head.find("ETag: \"e1\"\r\n"), std::string::npos);
  EXPECT_EQ(out.head.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(out.chunk.empty());
}

TEST(PreparedResponse, head_tells_the_size_and_reads_nothing) {
  ErrorCode code = ErrorCode::kInternal;
  Response response;
  response.source = std::make_shared<Letters>(1000, &code);
  Request request;
  request.method = Method::kHead;
  const Outgoing out = prepare(request, std::move(response));
  EXPECT_NE(out.head.find("200 OK"), std::string::npos);
  EXPECT_NE(out.head.find("Content-Length: 1000\r\n"), std::string::npos);
  EXPECT_TRUE(out.chunk.empty());
}

TEST(PreparedResponse, head_knows_no_ranges) {  // RFC 9110 §14.2
  for (const char* range : {"bytes=10-19", "bytes=5000-"}) {
    Request request;
    request.method = Method::kHead;
    request.headers.set("Range", range);
    const Outgoing out = prepare(request, letters(1000));
    EXPECT_NE(out.head.find("200 OK"), std::string::npos) << range;
    EXPECT_NE(out.head.find("Content-Length: 1000\r\n"), std::string::npos) << range;
  }
}

TEST(PreparedResponse, says_gone_when_retention_was_faster) {
  ErrorCode code = ErrorCode::kNotFound;
  Response response;
  response.source = std::make_shared<Letters>(1000, &code);
  const Outgoing out = prepare({}, std::move(response));
  EXPECT_NE(out.head.find("HTTP/1.1 410 Gone"), std::string::npos);
  EXPECT_NE(as_text(out.chunk).find("no longer recorded"), std::string::npos);
  EXPECT_EQ(out.remaining, 0u);
}

TEST(PreparedResponse, goes_on_in_chunks) {
  Outgoing out = prepare({}, letters(600'000));
  uint64_t total = out.chunk.size();
  while (out.remaining > 0) {
    const uint64_t at = total;
    ASSERT_TRUE(read_next_chunk(out));
    EXPECT_EQ(out.chunk.front(), 'a' + at % 26);
    total += out.chunk.size();
  }
  EXPECT_EQ(total, 600'000u);
}

TEST(Problem, is_json_that_says_what_to_do) {
  const Response response = problem(404, "not_found", "no camera \"x\"\n");
  EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Not Found","status":404,"code":"not_found",)"
            R"("detail":"no camera \"x\"\u000a"})");
}

TEST(Problem, is_json_whatever_bytes_the_client_wrote) {
  const auto target = parse_target("/api/%FFdoor%C3");
  ASSERT_TRUE(target);
  const Response response = problem(404, "not_found", "there is nothing at " + target->path);
  EXPECT_NE(response.body.find("/api/\uFFFDdoor\uFFFD"), std::string::npos) << response.body;
}

TEST(FileBody, reads_a_file_and_refuses_a_folder) {
  const std::string path = testing::TempDir() + "vedette_file_body";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  std::fputs("0123456789", file);
  std::fclose(file);
  auto body = open_file_body(path);
  ASSERT_TRUE(body);
  ::unlink(path.c_str());
  Bytes out(4);
  EXPECT_EQ((*body)->size(), 10u);
  EXPECT_EQ((*body)->read_at(3, out).value(), 4u);
  EXPECT_EQ(as_text(out), "3456");
  EXPECT_EQ(open_file_body(testing::TempDir()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_file_body(path).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vedette::net
