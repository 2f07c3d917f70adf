// SPDX-License-Identifier: Apache-2.0
#include "evidence/hash.h"

#include <openssl/evp.h>

#include "base/assert.h"

namespace vedette::evidence {

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

// OpenSSL's digest calls fail only without memory or without the algorithm, neither of which input
// can bring about.
Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  VEDETTE_ASSERT(context_ != nullptr);
  VEDETTE_ASSERT(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteSpan bytes) {
  VEDETTE_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Hash Sha256::finish() {
  Hash hash;
  unsigned int size = 0;
  VEDETTE_ASSERT(EVP_DigestFinal_ex(context_.get(), hash.data(), &size) == 1);
  VEDETTE_ASSERT(size == hash.size());
  // Without a type the context is reset for the same digest, which spares looking it up again.
  VEDETTE_ASSERT(EVP_DigestInit_ex(context_.get(), nullptr, nullptr) == 1);
  return hash;
}

Hash sha256(ByteSpan bytes) {
  Sha256 hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string to_hex(const Hash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * hash.size());
  for (const uint8_t byte : hash) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace vedette::evidence
