// SPDX-License-Identifier: Apache-2.0
// From a handler's Response to what goes over the wire: conditions, ranges, HEAD and framing in one
// place, so that no handler deals with them. Blocks only in the body source.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/time.h"
#include "net/http_message.h"

namespace vedette::net {

struct Outgoing {
  std::string head;  ///< status line and header fields, with the empty line
  Bytes chunk;       ///< the body bytes to send right after the head
  bool keep_alive = true;

  // What is still to be read after `chunk`.
  std::shared_ptr<BodySource> source;
  uint64_t offset = 0;
  uint64_t remaining = 0;

  /// Or what is to be asked for all of the body; `chunk` is then empty.
  std::shared_ptr<BodyStream> stream;
};

/// Applies If-None-Match, If-Range and Range (RFC 9110 §13, §14) and reads the first chunk, so that
/// a body that cannot be read is still answered with a problem; one that is gone since it was
/// planned with 410.
[[nodiscard]] Outgoing prepare_response(const Request& request, Response response, bool keep_alive,
                                        WallTime now);

/// Replaces `out.chunk` with the next bytes. REQUIRES: out.remaining > 0.
[[nodiscard]] Result<void> read_next_chunk(Outgoing& out);

/// Bytes of a BodyStream as a chunk of RFC 9112 §7.1; none are the last one.
[[nodiscard]] Bytes frame_chunk(ByteSpan bytes);

}  // namespace vedette::net
