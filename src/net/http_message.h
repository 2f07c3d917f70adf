// SPDX-License-Identifier: Apache-2.0
// Requests and responses as handlers see them: plain values without a trace of the library that
// carries them. Confined to the handler that holds them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::net {

enum class Method : uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOther };

[[nodiscard]] std::string_view to_string(Method method);
/// The methods that may change something, as RFC 9110 §9.2.1 draws the line.
[[nodiscard]] constexpr bool is_mutating(Method method) {
  return method != Method::kGet && method != Method::kHead;
}

/// Header fields in the order they were set; names compare without case (RFC 9110 §5.1).
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  /// Replaces a field of the same name.
  void set(std::string_view name, std::string value);
  /// The value of the first field of that name; empty when there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// Name-value pairs of a query, decoded, in order; a name may repeat.
class Query {
 public:
  using Field = std::pair<std::string, std::string>;

  Query() = default;
  explicit Query(std::vector<Field> fields) : fields_(std::move(fields)) {}
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct Target {
  std::string path;  ///< decoded; begins with '/', holds no NUL, no "." and no ".." segment
  Query query;
};

/// Splits and decodes a request target in origin form (RFC 9112 §3.2.1).
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// How the request came in; what its sender may do is decided elsewhere.
enum class Peer : uint8_t { kLoopback, kControlSocket };

struct Request {
  Method method = Method::kGet;
  std::string path;
  Query query;
  Headers headers;
  std::string body;
  Peer peer = Peer::kLoopback;
};

/// A body that is read as it is sent. Its reads may block: the server calls them on a handler
/// thread, one at a time, for just the ranges that were asked for.
class BodySource {
 public:
  virtual ~BodySource() = default;
  [[nodiscard]] virtual uint64_t size() const = 0;
  /// Fills `out` from `offset` on; fewer bytes only at the end of the body, never none before it.
  /// An error before the first byte becomes a problem response; later it ends the connection.
  [[nodiscard]] virtual Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) = 0;
};

/// A body that is made while it is sent, of a size that nobody knows before: sent in chunks (RFC
/// 9112 §7.1), without ranges. It takes no handler thread while it is being made. The server lets
/// go of it when the client goes away, also while a read is under way.
class BodyStream {
 public:
  using Done = std::function<void(Result<Bytes>)>;
  virtual ~BodyStream() = default;
  /// Asks for the next bytes, on the reactor thread, one read at a time: must not block. `done` is
  /// called at most once, on any thread, soon or late; no bytes are the end. An error before the
  /// first bytes becomes a problem response; later it ends the connection.
  virtual void read(Done done) = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<BodySource> source;  ///< sent instead of `body` when set; Range is honoured
  std::shared_ptr<BodyStream> stream;  ///< sent in place of both when set
  std::string etag;                    ///< without quotes; If-None-Match and If-Range are honoured
};

/// The reason phrase of RFC 9110 §15: "Not Found".
[[nodiscard]] std::string_view reason_phrase(int status);

/// problem+json (RFC 9457): `code` is stable and for programs, `detail` is for a person and says
/// what to do next. `field`, when not empty, names the member of the request's body that is wrong.
[[nodiscard]] Response problem(int status, std::string_view code, std::string_view detail,
                               std::string_view field = {});
[[nodiscard]] Response problem(const Error& error, std::string_view field = {});

/// `text` between quotes, escaped as JSON (RFC 8259 §7); what is not UTF-8 in it is replaced.
[[nodiscard]] std::string json_quote(std::string_view text);

/// A file as a body, open from now on, so that a rename or removal does not disturb it.
[[nodiscard]] Result<std::shared_ptr<BodySource>> open_file_body(const std::string& path);

}  // namespace vedette::net
