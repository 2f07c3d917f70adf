// SPDX-License-Identifier: Apache-2.0
// Internal to mp4. Visiting the boxes of a span and reading the fields of one.
#pragma once

#include <string>

#include <fmt/core.h>

#include "base/bytes.h"
#include "base/result.h"
#include "mp4/box.h"
#include "mp4/box_io.h"

namespace vedette::mp4 {

/// Calls `visit(const BoxHeader&) -> Result<void>` for each box of bytes[begin, end), with offsets
/// into `bytes`. Stops at the first error. REQUIRES: begin <= end <= bytes.size().
template <typename Visit>
[[nodiscard]] Result<void> for_each_box(ByteSpan bytes, uint64_t begin, uint64_t end,
                                        Visit&& visit) {
  const ByteSpan range = bytes.first(static_cast<size_t>(end));
  for (uint64_t at = begin; at < end;) {
    VEDETTE_ASSIGN(const BoxHeader box, read_box_header(range, at));
    VEDETTE_TRY(visit(box));
    at = box.end();
  }
  return ok();
}

[[nodiscard]] inline ByteSpan body_of(ByteSpan bytes, const BoxHeader& box) {
  return bytes.subspan(static_cast<size_t>(box.body()), static_cast<size_t>(box.body_size()));
}

[[nodiscard]] inline Error bad_box(const BoxHeader& box, std::string_view what) {
  return make_error(ErrorCode::kDataLoss, fmt::format("box '{}' at offset {}: {}",
                                                      to_string(box.type), box.offset, what));
}

/// The fields of `box`, which lies in `bytes`.
template <typename Box>
[[nodiscard]] Result<void> read_fields(ByteSpan bytes, const BoxHeader& box, Box& value) {
  FieldReader in(body_of(bytes, box));
  value.transfer(in);
  if (!in.ok()) return bad_box(box, "fields are cut off or out of bounds");
  return ok();
}

}  // namespace vedette::mp4
