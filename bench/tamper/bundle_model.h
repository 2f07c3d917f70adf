// SPDX-License-Identifier: Apache-2.0
// A bundle taken apart and put together again, as an attacker would: frame, checksums and, when
// they sign it, the manifest fit afterwards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/signer.h"
#include "tamper/edits.h"

namespace vedette::tamper {

/// A whole unit of an original: a fragment with its record, a checkpoint or an omitted box.
struct Unit {
  enum class Kind : uint8_t { kFragment, kCheckpoint, kOmitted };
  Kind kind = Kind::kFragment;
  Bytes bytes;
};

struct Original {
  Bytes head;  ///< ftyp moov, and of a recording file its reserve
  std::vector<Unit> units;
  [[nodiscard]] Bytes joined() const;
  [[nodiscard]] std::vector<size_t> of_kind(Unit::Kind kind) const;
};

[[nodiscard]] Files take_apart(const Bytes& bundle);
[[nodiscard]] Bytes put_together(const Files& entries);
[[nodiscard]] Bytes* find(Files& entries, std::string_view name);
[[nodiscard]] std::vector<size_t> originals_of(const Files& entries);

/// The manifest lists the entries as they are now and is signed with this key, which stands in it.
void sign_again(Files& entries, const evidence::Signer& signer);

/// An original, or a closed recording file.
[[nodiscard]] Original split(const Bytes& original);
/// The box that stands for a fragment which is not shown. `unit`: its record and the rest.
[[nodiscard]] Bytes omitted_for(const Bytes& unit);
/// Of the first fragment of an original.
[[nodiscard]] std::string run_of(const Bytes& original);
/// A video without the n-th of its pairs of moof and mdat.
[[nodiscard]] Bytes without_fragment(const Bytes& video, size_t n);
/// Where the last checkpoint of a row of boxes ends; 0 without one.
[[nodiscard]] size_t signed_end(const Bytes& ledger);
/// The same original with every checkpoint sealed by another key.
void seal_again(Original& original, const evidence::Signer& signer);
/// The same for the boxes of a ledger.
[[nodiscard]] Bytes seal_ledger_again(const Bytes& ledger, const evidence::Signer& signer);

}  // namespace vedette::tamper
