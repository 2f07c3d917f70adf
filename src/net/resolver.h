// SPDX-License-Identifier: Apache-2.0
// Name lookup on a thread of its own, so that a dead DNS server holds up nobody but the camera that
// needs it; addresses in digits are answered at once. Thread-safe. Internal to this folder.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>

#include "base/mutex.h"
#include "base/result.h"

namespace vedette::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// One question; filled in by the resolver, polled by the asker, who may forget it at any time.
class Lookup {
 public:
  /// nullptr while under way; then the addresses in the order to try, or why there are none.
  [[nodiscard]] const Result<std::vector<SocketAddress>>* poll() const;

 private:
  friend class Resolver;
  mutable Mutex mutex_;
  std::unique_ptr<Result<std::vector<SocketAddress>>> answer_ VEDETTE_GUARDED_BY(mutex_);
  std::string host_;
  uint16_t port_ = 0;
};

class Resolver {
 public:
  Resolver();
  ~Resolver();
  [[nodiscard]] std::shared_ptr<const Lookup> look_up(const std::string& host, uint16_t port);

 private:
  void run();

  Mutex mutex_{LockOrder::kQueue};
  CondVar changed_;
  std::deque<std::shared_ptr<Lookup>> questions_ VEDETTE_GUARDED_BY(mutex_);
  bool stop_ VEDETTE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace vedette::net
