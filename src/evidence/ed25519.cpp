// SPDX-License-Identifier: Apache-2.0
#include "evidence/ed25519.h"

#include <sodium.h>

#include "base/assert.h"

namespace vedette::evidence {

static_assert(std::tuple_size_v<PublicKey> == crypto_sign_PUBLICKEYBYTES);
static_assert(std::tuple_size_v<Signature> == crypto_sign_BYTES);
static_assert(std::tuple_size_v<Seed> == crypto_sign_SEEDBYTES);

Hash fingerprint(const PublicKey& key) { return sha256(key); }

// sodium_init() fails only where the system has no source of randomness; it may be called by any
// thread, any number of times.
Seed make_seed() {
  VEDETTE_ASSERT(sodium_init() >= 0);
  Seed seed;
  randombytes_buf(seed.data(), seed.size());
  return seed;
}

void wipe(Seed& seed) { sodium_memzero(seed.data(), seed.size()); }

Ed25519Signer::Ed25519Signer(const Seed& seed) {
  VEDETTE_ASSERT(sodium_init() >= 0);
  VEDETTE_ASSERT(crypto_sign_seed_keypair(public_.data(), secret_.data(), seed.data()) == 0);
}

Ed25519Signer::~Ed25519Signer() { sodium_memzero(secret_.data(), secret_.size()); }

Result<Signature> Ed25519Signer::sign(ByteSpan message) const {
  Signature signature;
  VEDETTE_ASSERT(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                                      secret_.data()) == 0);
  return signature;
}

bool ed25519_verify(const PublicKey& key, ByteSpan message, const Signature& signature) {
  VEDETTE_ASSERT(sodium_init() >= 0);
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.data()) == 0;
}

}  // namespace vedette::evidence
