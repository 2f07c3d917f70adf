// SPDX-License-Identifier: Apache-2.0
#include "onvif/http_message.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace vedette::onvif {
namespace {

constexpr size_t kMaxFields = 100;
constexpr size_t kMaxChunkLine = 1024;

Error broken(std::string what) { return make_error(ErrorCode::kDataLoss, std::move(what)); }
Error too_much(std::string what) {
  return make_error(ErrorCode::kResourceExhausted, std::move(what));
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool number(std::string_view text, int base, size_t& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return code == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// Values come from addresses and challenges: none may add a line.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return out;
}

}  // namespace

std::string_view HttpMessage::field(std::string_view name) const {
  for (const HttpField& field : fields)
    if (iequals(field.name, name)) return field.value;
  return {};
}

Result<bool> HttpReader::feed(ByteSpan bytes) {
  if (state_ == State::kDone) return true;
  buffer_.append(as_text(bytes));
  return advance();
}

Result<bool> HttpReader::advance() {
  if (state_ == State::kHead) {
    // Some firmware ends lines with a bare line feed.
    const size_t crlf = buffer_.find("\r\n\r\n");
    const size_t lf = buffer_.find("\n\n");
    const size_t end = std::min(crlf, lf);
    // Up to three bytes of the blank line may be there already.
    if (end == std::string::npos ? buffer_.size() > kMaxHttpHead + 3 : end > kMaxHttpHead)
      return too_much("the head of the HTTP message is longer than 16 KiB");
    if (end == std::string::npos) return false;
    VEDETTE_TRY(read_head(std::string_view(buffer_).substr(0, end)));
    buffer_.erase(0, end + (end == crlf ? 4 : 2));
    VEDETTE_TRY(choose_body());
  }
  if (state_ == State::kChunks) return read_chunks();
  if (state_ == State::kUntilClosed) {
    if (buffer_.size() > kMaxHttpBody) return too_much("the HTTP body is longer than 512 KiB");
    return false;
  }
  if (buffer_.size() < body_size_) return false;
  message_.body = buffer_.substr(0, body_size_);
  state_ = State::kDone;
  return true;
}

Result<void> HttpReader::read_head(std::string_view head) {
  bool first = true;
  while (!head.empty()) {
    const size_t end = std::min(head.find('\n'), head.size());
    const std::string_view line = trim(head.substr(0, end));
    head.remove_prefix(std::min(end + 1, head.size()));
    if (std::exchange(first, false)) {
      VEDETTE_TRY(read_start_line(line));
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;  // seen: stray lines of a debug build
    if (message_.fields.size() == kMaxFields) return too_much("more than 100 HTTP header fields");
    message_.fields.push_back(
        {std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
  }
  if (first) return broken("an empty line instead of HTTP");
  return ok();
}

Result<void> HttpReader::read_start_line(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return broken("the answer is not HTTP");
  const std::string_view rest = trim(line.substr(space));
  if (side_ == Side::kRequests) {
    const size_t end = rest.find(' ');
    if (end == std::string_view::npos || rest.substr(end + 1, 7) != "HTTP/1.")
      return broken("the request is not HTTP");
    message_.method = line.substr(0, space);
    message_.target = rest.substr(0, end);
    return ok();
  }
  size_t status = 0;
  if (line.substr(0, 7) != "HTTP/1." || !number(rest.substr(0, 3), 10, status) || status < 100)
    return broken("the answer is not HTTP");
  message_.status = static_cast<int>(status);
  return ok();
}

Result<void> HttpReader::choose_body() {
  state_ = State::kLength;
  if (iequals(message_.field("Transfer-Encoding"), "chunked")) {
    state_ = State::kChunks;
    return ok();
  }
  const std::string_view length = message_.field("Content-Length");
  if (length.empty()) {
    if (side_ == Side::kResponses && message_.status != 204) state_ = State::kUntilClosed;
    return ok();
  }
  if (!number(length, 10, body_size_)) return broken("Content-Length is no number");
  if (body_size_ > kMaxHttpBody) return too_much("the HTTP body is longer than 512 KiB");
  return ok();
}

/// RFC 9112 §7.1. Trailers are left where they are: nothing is read after the last chunk.
Result<bool> HttpReader::read_chunks() {
  for (;;) {
    const size_t end = buffer_.find('\n');
    if (std::min(end, buffer_.size()) > kMaxChunkLine)
      return broken("a chunk of the HTTP body has no size");
    if (end == std::string::npos) return false;
    std::string_view line = trim(std::string_view(buffer_).substr(0, end));
    line = trim(line.substr(0, line.find(';')));
    size_t size = 0;
    if (!number(line, 16, size)) return broken("a chunk of the HTTP body has no size");
    if (size > kMaxHttpBody - message_.body.size())
      return too_much("the HTTP body is longer than 512 KiB");
    if (size == 0) {
      state_ = State::kDone;
      return true;
    }
    if (buffer_.size() < end + 1 + size + 1) return false;
    const size_t after = end + 1 + size;
    const size_t line_end = buffer_[after] == '\r' ? 2 : 1;
    if (buffer_.size() < after + line_end) return false;
    if (buffer_[after + line_end - 1] != '\n')
      return broken("a chunk of the HTTP body is too long");
    message_.body.append(buffer_, end + 1, size);
    buffer_.erase(0, after + line_end);
  }
}

Result<bool> HttpReader::on_closed() {
  if (state_ == State::kDone) return true;
  if (state_ == State::kUntilClosed) {
    message_.body = std::move(buffer_);
    state_ = State::kDone;
    return true;
  }
  return broken(state_ == State::kHead ? "the connection was closed without an answer"
                                       : "the connection was closed in the middle of an answer");
}

std::string build_post(const SoapPost& post) {
  std::string out =
      "POST " + one_line(post.url.path) + " HTTP/1.1\r\nHost: " + post.url.authority() +
      "\r\nUser-Agent: Vedette\r\n" +
      "Content-Type: application/soap+xml; charset=utf-8; action=\"" + one_line(post.action) +
      "\"\r\nContent-Length: " + std::to_string(post.envelope.size()) + "\r\nConnection: close\r\n";
  if (!post.authorization.empty()) out += "Authorization: " + one_line(post.authorization) + "\r\n";
  return out + "\r\n" + post.envelope;
}

std::string build_response(int status, std::string_view body,
                           const std::vector<std::string>& fields) {
  std::string out = "HTTP/1.1 " + std::to_string(status) +
                    (status == 200   ? " OK"
                     : status == 401 ? " Unauthorized"
                     : status == 404 ? " Not Found"
                                     : " Bad Request");
  out += "\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n";
  for (const std::string& field : fields) out += one_line(field) + "\r\n";
  return out + "\r\n" + std::string(body);
}

}  // namespace vedette::onvif
