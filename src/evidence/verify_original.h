// SPDX-License-Identifier: Apache-2.0
// An original-NNNN.mp4 that somebody took out of its bundle: a piece of a recording, which lacks
// what stood before and behind it, and is no recording that was altered. docs/design/bundle.md
// §"Verifying". Callable from any thread.
#pragma once

#include <string_view>

#include "evidence/finding.h"
#include "mp4/source.h"

namespace vedette::evidence {

/// It holds what only originals hold, the hashes of omitted records; or it has the name of one, and
/// no room for an index as every recording has.
[[nodiscard]] bool is_original(const mp4::ByteSource& source, std::string_view file_name);

/// What is in it, as in a bundle. An error only when the source cannot be read; kUnsupported when
/// it is larger than any export makes. Findings go to `out`.
[[nodiscard]] Result<void> verify_original(const mp4::ByteSource& source, Verification& out);

}  // namespace vedette::evidence
