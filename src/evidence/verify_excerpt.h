// SPDX-License-Identifier: Apache-2.0
// Internal to verify_bundle: the excerpt of a volume's ledger in a bundle, ledger-NNNN.bin, a row
// of entries, checkpoints and the hashes of what is left out. Callable from any thread.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "evidence/finding.h"
#include "evidence/ledger_entry.h"

namespace vedette::evidence {

/// The entries that are shown, in the order they stand in. Findings go to `out`, with offsets in
/// `bytes`.
[[nodiscard]] std::vector<LedgerEntry> verify_ledger_excerpt(ByteSpan bytes, Verification& out);

}  // namespace vedette::evidence
