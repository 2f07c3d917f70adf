// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) over OpenSSL, which uses the SHA instructions of the processor.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"

struct evp_md_ctx_st;

namespace vedette::evidence {

using Hash = std::array<uint8_t, 32>;

/// Lower-case hex.
[[nodiscard]] std::string to_hex(const Hash& hash);

/// Incremental. Keep one per thread and reuse it: the first use sets the context up. Confined to
/// the caller.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(ByteSpan bytes);
  /// The hash of everything since the last finish(); the object is ready for the next message.
  [[nodiscard]] Hash finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

[[nodiscard]] Hash sha256(ByteSpan bytes);

}  // namespace vedette::evidence
