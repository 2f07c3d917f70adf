// SPDX-License-Identifier: Apache-2.0
#include "rtsp/header_fields.h"

#include <algorithm>

#include "rtsp/message.h"

namespace vedette::rtsp {
namespace {

constexpr size_t kMaxRtpInfo = 32;

std::string_view take_until(std::string_view& text, std::string_view separators) {
  const size_t end = std::min(text.find_first_of(separators), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trim(head);
}

/// "5000-5001", or "5000" alone, of which the partner is the next number.
std::optional<NumberPair> parse_pair(std::string_view text) {
  const auto first = parse_decimal(take_until(text, "-"), 65535);
  if (!first) return std::nullopt;
  const auto second = parse_decimal(trim(text), 65535);
  const auto low = static_cast<uint16_t>(*first);
  return NumberPair{low, second ? static_cast<uint16_t>(*second) : static_cast<uint16_t>(low + 1)};
}

std::optional<uint32_t> parse_hex(std::string_view text) {
  if (text.empty() || text.size() > 8) return std::nullopt;
  uint32_t value = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    if (!digit && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value << 4 | static_cast<uint32_t>(digit ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

std::string_view unquote(std::string_view text) {
  if (!text.empty() && text.front() == '"') text.remove_prefix(1);
  if (!text.empty() && text.back() == '"') text.remove_suffix(1);
  return text;
}

void read_parameter(Transport& transport, std::string_view name, std::string_view value) {
  if (iequals(name, "multicast")) transport.multicast = true;
  if (iequals(name, "interleaved")) transport.interleaved = parse_pair(value);
  if (iequals(name, "client_port")) transport.client_port = parse_pair(value);
  if (iequals(name, "server_port")) transport.server_port = parse_pair(value);
  if (iequals(name, "ssrc")) transport.ssrc = parse_hex(value);
  if (iequals(name, "source")) transport.source = value;
  if (iequals(name, "mode")) transport.mode = unquote(value);
}

void append_pair(std::string& out, std::string_view name, const std::optional<NumberPair>& pair) {
  if (!pair) return;
  out.append(";").append(name).append("=").append(std::to_string(pair->first));
  out.append("-").append(std::to_string(pair->second));
}

}  // namespace

Result<Transport> parse_transport(std::string_view value) {
  Transport transport;
  const std::string_view protocol = take_until(value, ";,");
  if (!iequals(protocol.substr(0, 7), "RTP/AVP") && !iequals(protocol.substr(0, 8), "RTP/SAVP"))
    return make_error(ErrorCode::kInvalidArgument,
                      "Transport names no RTP transport: " + std::string(protocol.substr(0, 40)));
  transport.tcp = protocol.size() > 3 && iequals(protocol.substr(protocol.size() - 3), "TCP");
  while (!value.empty()) {
    // Seen: "server_port=40000-40001,ssrc=FFFFCCCC" (Victure), so a comma ends a parameter, too.
    std::string_view parameter = take_until(value, ";,");
    const std::string_view name = take_until(parameter, "=");
    if (iequals(name.substr(0, 4), "RTP/")) break;  // the next transport of a list
    read_parameter(transport, name, trim(parameter));
  }
  // Seen: interleaved channels after "RTP/AVP" without "/TCP".
  if (transport.interleaved) transport.tcp = true;
  return transport;
}

std::string to_string(const Transport& transport) {
  std::string out(transport.tcp ? "RTP/AVP/TCP" : "RTP/AVP");
  out.append(transport.multicast ? ";multicast" : ";unicast");
  append_pair(out, "client_port", transport.client_port);
  append_pair(out, "server_port", transport.server_port);
  append_pair(out, "interleaved", transport.interleaved);
  if (!transport.source.empty()) out.append(";source=").append(transport.source);
  if (transport.ssrc) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    out.append(";ssrc=");
    for (int shift = 28; shift >= 0; shift -= 4)
      out.push_back(kDigits[*transport.ssrc >> shift & 15]);
  }
  if (!transport.mode.empty()) out.append(";mode=\"").append(transport.mode).append("\"");
  return out;
}

SessionField parse_session(std::string_view value) {
  SessionField session;
  session.id = take_until(value, ";");
  while (!value.empty()) {
    std::string_view parameter = take_until(value, ";");
    const std::string_view name = take_until(parameter, "=");
    const auto seconds = parse_decimal(trim(parameter), 24 * 3600);
    if (iequals(name, "timeout") && seconds) session.timeout_s = static_cast<uint32_t>(*seconds);
  }
  return session;
}

std::vector<RtpInfo> parse_rtp_info(std::string_view value) {
  std::vector<RtpInfo> entries;
  bool entry_begins = true;
  while (!value.empty()) {
    const size_t end = std::min(value.find_first_of(";,"), value.size());
    const bool comma = end < value.size() && value[end] == ',';
    std::string_view parameter = take_until(value, ";,");
    const std::string_view name = take_until(parameter, "=");
    parameter = trim(parameter);
    if (entry_begins && entries.size() == kMaxRtpInfo) break;
    if (entry_begins) entries.emplace_back();
    RtpInfo& entry = entries.back();
    if (iequals(name, "url")) entry.url = unquote(parameter);
    // 0 and 1 are what cameras write that do not know.
    if (const auto seq = parse_decimal(parameter, 65535); seq && *seq > 1 && iequals(name, "seq"))
      entry.seq = static_cast<uint16_t>(*seq);
    if (const auto time = parse_decimal(parameter, UINT32_MAX); time && iequals(name, "rtptime"))
      entry.rtptime = static_cast<uint32_t>(*time);
    entry_begins = comma;
  }
  return entries;
}

bool lists_method(std::string_view list, std::string_view method) {
  while (!list.empty())
    if (iequals(take_until(list, ",; "), method)) return true;
  return false;
}

}  // namespace vedette::rtsp
