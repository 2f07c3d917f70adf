// SPDX-License-Identifier: Apache-2.0
#include "rtsp/auth.h"

#include <algorithm>
#include <array>
#include <optional>

#include <openssl/evp.h>

#include "base/base64.h"

namespace vedette::rtsp {
namespace {

// Three 401s in a row: the first challenge, a stale nonce, a weaker algorithm. More is a refusal.
constexpr int kMaxAnswers = 3;

std::string hex_digest(Challenge::Scheme scheme, std::string_view text) {
  const EVP_MD* algorithm = scheme == Challenge::Scheme::kDigestSha256 ? EVP_sha256() : EVP_md5();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, algorithm, nullptr) != 1)
    return {};
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex.push_back(kDigits[digest[i] >> 4]);
    hex.push_back(kDigits[digest[i] & 15]);
  }
  return hex;
}

/// nc: eight hex digits.
std::string count_text(uint32_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text.push_back(kDigits[count >> shift & 15]);
  return text;
}

/// A quoted string or a token off the front of `text`.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.empty() && text[0] == '"') {
    size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      value.push_back(text[i]);
    }
    text.remove_prefix(std::min(i + 1, text.size()));
    return value;
  }
  const size_t end = std::min(text.find_first_of(", \t"), text.size());
  value = text.substr(0, end);
  text.remove_prefix(end);
  return value;
}

/// A challenge while it is read; it may turn out to be of no known kind.
struct Draft {
  Challenge challenge;
  bool digest = false;
  bool known = true;
};

void read_parameter(Draft& draft, std::string_view name, const std::string& value) {
  Challenge& challenge = draft.challenge;
  if (iequals(name, "realm")) challenge.realm = value;
  if (iequals(name, "nonce")) challenge.nonce = value;
  if (iequals(name, "opaque")) challenge.opaque = value;
  if (iequals(name, "stale")) challenge.stale = iequals(value, "true");
  if (iequals(name, "qop")) {
    std::string_view list = value;
    while (!list.empty()) {
      const size_t end = std::min(list.find(','), list.size());
      if (iequals(trim(list.substr(0, end)), "auth")) challenge.qop_auth = true;
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
  if (iequals(name, "algorithm")) {
    challenge.algorithm_given = true;
    if (iequals(value, "SHA-256")) challenge.scheme = Challenge::Scheme::kDigestSha256;
    draft.known = iequals(value, "SHA-256") || iequals(value, "MD5");
  }
}

void keep(std::optional<Draft>& draft, std::vector<Challenge>& out) {
  if (draft && draft->known && (!draft->digest || !draft->challenge.nonce.empty()))
    out.push_back(draft->challenge);
  draft.reset();
}

/// RFC 7235 §4.1: a list in which commas part both challenges and their parameters. A word without
/// '=' behind it begins a challenge.
void read_field(std::string_view text, std::vector<Challenge>& out) {
  std::optional<Draft> draft;
  for (;;) {
    const size_t begin = text.find_first_not_of(", \t\r\n");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of("=, \t"), text.size());
    const std::string_view name = text.substr(0, end);
    text.remove_prefix(end);
    const std::string_view rest = trim(text);
    if (!rest.empty() && rest[0] == '=') {
      text = trim(rest.substr(1));
      const std::string value = take_value(text);
      if (draft) read_parameter(*draft, name, value);
      continue;
    }
    keep(draft, out);
    draft.emplace();
    draft->digest = iequals(name, "Digest");
    draft->known = draft->digest || iequals(name, "Basic");
    if (draft->digest) draft->challenge.scheme = Challenge::Scheme::kDigestMd5;
  }
  keep(draft, out);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

std::vector<Challenge> parse_challenges(const Headers& headers) {
  std::vector<Challenge> challenges;
  for (const std::string_view field : headers.all("WWW-Authenticate"))
    read_field(field, challenges);
  return challenges;
}

std::string digest_response(const DigestInput& input) {
  const Challenge& challenge = input.challenge;
  const auto hash = [&](const std::string& text) { return hex_digest(challenge.scheme, text); };
  const std::string a1 = hash(input.user + ":" + challenge.realm + ":" + input.password);
  const std::string a2 = hash(input.method + ":" + input.uri);
  if (!challenge.qop_auth) return hash(a1 + ":" + challenge.nonce + ":" + a2);
  return hash(a1 + ":" + challenge.nonce + ":" + count_text(input.nonce_count) + ":" +
              input.cnonce + ":auth:" + a2);
}

Authenticator::Authenticator(std::string user, std::string password, std::string cnonce)
    : user_(std::move(user)), password_(std::move(password)), cnonce_(std::move(cnonce)) {}

const Challenge* Authenticator::strongest(const std::vector<Challenge>& challenges,
                                          Challenge::Scheme at_most) {
  const Challenge* best = nullptr;
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme > at_most) continue;
    if (best == nullptr || challenge.scheme > best->scheme) best = &challenge;
  }
  return best;
}

