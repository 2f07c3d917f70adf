// SPDX-License-Identifier: Apache-2.0
#include "base/mutex.h"

#include <vector>

#include "base/assert.h"

namespace vedette {
namespace {
#ifndef NDEBUG
thread_local std::vector<LockOrder> held;
#endif
}  // namespace

void Mutex::lock() {
#ifndef NDEBUG
  VEDETTE_ASSERT(held.empty() || held.back() < order_);
  held.push_back(order_);
#endif
  mutex_.lock();
}

void Mutex::unlock() {
  mutex_.unlock();
#ifndef NDEBUG
  VEDETTE_ASSERT(!held.empty() && held.back() == order_);
  held.pop_back();
#endif
}

}  // namespace vedette
