// SPDX-License-Identifier: Apache-2.0
// FNV-1a, 64 bit: tells versions of what we made ourselves apart, and is no defence against anybody
// (evidence/hash.h is). Confined to the caller.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace vedette {

class Fnv1a {
 public:
  void add(uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211U; }
  void add(ByteSpan bytes) {
    for (const uint8_t byte : bytes) add(uint64_t{byte});
  }
  [[nodiscard]] uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 14695981039346656037U;
};

}  // namespace vedette
