// SPDX-License-Identifier: Apache-2.0
// The seam for signatures over checkpoints. Keys stay with the implementation (a file, a TPM, a
// service); evidence only sees bytes in and bytes out.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "evidence/hash.h"

namespace vedette::evidence {

/// Numbers stand on disk and never change their meaning.
enum class SignatureAlgorithm : uint8_t { kEd25519 = 1 };

using PublicKey = std::array<uint8_t, 32>;
using Signature = std::array<uint8_t, 64>;

/// SHA-256 of the key: what people compare.
[[nodiscard]] Hash fingerprint(const PublicKey& key);

/// Implementations are thread-safe.
class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual SignatureAlgorithm algorithm() const = 0;
  [[nodiscard]] virtual PublicKey public_key() const = 0;
  /// The signature of `message`. unavailable when the key cannot be used now; the caller keeps
  /// recording and signs later.
  [[nodiscard]] virtual Result<Signature> sign(ByteSpan message) const = 0;

 protected:
  Signer() = default;
  Signer(const Signer&) = default;
  Signer& operator=(const Signer&) = default;
};

}  // namespace vedette::evidence
