// SPDX-License-Identifier: Apache-2.0
// How much is being watched live, for /metrics. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

namespace vedette::api {

struct LiveViewers {
  std::atomic<int64_t> sockets{0};
  std::atomic<int64_t> subscriptions{0};
  std::atomic<uint64_t> frames{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> jumps{0};  ///< slow viewers moved to the newest random access unit
};

}  // namespace vedette::api
