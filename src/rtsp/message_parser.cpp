// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "rtsp/message.h"

namespace vedette::rtsp {
namespace {

constexpr size_t kMaxStartLine = 4096;
// While searching for a boundary: no camera numbers its channels higher, and no RTP or RTCP packet
// is shorter.
constexpr uint8_t kMaxSearchChannel = 31;
constexpr size_t kMinSearchPayload = 8;

bool starts_with_prefix_of(std::string_view text, std::string_view word) {
  const size_t n = std::min(text.size(), word.size());
  return text.substr(0, n) == word.substr(0, n);
}

bool is_response_start(std::string_view text) {
  return starts_with_prefix_of(text, "RTSP/") || starts_with_prefix_of(text, "HTTP/");
}

/// METHOD SP: upper-case letters and '_' only, as every method in use has (RFC 2326 §10).
bool is_request_start(std::string_view text) {
  for (size_t i = 0; i < std::min<size_t>(text.size(), 24); ++i) {
    if (text[i] == ' ') return i >= 3;
    if (!(text[i] >= 'A' && text[i] <= 'Z') && text[i] != '_') return false;
  }
  return text.size() < 24;
}

/// False as soon as `text` cannot be the start of a start line.
bool is_plausible_start(std::string_view text) {
  if (!is_response_start(text) && !is_request_start(text)) return false;
  std::string_view line = text.substr(0, std::min(text.find('\n'), kMaxStartLine + 1));
  if (line.size() > kMaxStartLine) return false;
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return std::none_of(line.begin(), line.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t') || u == 0x7f;
  });
}

std::string_view next_word(std::string_view& text) {
  text = trim(text);
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

bool read_status_line(std::string_view line, Response& response) {
  const std::string_view protocol = next_word(line);
  const auto status = parse_decimal(next_word(line), 999);
  if (protocol.size() < 8 || !status || *status < 100) return false;
  response = {};
  response.protocol = protocol;
  response.status = static_cast<int>(*status);
  response.reason = trim(line);
  return true;
}

bool read_request_line(std::string_view line, Request& request) {
  const std::string_view method = next_word(line);
  // The URI may hold spaces when a sloppy peer wrote it: the protocol is the last word.
  line = trim(line);
  const size_t last = line.rfind(' ');
  if (last == std::string_view::npos) return false;
  const std::string_view protocol = line.substr(last + 1);
  if (protocol.size() < 8 || !is_response_start(protocol)) return false;
  request = {};
  request.method = method;
  request.uri = trim(line.substr(0, last));
  return !request.uri.empty();
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '(' && c != ')' && c != '"' && c != ',';
  });
}

/// Length of the head with its blank line, 0 when it has no end yet; `scanned` is where to go on.
size_t find_head_end(std::string_view text, size_t& scanned) {
  for (size_t i = scanned;; ++i) {
    i = text.find('\n', i);
    if (i == std::string_view::npos) {
      scanned = text.size();
      return 0;
    }
    scanned = i;
    if (i + 1 >= text.size()) return 0;
    if (text[i + 1] == '\n') return i + 2;
    if (text[i + 1] != '\r') continue;
    if (i + 2 >= text.size()) return 0;
    if (text[i + 2] == '\n') return i + 3;
  }
}

}  // namespace

void MessageParser::feed(ByteSpan input) {
  VEDETTE_ASSERT(input_.empty());
  input_ = input;
}

Result<MessageParser::Item> MessageParser::next() {
  for (;;) {
    if (pending_at_ == pending_.size()) drop_pending();
    const bool held = !pending_.empty();
    const ByteSpan bytes = held ? ByteSpan(pending_).subspan(pending_at_) : input_;
    if (bytes.empty()) return Item::kNeedMore;
    // RFC 2326 §4.1: blank lines may precede a message.
    if (!searching_ && (bytes[0] == '\r' || bytes[0] == '\n')) {
      advance(1);
      continue;
    }
    VEDETTE_ASSIGN(const Look seen, look(bytes));
    if (seen.kind == Look::Kind::kItem) return take(bytes, seen);
    if (seen.kind == Look::Kind::kGarbage) {
      VEDETTE_TRY(skip_garbage(bytes));
    } else if (held && input_.empty()) {
      return Item::kNeedMore;
    } else if (held) {
      pull(seen.size);
    } else {
      pending_.assign(input_.begin(), input_.end());
      input_ = {};
      return Item::kNeedMore;
    }
  }
}

