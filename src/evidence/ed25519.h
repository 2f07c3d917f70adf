// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032) over libsodium. Where keys lie is the business of others: store/site_key.h.
#pragma once

#include "evidence/signer.h"

namespace vedette::evidence {

/// 32 random bytes that stand for a key pair. Whoever holds them wipes them.
using Seed = std::array<uint8_t, 32>;

[[nodiscard]] Seed make_seed();
void wipe(Seed& seed);

/// Immutable; the private key is wiped with it.
class Ed25519Signer final : public Signer {
 public:
  explicit Ed25519Signer(const Seed& seed);
  ~Ed25519Signer() override;
  Ed25519Signer(const Ed25519Signer&) = delete;
  Ed25519Signer& operator=(const Ed25519Signer&) = delete;

  [[nodiscard]] SignatureAlgorithm algorithm() const override {
    return SignatureAlgorithm::kEd25519;
  }
  [[nodiscard]] PublicKey public_key() const override { return public_; }
  [[nodiscard]] Result<Signature> sign(ByteSpan message) const override;

 private:
  PublicKey public_{};
  std::array<uint8_t, 64> secret_{};
};

[[nodiscard]] bool ed25519_verify(const PublicKey& key, ByteSpan message,
                                  const Signature& signature);

}  // namespace vedette::evidence
