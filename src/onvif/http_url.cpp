// SPDX-License-Identifier: Apache-2.0
#include "onvif/http_url.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace vedette::onvif {
namespace {

constexpr size_t kMaxUrl = 2048;

Error bad(std::string what) { return make_error(ErrorCode::kInvalidArgument, std::move(what)); }

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string bracketed(std::string_view host) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return v6 ? "[" + std::string(host) + "]" : std::string(host);
}

/// The four places of an address; views of it.
struct Parts {
  std::string_view scheme;
  std::string_view host;
  std::string_view port;
  std::string_view rest;  ///< path and query
};

std::optional<Parts> split(std::string_view text) {
  if (text.size() > kMaxUrl || !printable(text)) return std::nullopt;
  Parts parts;
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  parts.scheme = text.substr(0, colon);
  text.remove_prefix(colon + 3);
  const size_t end = std::min(text.find_first_of("/?#"), text.size());
  parts.rest = text.substr(end);
  parts.rest = parts.rest.substr(0, parts.rest.find('#'));
  std::string_view authority = text.substr(0, end);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  size_t host_end = authority.find(':');
  if (!authority.empty() && authority[0] == '[') {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    parts.host = authority.substr(1, close - 1);
    host_end = close + 1 < authority.size() ? close + 1 : std::string_view::npos;
    if (host_end != std::string_view::npos && authority[host_end] != ':') return std::nullopt;
  } else {
    parts.host = authority.substr(0, host_end);
  }
  if (host_end != std::string_view::npos) {
    parts.port = authority.substr(host_end + 1);
    if (parts.port.empty()) return std::nullopt;
  }
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '%';
  };
  if (parts.host.empty() || !std::all_of(parts.host.begin(), parts.host.end(), plain))
    return std::nullopt;
  return parts;
}

std::optional<uint16_t> port_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535)
    return std::nullopt;
  return static_cast<uint16_t>(value);
}

}  // namespace

std::string HttpUrl::authority() const {
  const uint16_t usual = tls ? 443 : 80;
  return port == usual ? bracketed(host) : bracketed(host) + ":" + std::to_string(port);
}

std::string HttpUrl::text() const { return (tls ? "https://" : "http://") + authority() + path; }

Result<HttpUrl> parse_http_url(std::string_view text) {
  const auto parts = split(text);
  const std::string scheme = parts ? lower(parts->scheme) : std::string();
  if (scheme != "http" && scheme != "https")
    return bad("write the address of the camera's ONVIF service like http://192.168.1.20/");
  HttpUrl url;
  url.tls = scheme == "https";
  url.host = lower(parts->host);
  url.port = url.tls ? 443 : 80;
  if (!parts->port.empty()) {
    const auto port = port_number(parts->port);
    if (!port) return bad("the port in the address must be a number from 1 to 65535");
    url.port = *port;
  }
  url.path = std::string(parts->rest);
  if (url.path.empty() || url.path[0] != '/') url.path.insert(0, "/");
  return url;
}

Result<HttpUrl> parse_device_address(std::string_view text) {
  const bool whole = text.find("://") != std::string_view::npos;
  const bool bare_v6 = !whole && text.find('[') == std::string_view::npos &&
                       std::count(text.begin(), text.end(), ':') > 1;
  const std::string host = bare_v6 ? bracketed(text) : std::string(text);
  auto url = parse_http_url(whole ? std::string(text) : "http://" + host);
  if (!url) return bad("write the camera's address like 192.168.1.20 or 192.168.1.20:8080");
  if (url->path == "/") url->path = kDeviceServicePath;
  return url;
}

Result<std::string> on_same_host(std::string_view address, std::string_view host) {
  const auto parts = split(address);
  const std::string scheme = parts ? lower(parts->scheme) : std::string();
  if (scheme != "http" && scheme != "https" && scheme != "rtsp" && scheme != "rtsps")
    return bad("the camera names an address that is none");
  std::string out = scheme + "://" + bracketed(host);
  if (!parts->port.empty()) {
    const auto port = port_number(parts->port);
    if (!port) return bad("the camera names an address with a port that is none");
    out += ":" + std::to_string(*port);
  }
  return out + std::string(parts->rest);
}

}  // namespace vedette::onvif
