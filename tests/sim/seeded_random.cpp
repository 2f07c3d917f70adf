// SPDX-License-Identifier: Apache-2.0
#include "seeded_random.h"

#include <sys/random.h>

#include "fs/fake_content.h"

namespace vedette::trial {
namespace {

// Mutable and static because the function it replaces is: in tests only.
fs::FakeChance& numbers() {
  static fs::FakeChance chance(0);
  return chance;
}

}  // namespace

void seed_system_random(uint64_t seed) { numbers() = fs::FakeChance(seed); }

}  // namespace vedette::trial

// The program's own definition goes before the C library's.
extern "C" ssize_t getrandom(void* buffer, size_t length, unsigned) noexcept {
  auto* bytes = static_cast<unsigned char*>(buffer);
  for (size_t i = 0; i < length; ++i)
    bytes[i] = static_cast<unsigned char>(vedette::trial::numbers().next() >> 32);
  return static_cast<ssize_t>(length);
}
