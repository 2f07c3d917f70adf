// SPDX-License-Identifier: Apache-2.0
#include "rtsp/url.h"

#include <algorithm>

#include "base/percent.h"
#include "rtsp/message.h"

namespace vedette::rtsp {
namespace {

constexpr size_t kMaxUrlBytes = 2048;
constexpr uint16_t kRtspPort = 554;
constexpr uint16_t kRtspsPort = 322;  // RFC 7826 §19.1

Error invalid(std::string what) {
  return make_error(ErrorCode::kInvalidArgument,
                    std::move(what) + "; an address looks like rtsp://user:password@host/path");
}

/// Length of "rtsp://" or "rtsps://" (any "rtspu://" is not known), 0 when there is none.
size_t scheme_size(std::string_view text) {
  if (iequals(text.substr(0, 7), "rtsp://")) return 7;
  if (iequals(text.substr(0, 8), "rtsps://")) return 8;
  return 0;
}

Result<void> parse_host_port(std::string_view text, Url& url) {
  std::string_view port;
  if (!text.empty() && text[0] == '[') {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return invalid("the address lacks a ']'");
    url.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (url.host.empty()) return invalid("the address names no host");
  const auto bad = [](char c) { return c <= ' ' || c == 0x7f || c == '"' || c == '<' || c == '>'; };
  if (std::any_of(url.host.begin(), url.host.end(), bad))
    return invalid("the host name holds a character that none can have");
  std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  url.port = url.tls ? kRtspsPort : kRtspPort;
  if (port.empty() || port == ":") return ok();
  const auto number = parse_decimal(port.substr(1), 65535);
  if (port[0] != ':' || !number || *number == 0)
    return invalid("the port is no number up to 65535");
  url.port = static_cast<uint16_t>(*number);
  url.explicit_port = true;
  return ok();
}

}  // namespace

std::string Url::request_uri() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string uri(tls ? "rtsps://" : "rtsp://");
  uri.append(v6 ? "[" : "").append(host).append(v6 ? "]" : "");
  if (explicit_port) uri.append(":").append(std::to_string(port));
  return uri.append(path);
}

Result<Url> parse_url(std::string_view text) {
  text = trim(text);
  if (text.size() > kMaxUrlBytes) return invalid("the address is longer than 2048 bytes");
  const size_t scheme = scheme_size(text);
  if (scheme == 0) return invalid("the address does not begin with rtsp:// or rtsps://");
  Url url;
  url.tls = scheme == 8;
  text.remove_prefix(scheme);
  // The last '@' before the path ends the user part: a password with '@' is pasted as it is.
  const size_t path = std::min(text.find_first_of("/?#"), text.size());
  const size_t at = text.substr(0, path).rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view user = text.substr(0, at);
    const size_t colon = std::min(user.find(':'), user.size());
    url.user = percent_decode(user.substr(0, colon));
    if (colon < user.size()) url.password = percent_decode(user.substr(colon + 1));
  }
  const size_t host = at == std::string_view::npos ? 0 : at + 1;
  url.path = text.substr(path, text.find('#') - path);
  const auto control = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  if (std::any_of(url.path.begin(), url.path.end(), control))
    return invalid("the path holds a space or a control character (write a space as %20)");
  VEDETTE_TRY(parse_host_port(text.substr(host, path - host), url));
  return url;
}

std::string choose_base(const Url& request, std::string_view content_base,
                        std::string_view content_location) {
  for (std::string_view candidate : {trim(content_base), trim(content_location)}) {
    if (candidate.empty()) continue;
    // Seen: "rtsp://rtsp://host/stream1/" (icamra) and "192.168.1.10:554/stream0/" (SV3C).
    while (scheme_size(candidate) != 0 &&
           scheme_size(candidate.substr(scheme_size(candidate))) != 0)
      candidate.remove_prefix(scheme_size(candidate));
    std::string text(candidate);
    if (scheme_size(text) == 0 && text.find("://") == std::string::npos && text[0] != '/')
      text.insert(0, request.tls ? "rtsps://" : "rtsp://");
    const auto parsed = parse_url(text);
    if (parsed) return parsed->request_uri();
  }
  return request.request_uri();
}

std::string resolve_control(std::string_view base, std::string_view control) {
  control = trim(control);
  if (control.empty() || control == "*") return std::string(base);
  if (scheme_size(control) != 0) {
    const auto parsed = parse_url(control);
    return parsed ? parsed->request_uri() : std::string(control);
  }
  // "host:554/path" without a scheme, told from a relative address by the base's own host.
  const size_t scheme = scheme_size(base);
  const std::string_view rest = base.substr(scheme);
  const std::string_view authority =
      rest.substr(0, std::min(rest.find_first_of("/?"), rest.size()));
  if (!authority.empty() && control.substr(0, authority.size()) == authority)
    return std::string(base.substr(0, scheme)).append(control);
  // Appended, not resolved as RFC 3986 §5.2 has it: that is what cameras are tested with, also
  // behind a query ("…/realmonitor?channel=1&subtype=0/trackID=1", Dahua).
  std::string url(base);
  const bool slash = url.back() == '/';
  if (slash && control[0] == '/') control.remove_prefix(1);
  if (!slash && control[0] != '/' && control[0] != '?') url.push_back('/');
  return url.append(control);
}

}  // namespace vedette::rtsp
