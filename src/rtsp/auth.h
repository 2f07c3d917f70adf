// SPDX-License-Identifier: Apache-2.0
// Answering a camera's challenge: Digest (RFC 7616, with MD5 and SHA-256) and Basic (RFC 7617).
// Confined to the caller; copyable, so that a challenge can be answered on the next connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "rtsp/message.h"

namespace vedette::rtsp {

struct Challenge {
  enum class Scheme : uint8_t { kBasic, kDigestMd5, kDigestSha256 };  ///< weakest first
  Scheme scheme = Scheme::kBasic;
  std::string realm;
  std::string nonce;
  std::string opaque;
  bool algorithm_given = false;
  bool qop_auth = false;
  bool stale = false;
};

/// Every challenge that is understood, of all WWW-Authenticate fields, each of which may hold
/// several; in the order of the wire.
[[nodiscard]] std::vector<Challenge> parse_challenges(const Headers& headers);

struct DigestInput {
  Challenge challenge;
  std::string user;
  std::string password;
  std::string method;
  std::string uri;
  std::string cnonce;
  uint32_t nonce_count = 1;
};
/// The value of response= (RFC 7616 §3.4.1), lower-case hex. Also what a server compares with.
[[nodiscard]] std::string digest_response(const DigestInput& input);

/// Chooses a challenge and answers it.
class Authenticator {
 public:
  Authenticator() = default;
  /// `cnonce`: random text of the caller's, since this folder has no randomness.
  Authenticator(std::string user, std::string password, std::string cnonce);

  [[nodiscard]] bool has_credentials() const { return !user_.empty() || !password_.empty(); }

  [[nodiscard]] bool challenged() const { return challenged_; }

  /// Whether Basic is not answered, as this server has asked for Digest before: whoever has taken
  /// its address would be handed the password.
  void set_digest_only(bool only) { digest_only_ = only; }
  /// A challenge offered Digest, on this connection.
  [[nodiscard]] bool offered_digest() const { return offered_digest_; }
  /// The last 401 was not answered, because of that.
  [[nodiscard]] bool asked_in_clear() const { return asked_in_clear_; }
  /// An answer was sent, and with it the password, that nothing has accepted yet.
  [[nodiscard]] bool unproven() const { return answered_ > 0; }

  /// What a 401 means. kRetry: send the request again, it will carry a new answer.
  enum class Verdict { kRetry, kNoCredentials, kRejected, kNotUnderstood, kWeaker };
  [[nodiscard]] Verdict on_unauthorized(const Headers& headers);
  /// A request was accepted: the next 401 is about something new.
  void on_accepted() { answered_ = 0; }
  /// A new connection: the challenge is kept and tried, but refusing it once proves nothing.
  void on_new_connection() {
    answered_ = 0;
    offered_digest_ = false;
  }

  /// The Authorization field for a request, "" before any challenge.
  [[nodiscard]] std::string authorization(std::string_view method, std::string_view uri);

 private:
  [[nodiscard]] static const Challenge* strongest(const std::vector<Challenge>& challenges,
                                                  Challenge::Scheme at_most);

  std::string user_;
  std::string password_;
  std::string cnonce_;
  bool challenged_ = false;
  bool digest_only_ = false;
  bool offered_digest_ = false;
  bool asked_in_clear_ = false;
  Challenge challenge_;
  uint32_t nonce_count_ = 0;
  int answered_ = 0;  ///< 401s in a row since a request was accepted
};

}  // namespace vedette::rtsp
