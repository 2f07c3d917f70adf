// SPDX-License-Identifier: Apache-2.0
#include "net/http_message.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/percent.h"
#include "base/utf8.h"

namespace vedette::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

enum class Part { kPath, kQuery };

/// RFC 3986 §2.1; '+' is a space in a query, as forms send it.
Result<std::string> decode(std::string text, Part part) {
  for (size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 1)) {
    if (!percent_escape(text, at))
      return make_error(ErrorCode::kInvalidArgument, "the address holds a '%' that is no escape");
    at += 2;
  }
  if (part == Part::kQuery) std::replace(text.begin(), text.end(), '+', ' ');
  std::string out = percent_decode(text);
  if (out.find('\0') != std::string::npos)
    return make_error(ErrorCode::kInvalidArgument, "the address holds a zero byte");
  return out;
}

Result<std::vector<Query::Field>> parse_query(std::string_view text) {
  std::vector<Query::Field> fields;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    VEDETTE_ASSIGN(std::string name, decode(std::string(pair.substr(0, equals)), Part::kQuery));
    VEDETTE_ASSIGN(
        std::string value,
        decode(std::string(pair.substr(std::min(equals + 1, pair.size()))), Part::kQuery));
    fields.emplace_back(std::move(name), std::move(value));
  }
  return fields;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(end);
  }
  return false;
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kFailedPrecondition:
      return 409;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kDataLoss:
      return 500;
    case ErrorCode::kResourceExhausted:
      return 503;
    case ErrorCode::kPermissionDenied:
      return 403;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kCancelled:
      return 503;
    case ErrorCode::kTimeout:
      return 504;
    case ErrorCode::kUnsupported:
      return 501;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

class FileBody final : public BodySource {
 public:
  FileBody(int fd, uint64_t size) : fd_(fd), size_(size) {}
  ~FileBody() override { ::close(fd_); }
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;

  [[nodiscard]] uint64_t size() const override { return size_; }
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) override {
    const ssize_t got = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (got > 0) return static_cast<size_t>(got);
    if (got == 0) return make_error(ErrorCode::kDataLoss, "the file became shorter");
    return make_error(ErrorCode::kUnavailable, std::strerror(errno));
  }

 private:
  int fd_;
  uint64_t size_;
};

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOther:
      return "other";
  }
  return "other";
}

void Headers::set(std::string_view name, std::string value) {
  for (Field& field : fields_) {
    if (same_name(field.first, name)) {
      field.second = std::move(value);
      return;
    }
  }
  fields_.emplace_back(std::string(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
  for (const Field& field : fields_) {
    if (same_name(field.first, name)) return field.second;
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [&](const Field& field) { return same_name(field.first, name); });
}

std::optional<std::string_view> Query::get(std::string_view name) const {
  for (const Field& field : fields_) {
    if (field.first == name) return field.second;
  }
  return std::nullopt;
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const Field& field : fields_) {
    if (field.first == name) values.push_back(field.second);
  }
  return values;
}

Result<Target> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') {
    return make_error(ErrorCode::kInvalidArgument, "the address must begin with /");
  }
  target = target.substr(0, target.find('#'));
  const size_t mark = std::min(target.find('?'), target.size());
  VEDETTE_ASSIGN(std::string path, decode(std::string(target.substr(0, mark)), Part::kPath));
  if (has_dot_segment(path)) {
    return make_error(ErrorCode::kInvalidArgument, "the address must not hold . or .. as a part");
  }
  VEDETTE_ASSIGN(std::vector<Query::Field> fields,
                 parse_query(target.substr(std::min(mark + 1, target.size()))));
  return Target{std::move(path), Query(std::move(fields))};
}

// tidy: table
std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  // A path that a browser escaped may hold anything, and JSON is UTF-8 (RFC 8259 §8.1).
  for (const char c : to_utf8(std::string(text))) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out += '"';
}

Response problem(int status, std::string_view code, std::string_view detail,
                 std::string_view field) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Cache-Control", "no-store");
  response.body =
      fmt::format(R"({{"type":"about:blank","title":{},"status":{},"code":{},"detail":{})",
                  json_quote(reason_phrase(status)), status, json_quote(code), json_quote(detail));
  if (!field.empty()) response.body += fmt::format(R"(,"field":{})", json_quote(field));
  response.body += '}';
  return response;
}

Response problem(const Error& error, std::string_view field) {
  return problem(status_of(error.code), to_string(error.code), error.message(), field);
}

Result<std::shared_ptr<BodySource>> open_file_body(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const ErrorCode code =
        errno == ENOENT || errno == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
    return make_error(code, std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return make_error(ErrorCode::kNotFound, "not a file");
  }
  return std::shared_ptr<BodySource>(
      std::make_shared<FileBody>(fd, static_cast<uint64_t>(info.st_size)));
}

}  // namespace vedette::net
