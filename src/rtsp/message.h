// SPDX-License-Identifier: Apache-2.0
// RTSP 1.0 on the wire (RFC 2326 §4, §10.12): requests, responses and interleaved binary frames, as
// one incremental parser and a serialiser, shared by client and server. Pure: it knows nothing of
// what a message means. Confined to the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::rtsp {

inline constexpr size_t kMaxMessageBytes = 64 * 1024;  ///< start line, headers and body together
inline constexpr size_t kMaxHeaders = 100;
inline constexpr size_t kInterleavedHeaderBytes = 4;

struct Header {
  std::string name;
  std::string value;
};

/// Header fields in the order of the wire; names compare without case.
class Headers {
 public:
  /// The value of the first field of that name, nullptr when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] std::string_view get(std::string_view name) const;  ///< "" when there is none
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] const std::vector<Header>& fields() const { return fields_; }
  std::vector<Header>& fields() { return fields_; }

 private:
  std::vector<Header> fields_;
};

struct Request {
  std::string method;
  std::string uri;
  Headers headers;
  std::string body;
};

struct Response {
  std::string protocol = "RTSP/1.0";  ///< "HTTP/1.1" when a web server answered
  int status = 200;
  std::string reason;
  Headers headers;
  std::string body;
};

/// The number in CSeq, nullopt when it is missing or no number.
[[nodiscard]] std::optional<uint32_t> cseq_of(const Headers& headers);

/// Equal without regard to ASCII case.
[[nodiscard]] bool iequals(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trim(
    std::string_view text);  ///< without spaces, tabs, CR, LF around
/// Decimal digits only, at most `max`.
[[nodiscard]] std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max);

/// Appends the bytes of a message; Content-Length is added when there is a body. Fields may not
/// hold CR or LF: such bytes are written as spaces, so that no value can add a header.
void append_request(Bytes& out, const Request& request);
void append_response(Bytes& out, const Response& response);
/// Appends one `$` frame (RFC 2326 §10.12). REQUIRES: payload.size() <= 65535.
void append_interleaved(Bytes& out, uint8_t channel, ByteSpan payload);

/// One frame; `payload` lies in the input or in the parser, until the next call of either method.
struct InterleavedFrame {
  uint8_t channel = 0;
  ByteSpan payload;
};

/// Splits a byte stream into items. Frames that lie whole in the input are not copied; only a
/// partial item at its end is kept. Usage: feed(), then next() until it says kNeedMore.
class MessageParser {
 public:
  enum class Item { kNeedMore, kRequest, kResponse, kFrame };

  /// `resync_limit`: how many bytes of garbage between two items are skipped in search of the next
  /// plausible frame or response, before that is an error. 0: none, as a server wants it.
  explicit MessageParser(size_t resync_limit = 0) : resync_limit_(resync_limit) {}

  /// REQUIRES: next() has said kNeedMore since the last feed(). `input` outlives the calls of
  /// next() that follow.
  void feed(ByteSpan input);

  /// The next item. An error is final: the byte stream has no known boundary from there on. It is
  /// data_loss (not RTSP) or resource_exhausted (beyond a bound) and names the offset in the
  /// stream.
  [[nodiscard]] Result<Item> next();

  // The item that next() has just announced.
  [[nodiscard]] Request& request() { return request_; }
  [[nodiscard]] Response& response() { return response_; }
  [[nodiscard]] const InterleavedFrame& frame() const { return frame_; }

  /// Gives up on the rest of a body: true when the headers of a message were complete, which is
  /// then announced as by next() with the body as far as it came. Some cameras count wrongly.
  [[nodiscard]] std::optional<Item> flush_short_body();

  [[nodiscard]] uint64_t garbage_bytes() const { return garbage_bytes_; }
  [[nodiscard]] uint64_t resyncs() const { return resyncs_; }
  /// Bytes of a partial item carried over from earlier input.
  [[nodiscard]] size_t carried() const { return pending_.size() - pending_at_; }

 private:
  /// What a look at the bytes of one place says: an item of `size` bytes, `size` bytes are needed
  /// to know more (0: up to the next line feed), or no item begins here.
  struct Look {
    enum class Kind { kItem, kMore, kGarbage } kind;
    size_t size = 0;
    Item item = Item::kNeedMore;
  };

  [[nodiscard]] Result<Look> look(ByteSpan bytes);
  [[nodiscard]] Result<Look> look_text(ByteSpan bytes);
  [[nodiscard]] Look look_frame(ByteSpan bytes) const;
  [[nodiscard]] Result<bool> read_head(std::string_view head);  ///< false: no start line
  [[nodiscard]] Result<void> read_headers(std::string_view text, size_t at, Headers& headers) const;
  [[nodiscard]] Item take(ByteSpan bytes, const Look& seen);
  [[nodiscard]] Result<void> skip_garbage(ByteSpan bytes);
  void pull(size_t wanted);
  void advance(size_t count);
  void drop_pending();
  [[nodiscard]] Error fail(ErrorCode code, size_t at, std::string_view what) const;

  size_t resync_limit_;
  ByteSpan input_;
  Bytes pending_;  ///< a partial item, whose first byte is at pending_at_
  size_t pending_at_ = 0;
  uint64_t position_ = 0;   ///< offset in the stream of the next item
  bool searching_ = false;  ///< in garbage, until an item begins
  size_t garbage_run_ = 0;

  // Of the text message at the front, once its head has been read: its whole length, and which.
  size_t message_size_ = 0;
  size_t head_size_ = 0;
  size_t scanned_ = 0;  ///< bytes of the head known to hold no blank line
  Item message_item_ = Item::kNeedMore;

  Request request_;
  Response response_;
  InterleavedFrame frame_;
  uint64_t garbage_bytes_ = 0;
  uint64_t resyncs_ = 0;
};

}  // namespace vedette::rtsp
