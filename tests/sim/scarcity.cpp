// SPDX-License-Identifier: Apache-2.0
#include "scarcity.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include <dlfcn.h>
#include <pthread.h>

namespace {

constexpr int kAllThreads = 1 << 30;

thread_local bool armed = false;
thread_local int64_t left = 0;
thread_local int64_t failing = 0;
thread_local int64_t made = 0;
std::atomic<int> threads_left{kAllThreads};

bool fails() {
  if (!armed) return false;
  ++made;
  if (left > 0) --left;
  if (left > 0 || failing == 0) return false;
  --failing;
  return true;
}

}  // namespace

namespace vedette::trial {

void fail_allocations(int64_t nth, int64_t how_many) {
  left = nth;
  failing = how_many;
  made = 0;
}
void arm_scarcity(bool now) { armed = now; }
int64_t allocations_made() { return made; }
int64_t allocations_to_fail() { return failing; }
void allow_threads(int count) { threads_left = count; }
void allow_all_threads() { threads_left = kAllThreads; }

}  // namespace vedette::trial

void* operator new(size_t size) {
  void* memory = fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*routine)(void*), void* argument) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto real = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
  if (threads_left.fetch_sub(1) <= 0) return EAGAIN;
  return real(thread, attributes, routine, argument);
}
