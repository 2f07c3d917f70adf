// SPDX-License-Identifier: Apache-2.0
// The fragments of one file as a blob of the catalog: about 10 bytes each, so that a file's index
// is one small read. docs/design/recording.md §"The fragment index" is its grammar. Pure.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/types.h"

namespace vedette::store {

inline constexpr size_t kMaxFragmentsPerFile = 65'536;

/// REQUIRES: in file order, none overlaps the next, sequences rise, one record size.
[[nodiscard]] Bytes encode_index(std::span<const FragmentEntry> fragments, uint32_t timescale);
/// kDataLoss with the byte offset; never more than kMaxFragmentsPerFile.
[[nodiscard]] Result<std::vector<FragmentEntry>> decode_index(ByteSpan blob, uint32_t timescale);

}  // namespace vedette::store