std::optional<MessageParser::Item> MessageParser::flush_short_body() {
  if (message_size_ == 0 || carried() < head_size_) return std::nullopt;
  const Look rest{Look::Kind::kItem, carried(), message_item_};
  return take(ByteSpan(pending_).subspan(pending_at_), rest);
}

Result<MessageParser::Look> MessageParser::look(ByteSpan bytes) {
  if (bytes[0] == '$') return look_frame(bytes);
  return look_text(bytes);
}

MessageParser::Look MessageParser::look_frame(ByteSpan bytes) const {
  const Look garbage{Look::Kind::kGarbage, 0, Item::kNeedMore};
  if (bytes.size() < kInterleavedHeaderBytes)
    return {Look::Kind::kMore, kInterleavedHeaderBytes, Item::kNeedMore};
  const size_t payload = static_cast<size_t>(bytes[2]) << 8 | bytes[3];
  const size_t total = kInterleavedHeaderBytes + payload;
  if (!searching_) {
    if (bytes.size() < total) return {Look::Kind::kMore, total, Item::kNeedMore};
    return {Look::Kind::kItem, total, Item::kFrame};
  }
  // A '$' in the middle of garbage is a boundary only when all that can be known agrees: a small
  // channel, RTP version 2, and another boundary right behind the frame.
  if (bytes[1] > kMaxSearchChannel || payload < kMinSearchPayload) return garbage;
  if (bytes.size() > kInterleavedHeaderBytes && bytes[4] >> 6 != 2) return garbage;
  if (bytes.size() <= total) return {Look::Kind::kMore, total + 1, Item::kNeedMore};
  if (bytes[total] != '$' && bytes[total] != 'R') return garbage;
  return {Look::Kind::kItem, total, Item::kFrame};
}

Result<MessageParser::Look> MessageParser::look_text(ByteSpan bytes) {
  const std::string_view text = as_text(bytes);
  if (message_size_ == 0) {
    const bool wanted = !searching_ || starts_with_prefix_of(text, "RTSP/");
    if (!wanted || !is_plausible_start(text)) return Look{Look::Kind::kGarbage, 0, Item::kNeedMore};
    const size_t head = find_head_end(text, scanned_);
    if ((head == 0 ? text.size() : head) > kMaxMessageBytes)
      return fail(ErrorCode::kResourceExhausted, kMaxMessageBytes, "the headers exceed 64 KiB");
    if (head == 0) return Look{Look::Kind::kMore, 0, Item::kNeedMore};
    VEDETTE_ASSIGN(const bool known, read_head(text.substr(0, head)));
    if (!known) return Look{Look::Kind::kGarbage, 0, Item::kNeedMore};
  }
  if (bytes.size() < message_size_) return Look{Look::Kind::kMore, message_size_, Item::kNeedMore};
  return Look{Look::Kind::kItem, message_size_, message_item_};
}

Result<bool> MessageParser::read_head(std::string_view head) {
  const size_t line_end = head.find('\n');
  const std::string_view line = trim(head.substr(0, line_end));
  const bool is_response = is_response_start(line);
  const bool known =
      is_response ? read_status_line(line, response_) : read_request_line(line, request_);
  if (!known) {
    scanned_ = 0;
    return false;
  }
  Headers& headers = is_response ? response_.headers : request_.headers;
  VEDETTE_TRY(read_headers(head.substr(line_end + 1), line_end + 1, headers));
  size_t body = 0;
  for (const std::string_view length : headers.all("Content-Length")) {
    const auto number = parse_decimal(trim(length), UINT32_MAX);
    if (!number) return fail(ErrorCode::kDataLoss, 0, "Content-Length is not a number");
    body = static_cast<size_t>(*number);
  }
  if (head.size() + body > kMaxMessageBytes)
    return fail(ErrorCode::kResourceExhausted, head.size(),
                "a message of " + std::to_string(head.size() + body) + " bytes exceeds 64 KiB");
  head_size_ = head.size();
  message_size_ = head.size() + body;
  message_item_ = is_response ? Item::kResponse : Item::kRequest;
  return true;
}

