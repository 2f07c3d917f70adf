// SPDX-License-Identifier: Apache-2.0
// As much of HTTP/1.1 (RFC 9112) as SOAP needs, for both sides: one POST, one answer, then the
// connection is closed. Pure; confined to the caller. Redirects are for nobody to follow here: a
// device that sends us elsewhere is not the one that was asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "onvif/http_url.h"

namespace vedette::onvif {

inline constexpr size_t kMaxHttpHead = size_t{16} << 10;
inline constexpr size_t kMaxHttpBody = size_t{512} << 10;

struct HttpField {
  std::string name;
  std::string value;
};

struct HttpMessage {
  std::string method;  ///< of a request
  std::string target;  ///< of a request, with the query
  int status = 0;      ///< of a response
  std::vector<HttpField> fields;
  std::string body;

  /// The value of the first field of that name, "" when there is none; names compare without case.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

/// One message out of a byte stream: head, then a body by Content-Length, in chunks, or, of a
/// response, up to the end of the connection.
class HttpReader {
 public:
  enum class Side : uint8_t { kRequests, kResponses };
  explicit HttpReader(Side side) : side_(side) {}

  /// True once the message is complete; what follows it is ignored. Errors are final: data_loss
  /// (not HTTP) and resource_exhausted (beyond a bound).
  [[nodiscard]] Result<bool> feed(ByteSpan bytes);
  /// The other side has closed. True when that completes the message, data_loss when it cuts it.
  [[nodiscard]] Result<bool> on_closed();
  [[nodiscard]] HttpMessage& message() { return message_; }
  /// A head has come: whoever speaks, speaks HTTP.
  [[nodiscard]] bool has_head() const { return state_ != State::kHead; }

 private:
  enum class State : uint8_t { kHead, kLength, kChunks, kUntilClosed, kDone };

  [[nodiscard]] Result<bool> advance();
  [[nodiscard]] Result<void> read_head(std::string_view head);
  [[nodiscard]] Result<void> read_start_line(std::string_view line);
  [[nodiscard]] Result<void> choose_body();
  [[nodiscard]] Result<bool> read_chunks();

  Side side_;
  State state_ = State::kHead;
  std::string buffer_;
  size_t body_size_ = 0;
  HttpMessage message_;
};

struct SoapPost {
  HttpUrl url;
  std::string action;  ///< goes into Content-Type (SOAP 1.2 part 2 §6.5.3)
  std::string envelope;
  std::string authorization;  ///< "" for none
};
[[nodiscard]] std::string build_post(const SoapPost& post);
/// `fields`: whole lines without line ends, such as a challenge.
[[nodiscard]] std::string build_response(int status, std::string_view body,
                                         const std::vector<std::string>& fields = {});

}  // namespace vedette::onvif
