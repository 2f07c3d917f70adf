// SPDX-License-Identifier: Apache-2.0
// Finding our uuid boxes among bytes that may be damaged. Pure.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace vedette::evidence {

/// The bytes of our uuid box that begins at `offset`, if one does and it is whole. It may still be
/// refused by every decoder.
[[nodiscard]] std::optional<ByteSpan> box_at(ByteSpan bytes, size_t offset);
/// Where the next thing begins that looks like one of our boxes, at or after `from`.
[[nodiscard]] std::optional<size_t> find_box(ByteSpan bytes, size_t from);
/// The kind of a box from box_at().
[[nodiscard]] uint8_t kind_of(ByteSpan box);

}  // namespace vedette::evidence
