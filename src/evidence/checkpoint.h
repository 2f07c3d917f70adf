// SPDX-License-Identifier: Apache-2.0
// The signed box over the records before it in a recording file, or over the entries of a ledger:
// docs/design/format.md §"The checkpoint" is its grammar. Pure functions, callable from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/hash.h"
#include "evidence/record.h"
#include "evidence/signer.h"

namespace vedette::evidence {

inline constexpr uint8_t kKindCheckpoint = 2;
inline constexpr size_t kCheckpointFixedBytes = 296;  ///< the whole box without the two ids
inline constexpr size_t kMaxCheckpointBytes =
    kCheckpointFixedBytes + kMaxSiteBytes + kMaxCameraBytes;

/// How far the ledger of a volume reached at some time.
struct LedgerHead {
  uint64_t entries = 0;
  Hash hash{};  ///< of the newest entry; zeros when there is none
  friend bool operator==(const LedgerHead&, const LedgerHead&) = default;
};

struct Checkpoint {
  std::string site;
  std::string camera;  ///< empty in a ledger
  StreamKind stream = StreamKind::kMain;
  std::string run;  ///< 16 lower-case hex digits; in a ledger the id of the volume

  bool final = false;      ///< no fragment of the run follows; implies closing
  bool recovered = false;  ///< signed after a crash, over what was found
  bool of_ledger = false;  ///< covers entries of a ledger; none of the other flags
  bool closing = false;    ///< no fragment follows in this file

  uint64_t first_sequence = 0;
  uint32_t count = 0;   ///< 0: nothing was added since the one before
  uint32_t number = 0;  ///< counts the checkpoints of this file, or of the whole ledger, from 0
  WallTime signed_at;
  Hash root{};      ///< MerkleTree over the record_hash() of what is covered
  Hash init{};      ///< SHA-256 of ftyp and moov; zeros in a ledger
  Hash previous{};  ///< record_hash() of the checkpoint before; zeros when number is 0
  LedgerHead ledger;

  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  SignatureAlgorithm signature_algorithm = SignatureAlgorithm::kEd25519;
  PublicKey key{};
  Signature signature{};

  [[nodiscard]] uint64_t end_sequence() const { return first_sequence + count; }
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The whole uuid box, at most kMaxCheckpointBytes. invalid_argument for what decode() refuses.
[[nodiscard]] Result<Bytes> encode(const Checkpoint& checkpoint);

/// `box`: exactly the uuid box. Accepts only what encode() writes; the signature is not checked.
/// unsupported for another version or algorithm, data_loss for anything else.
[[nodiscard]] Result<Checkpoint> decode_checkpoint(ByteSpan box);

/// Fills key and signature, and returns the encoding.
[[nodiscard]] Result<Bytes> seal(Checkpoint& checkpoint, const Signer& signer);

/// Whether the signature in `box` is right for the key in it. Says nothing about whose key it is.
/// REQUIRES: decode_checkpoint(box) succeeds.
[[nodiscard]] bool signature_is_right(ByteSpan box);

}  // namespace vedette::evidence
