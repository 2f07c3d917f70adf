// SPDX-License-Identifier: Apache-2.0
#include "rtsp/message.h"

#include <algorithm>

namespace vedette::rtsp {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void append_field_text(Bytes& out, std::string_view text) {
  for (const char c : text)
    out.push_back(static_cast<uint8_t>(c == '\r' || c == '\n' || c == '\0' ? ' ' : c));
}

void append_text(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

void append_headers_and_body(Bytes& out, const Headers& headers, const std::string& body) {
  for (const Header& field : headers.fields()) {
    if (iequals(field.name, "Content-Length")) continue;
    append_field_text(out, field.name);
    append_text(out, ": ");
    append_field_text(out, field.value);
    append_text(out, "\r\n");
  }
  if (!body.empty()) append_text(out, "Content-Length: " + std::to_string(body.size()) + "\r\n");
  append_text(out, "\r\n");
  append_text(out, body);
}

}  // namespace

bool iequals(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (digit > max || value > (max - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

const std::string* Headers::find(std::string_view name) const {
  for (const Header& field : fields_)
    if (iequals(field.name, name)) return &field.value;
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view{} : std::string_view{*value};
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Header& field : fields_)
    if (iequals(field.name, name)) values.emplace_back(field.value);
  return values;
}

void Headers::add(std::string_view name, std::string_view value) {
  fields_.push_back({std::string(name), std::string(value)});
}

std::optional<uint32_t> cseq_of(const Headers& headers) {
  const auto number = parse_decimal(trim(headers.get("CSeq")), UINT32_MAX);
  if (!number) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

void append_request(Bytes& out, const Request& request) {
  append_field_text(out, request.method);
  append_text(out, " ");
  append_field_text(out, request.uri);
  append_text(out, " RTSP/1.0\r\n");
  append_headers_and_body(out, request.headers, request.body);
}

void append_response(Bytes& out, const Response& response) {
  append_field_text(out, response.protocol);
  append_text(out, " " + std::to_string(response.status) + " ");
  append_field_text(out, response.reason);
  append_text(out, "\r\n");
  append_headers_and_body(out, response.headers, response.body);
}

void append_interleaved(Bytes& out, uint8_t channel, ByteSpan payload) {
  VEDETTE_ASSERT(payload.size() <= 0xffff);
  out.push_back('$');
  out.push_back(channel);
  out.push_back(static_cast<uint8_t>(payload.size() >> 8));
  out.push_back(static_cast<uint8_t>(payload.size()));
  out.insert(out.end(), payload.begin(), payload.end());
}

}  // namespace vedette::rtsp
