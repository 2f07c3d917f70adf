// SPDX-License-Identifier: Apache-2.0
// What a crash leaves of boxes that were being written: docs/design/format.md §"A torn end". The
// same answer serves the verifier and those who continue a file, so that neither takes damage for a
// crash nor a crash for damage. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace vedette::evidence {

/// The smallest piece that a disk writes whole or not at all.
inline constexpr uint64_t kSectorBytes = 512;

enum class BoxFamily : uint8_t { kRecording, kLedger };

/// Whether `rest`, all that is left of a file, is the beginning of one of our boxes and lacks its
/// end. A whole box is none, whatever is wrong with it.
[[nodiscard]] bool is_cut_box(ByteSpan rest, BoxFamily family);

/// Whether a sector that should hold some of `part` was never written: the piece of it that lies in
/// `part` is zeros. `offset`: of `part` in its file.
[[nodiscard]] bool has_lost_sector(ByteSpan part, uint64_t offset);

/// The next entry or checkpoint of a ledger that can be read, at or after `from`.
[[nodiscard]] std::optional<size_t> next_ledger_box(ByteSpan bytes, size_t from);

/// More than one write of a ledger ever has; what is torn further back was not torn by a crash.
inline constexpr size_t kMaxTornLedgerBytes = size_t{256} << 10;
/// Whether all that stands in a ledger's last file from `at` on, where no good box begins, may be
/// what a crash left of one write: nothing behind it is signed.
[[nodiscard]] bool is_torn_ledger_end(ByteSpan bytes, size_t at);

}  // namespace vedette::evidence