Authenticator::Verdict Authenticator::on_unauthorized(const Headers& headers) {
  if (!has_credentials()) return Verdict::kNoCredentials;
  const auto challenges = parse_challenges(headers);
  const Challenge* best = strongest(challenges, Challenge::Scheme::kDigestSha256);
  if (best == nullptr) return answered_ > 0 ? Verdict::kRejected : Verdict::kNotUnderstood;
  offered_digest_ = offered_digest_ || best->scheme != Challenge::Scheme::kBasic;
  asked_in_clear_ = best->scheme == Challenge::Scheme::kBasic && digest_only_;
  if (asked_in_clear_) return Verdict::kWeaker;
  if (++answered_ > kMaxAnswers) return Verdict::kRejected;
  if (answered_ > 1 && !best->stale) {
    // Refused. Some firmware offers SHA-256 and computes it wrongly: MD5 is worth one try. Basic is
    // not, beside Digest: it would hand the password to whoever listens.
    const Challenge* weaker = strongest(challenges, Challenge::Scheme::kDigestMd5);
    const bool worth = challenge_.scheme == Challenge::Scheme::kDigestSha256 && weaker != nullptr &&
                       weaker->scheme == Challenge::Scheme::kDigestMd5;
    if (!worth) return Verdict::kRejected;
    best = weaker;
  }
  challenge_ = *best;
  challenged_ = true;
  nonce_count_ = 0;
  return Verdict::kRetry;
}

std::string Authenticator::authorization(std::string_view method, std::string_view uri) {
  if (!challenged_) return {};
  if (challenge_.scheme == Challenge::Scheme::kBasic)
    return "Basic " + encode_base64(as_bytes(user_ + ":" + password_));
  ++nonce_count_;
  const DigestInput input{challenge_,       user_,   password_,   std::string(method),
                          std::string(uri), cnonce_, nonce_count_};
  // The order of fields and the quoting are those that cameras have been seen to expect.
  std::string out = "Digest username=" + quoted(user_) + ", realm=" + quoted(challenge_.realm) +
                    ", nonce=" + quoted(challenge_.nonce) + ", uri=" + quoted(uri) +
                    ", response=\"" + digest_response(input) + "\"";
  if (challenge_.algorithm_given) {
    const bool sha256 = challenge_.scheme == Challenge::Scheme::kDigestSha256;
    out.append(", algorithm=").append(sha256 ? "SHA-256" : "MD5");
  }
  if (!challenge_.opaque.empty()) out.append(", opaque=").append(quoted(challenge_.opaque));
  if (challenge_.qop_auth)
    out.append(", qop=auth, nc=")
        .append(count_text(nonce_count_))
        .append(", cnonce=")
        .append(quoted(cnonce_));
  return out;
}

}  // namespace vedette::rtsp
