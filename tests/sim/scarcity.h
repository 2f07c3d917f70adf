// SPDX-License-Identifier: Apache-2.0
// Memory and threads that run out: scarcity.cpp replaces operator new and pthread_create for the
// whole binary it is linked into. Allocations are those of the calling thread.
#pragma once

#include <cstdint>

namespace vedette::trial {

/// While armed: the `nth` allocation from now and those after it fail, `how_many` of them.
void fail_allocations(int64_t nth, int64_t how_many);
void arm_scarcity(bool armed);
/// Allocations made, and those that are still to fail, since fail_allocations().
[[nodiscard]] int64_t allocations_made();
[[nodiscard]] int64_t allocations_to_fail();
/// So many more threads can be had.
void allow_threads(int count);
void allow_all_threads();

}  // namespace vedette::trial
