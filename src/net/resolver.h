// SPDX-License-Identifier: Apache-2.0
// Name lookup on threads of its own, since the system's call blocks for as long as a dead DNS
// server takes. Addresses in digits are answered at once; a name that is being asked for is not
// asked for again; a few names that nobody answers for leave threads for the others. Thread-safe.
// Internal to this folder.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "base/mutex.h"
#include "base/result.h"

namespace vedette::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

using Addresses = Result<std::vector<SocketAddress>>;

/// One question; filled in by the resolver, polled by the asker, who may forget it at any time.
class Lookup {
 public:
  /// nullptr while under way; then the addresses in the order to try, or why there are none.
  [[nodiscard]] const Addresses* poll() const;

 private:
  friend class Resolver;
  void set(Addresses answer);

  mutable Mutex mutex_;
  std::unique_ptr<Addresses> answer_ VEDETTE_GUARDED_BY(mutex_);
};

class Resolver {
 public:
  /// Names that are asked for at the same time. A dead domain takes one for as long as it is asked
  /// for; more than this many of them make the others wait.
  static constexpr size_t kThreads = 4;
  /// What is called on those threads, and may block: getaddrinfo(), or a test's.
  using Ask = std::function<Addresses(const std::string& host, uint16_t port)>;

  Resolver();
  explicit Resolver(Ask ask);
  /// Does not wait for names that are being asked for: their threads end when they are answered.
  ~Resolver();
  [[nodiscard]] std::shared_ptr<const Lookup> look_up(const std::string& host, uint16_t port);

 private:
  struct Shared;
  void start_thread();
  static void run(const std::shared_ptr<Shared>& shared);

  const std::shared_ptr<Shared> shared_;
};

}  // namespace vedette::net
