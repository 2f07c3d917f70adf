// SPDX-License-Identifier: Apache-2.0
// The seam for signatures over checkpoints. Keys stay with the implementation (a file, a TPM, a
// service); evidence only sees bytes in and bytes out.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::evidence {

/// Numbers stand on disk and never change their meaning.
enum class SignatureAlgorithm : uint8_t { kNone = 0, kEd25519 = 1 };

/// Implementations are thread-safe.
class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual SignatureAlgorithm algorithm() const = 0;
  /// The signature of `message`. unavailable when the key cannot be used now; the caller keeps
  /// recording and signs later.
  [[nodiscard]] virtual Result<Bytes> sign(ByteSpan message) const = 0;

 protected:
  Signer() = default;
  Signer(const Signer&) = default;
  Signer& operator=(const Signer&) = default;
};

}  // namespace vedette::evidence