Result<void> MessageParser::read_headers(std::string_view text, size_t at, Headers& headers) const {
  auto& fields = headers.fields();
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view raw = text.substr(0, end);
    if (raw.find('\0') != std::string_view::npos)
      return fail(ErrorCode::kDataLoss, at, "a header holds a zero byte");
    const std::string_view line = trim(raw);
    const bool folded = !raw.empty() && (raw[0] == ' ' || raw[0] == '\t');
    const size_t colon = line.find(':');
    if (folded && !fields.empty() && !line.empty()) {  // RFC 2326 §4.2: a folded value
      std::string& value = fields.back().value;
      value.append(value.empty() ? "" : " ").append(line);
    } else if (colon != std::string_view::npos) {
      const std::string_view name = trim(line.substr(0, colon));
      if (!is_token(name)) return fail(ErrorCode::kDataLoss, at, "a header has no valid name");
      if (fields.size() == kMaxHeaders)
        return fail(ErrorCode::kResourceExhausted, at, "more than 100 headers");
      headers.add(name, trim(line.substr(colon + 1)));
    }  // A line without a colon says nothing that could be misread: it is left out.
    at += end + 1;
    text.remove_prefix(end + 1);
  }
  return ok();
}

MessageParser::Item MessageParser::take(ByteSpan bytes, const Look& seen) {
  if (seen.item == Item::kFrame) {
    frame_.channel = bytes[1];
    frame_.payload = bytes.subspan(kInterleavedHeaderBytes, seen.size - kInterleavedHeaderBytes);
  } else {
    const std::string_view body = as_text(bytes.subspan(head_size_, seen.size - head_size_));
    (seen.item == Item::kResponse ? response_.body : request_.body) = body;
    message_size_ = head_size_ = scanned_ = 0;
  }
  searching_ = false;
  advance(seen.size);
  return seen.item;
}

Result<void> MessageParser::skip_garbage(ByteSpan bytes) {
  if (!searching_) {
    ++resyncs_;
    garbage_run_ = 0;
  }
  searching_ = true;
  scanned_ = 0;
  const size_t candidate = as_text(bytes).find_first_of("$R", 1);
  const size_t count = std::min(candidate, bytes.size());
  garbage_run_ += count;
  garbage_bytes_ += count;
  if (garbage_run_ > resync_limit_)
    return fail(ErrorCode::kDataLoss, 0, "neither an RTSP message nor a `$` frame begins here");
  advance(count);
  return ok();
}

void MessageParser::pull(size_t wanted) {
  size_t count = input_.size();
  if (wanted == 0) {
    const size_t feed = as_text(input_).find('\n');
    if (feed != std::string_view::npos) count = feed + 1;
  } else {
    count = std::min(count, wanted - carried());
  }
  pending_.insert(pending_.end(), input_.begin(), input_.begin() + static_cast<ptrdiff_t>(count));
  input_ = input_.subspan(count);
}

void MessageParser::advance(size_t count) {
  position_ += count;
  if (pending_.empty())
    input_ = input_.subspan(count);
  else
    pending_at_ += count;
}

void MessageParser::drop_pending() {
  pending_.clear();
  pending_at_ = 0;
}

Error MessageParser::fail(ErrorCode code, size_t at, std::string_view what) const {
  return make_error(
      code, "byte " + std::to_string(position_ + at) + " of the RTSP stream: " + std::string(what));
}

}  // namespace vedette::rtsp
