// SPDX-License-Identifier: Apache-2.0
#include "net/http_response.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

#include "base/assert.h"
#include "net/http_range.h"

namespace vedette::net {
namespace {

/// Large enough that a disk reads in one go, small enough that 512 slow readers cost 128 MiB.
constexpr uint64_t kChunkBytes = 256 * 1024;

/// IMF-fixdate, RFC 9110 §5.6.7.
std::string http_date(WallTime now) {
  const auto seconds = static_cast<std::time_t>(now.us / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text.data();
}

/// Whether a list of entity tags names ours; weak comparison, RFC 9110 §13.1.2.
bool names_etag(std::string_view list, std::string_view etag) {
  const std::string quoted = "\"" + std::string(etag) + "\"";
  return list == "*" || list.find(quoted) != std::string_view::npos;
}

bool not_modified(const Request& request, const Response& response) {
  return response.status == 200 && !response.etag.empty() && !is_mutating(request.method) &&
         names_etag(request.headers.get("If-None-Match"), response.etag);
}

/// §13.1.5: a range is honoured only while the body is the one the client has a part of.
std::string_view wanted_range(const Request& request, const Response& response) {
  const std::string_view condition = request.headers.get("If-Range");
  if (!condition.empty() && condition != "\"" + response.etag + "\"") return {};
  return request.headers.get("Range");
}

void apply_range(const Request& request, Response& response, Outgoing& out) {
  const uint64_t size = response.source->size();
  ByteRange range{RangeKind::kWhole, 0, size};
  if (response.status == 200 && request.method == Method::kGet) {  // RFC 9110 §14.2
    range = parse_range(wanted_range(request, response), size);
  }
  if (range.kind == RangeKind::kUnsatisfiable) {
    response = problem(416, "range_not_satisfiable",
                       fmt::format("the range lies outside of the {} bytes there are", size));
    response.headers.set("Content-Range", fmt::format("bytes */{}", size));
    return;
  }
  if (range.kind == RangeKind::kPart) {
    response.status = 206;
    response.headers.set("Content-Range", fmt::format("bytes {}-{}/{}", range.offset,
                                                      range.offset + range.length - 1, size));
  }
  response.headers.set("Accept-Ranges", "bytes");
  out.source = response.source;
  out.offset = range.offset;
  out.remaining = range.length;
}

/// A body that cannot even begin becomes a problem.
void read_first_chunk(Response& response, Outgoing& out) {
  if (!out.source || out.remaining == 0) return;
  const auto read = read_next_chunk(out);
  if (read) return;
  Outgoing empty;
  empty.keep_alive = out.keep_alive;
  out = std::move(empty);
  const bool gone = read.error().code == ErrorCode::kNotFound;
  response = gone ? problem(410, "gone", read.error().message()) : problem(read.error());
}

std::string make_head(const Response& response, uint64_t length, bool keep_alive, WallTime now) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.headers.fields()) {
    head += fmt::format("{}: {}\r\n", name, value);
  }
  if (!response.etag.empty()) head += fmt::format("ETag: \"{}\"\r\n", response.etag);
  if (response.stream) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (response.status != 204 && response.status != 304) {
    head += fmt::format("Content-Length: {}\r\n", length);
  }
  head += fmt::format("Date: {}\r\nConnection: {}\r\n\r\n", http_date(now),
                      keep_alive ? "keep-alive" : "close");
  return head;
}

}  // namespace

Outgoing prepare_response(const Request& request, Response response, bool keep_alive,
                          WallTime now) {
  Outgoing out;
  out.keep_alive = keep_alive;
  if (not_modified(request, response)) {
    response.status = 304;
    response.source.reset();
    response.body.clear();
  }
  if (response.stream) {
    if (request.method != Method::kHead) out.stream = response.stream;
    out.head = make_head(response, 0, keep_alive, now);
    return out;
  }
  if (response.source) apply_range(request, response, out);
  uint64_t length = out.remaining;
  if (request.method == Method::kHead) {
    if (!out.source) length = response.body.size();
    out.source.reset();
    out.remaining = 0;
    response.body.clear();
  } else {
    read_first_chunk(response, out);
    if (!out.source) {
      length = response.body.size();
      const ByteSpan body = as_bytes(response.body);
      out.chunk.assign(body.begin(), body.end());
    }
  }
  out.head = make_head(response, length, out.keep_alive, now);
  return out;
}

Bytes frame_chunk(ByteSpan bytes) {
  const std::string head = fmt::format("{:x}\r\n", bytes.size());
  Bytes out;
  out.reserve(head.size() + bytes.size() + 2);
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), bytes.begin(), bytes.end());
  out.insert(out.end(), {'\r', '\n'});
  return out;
}

Result<void> read_next_chunk(Outgoing& out) {
  VEDETTE_ASSERT(out.source && out.remaining > 0);
  out.chunk.resize(static_cast<size_t>(std::min(out.remaining, kChunkBytes)));
  VEDETTE_ASSIGN(const size_t got, out.source->read_at(out.offset, out.chunk));
  if (got == 0) return make_error(ErrorCode::kDataLoss, "the body ended before its time");
  out.chunk.resize(got);
  out.offset += got;
  out.remaining -= got;
  return ok();
}

}  // namespace vedette::net
