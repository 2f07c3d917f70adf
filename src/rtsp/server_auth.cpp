// SPDX-License-Identifier: Apache-2.0
#include "rtsp/server_auth.h"

#include <algorithm>
#include <optional>

#include "base/base64.h"

namespace vedette::rtsp {
namespace {

/// The fields of an Authorization header that a server compares.
struct Answer {
  std::string username, realm, nonce, uri, response, algorithm, qop, cnonce;
  uint32_t nonce_count = 0;
};

std::optional<uint32_t> parse_nonce_count(std::string_view text) {
  if (text.empty() || text.size() > 8) return std::nullopt;
  uint32_t value = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
    value = value << 4 | static_cast<uint32_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return value;
}

void read_field(Answer& answer, std::string_view name, std::string value) {
  if (iequals(name, "username"))
    answer.username = std::move(value);
  else if (iequals(name, "realm"))
    answer.realm = std::move(value);
  else if (iequals(name, "nonce"))
    answer.nonce = std::move(value);
  else if (iequals(name, "uri"))
    answer.uri = std::move(value);
  else if (iequals(name, "response"))
    answer.response = std::move(value);
  else if (iequals(name, "algorithm"))
    answer.algorithm = std::move(value);
  else if (iequals(name, "qop"))
    answer.qop = std::move(value);
  else if (iequals(name, "cnonce"))
    answer.cnonce = std::move(value);
  else if (iequals(name, "nc"))
    answer.nonce_count = parse_nonce_count(value).value_or(0);
}

/// A token or a quoted string off the front of `text`.
std::string take_value(std::string_view& text) {
  std::string value;
  const bool quoted = !text.empty() && text.front() == '"';
  if (quoted) text.remove_prefix(1);
  while (!text.empty() && (quoted ? text.front() != '"' : text.front() != ',')) {
    if (quoted && text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    value.push_back(text.front());
    text.remove_prefix(1);
  }
  return quoted ? value : std::string(trim(value));
}

/// RFC 7616 §3.4: "name=value" or "name=\"value\"", between commas. Tolerant of spaces.
Answer parse_answer(std::string_view text) {
  Answer answer;
  while (!text.empty()) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) break;
    const std::string_view name = trim(text.substr(0, equals));
    text.remove_prefix(equals + 1);
    read_field(answer, name, take_value(text));
    const size_t comma = text.find(',');
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return answer;
}

bool offers(ServerScheme offered, Challenge::Scheme used) {
  if (used == Challenge::Scheme::kDigestMd5)
    return offered == ServerScheme::kDigestMd5 || offered == ServerScheme::kDigestBoth;
  return offered == ServerScheme::kDigestSha256 || offered == ServerScheme::kDigestBoth;
}

}  // namespace

std::string ServerAuth::nonce() const { return login_.nonce + "-" + std::to_string(generation_); }

bool ServerAuth::admits(std::string_view method, std::string_view authorization) {
  if (login_.scheme == ServerScheme::kNone) return true;
  stale_ = false;
  if (login_.scheme == ServerScheme::kBasic) {
    const std::string expected =
        "Basic " + encode_base64(as_bytes(login_.user + ":" + login_.password));
    return authorization == expected;
  }
  constexpr std::string_view kDigest = "Digest ";
  if (!iequals(authorization.substr(0, kDigest.size()), kDigest)) return false;
  const Answer answer = parse_answer(authorization.substr(kDigest.size()));

  DigestInput input;
  const bool sha256 = iequals(answer.algorithm, "SHA-256");
  input.challenge.scheme =
      sha256 ? Challenge::Scheme::kDigestSha256 : Challenge::Scheme::kDigestMd5;
  if (!offers(login_.scheme, input.challenge.scheme)) return false;
  input.challenge.realm = login_.realm;
  input.challenge.nonce = answer.nonce;
  input.challenge.qop_auth = answer.qop == "auth";
  input.user = login_.user;
  input.password = login_.password;
  input.method = method;
  input.uri = answer.uri;
  input.cnonce = answer.cnonce;
  input.nonce_count = answer.nonce_count;
  if (answer.username != login_.user || answer.response != digest_response(input)) return false;

  if (answer.nonce != nonce()) {
    stale_ = answer.nonce.starts_with(login_.nonce + "-");
    return false;
  }
  if (login_.requests_per_nonce > 0 && ++used_ >= login_.requests_per_nonce) {
    used_ = 0;
    ++generation_;
  }
  return true;
}

void ServerAuth::add_challenges(Headers& headers) const {
  if (login_.scheme == ServerScheme::kBasic) {
    headers.add("WWW-Authenticate", "Basic realm=\"" + login_.realm + "\"");
    return;
  }
  const std::string common = "Digest realm=\"" + login_.realm + "\", nonce=\"" + nonce() + "\"" +
                             (stale_ ? ", stale=true" : "");
  if (offers(login_.scheme, Challenge::Scheme::kDigestSha256))
    headers.add("WWW-Authenticate", common + ", qop=\"auth\", algorithm=SHA-256");
  if (offers(login_.scheme, Challenge::Scheme::kDigestMd5))
    headers.add("WWW-Authenticate", common + ", algorithm=MD5");
}

}  // namespace vedette::rtsp
