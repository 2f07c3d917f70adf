// SPDX-License-Identifier: Apache-2.0
// The operating system's random numbers, replaced: whoever calls getrandom() in this program (ids,
// keys) gets numbers that follow from the seed, so that two runs of one seed are the same to the
// byte. Confined to one thread.
#pragma once

#include <cstdint>

namespace vedette::trial {

void seed_system_random(uint64_t seed);

}  // namespace vedette::trial
