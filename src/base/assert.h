// SPDX-License-Identifier: Apache-2.0
// VEDETTE_ASSERT is for programmer errors only and is always compiled in: no input reaches it.
#pragma once

namespace vedette {
/// Prints the place to stderr and aborts.
[[noreturn]] void assert_failed(const char* expression, const char* file, int line);
}  // namespace vedette

#define VEDETTE_ASSERT(expression) \
  ((expression) ? void(0) : ::vedette::assert_failed(#expression, __FILE__, __LINE__))
