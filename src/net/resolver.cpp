// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.h"

#include <cstring>
#include <utility>

#include <netdb.h>

namespace vedette::net {
namespace {

// More than this many names wait only when DNS is dead; the next try asks again.
constexpr size_t kMaxQuestions = 1024;

Result<std::vector<SocketAddress>> ask(const std::string& host, uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (status != 0)
    return make_error(ErrorCode::kUnavailable, "the name " + host + " cannot be resolved (" +
                                                   gai_strerror(status) +
                                                   "); check it, or use the camera's IP address");
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    addresses.push_back(address);
  }
  freeaddrinfo(found);
  return addresses;
}

}  // namespace

const Result<std::vector<SocketAddress>>* Lookup::poll() const {
  MutexLock lock(mutex_);
  return answer_.get();  // set once and never changed
}

Resolver::Resolver() : thread_([this] { run(); }) {}

Resolver::~Resolver() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<const Lookup> Resolver::look_up(const std::string& host, uint16_t port) {
  using Answer = Result<std::vector<SocketAddress>>;
  auto lookup = std::make_shared<Lookup>();
  lookup->host_ = host;
  lookup->port_ = port;
  auto at_once = ask(host, port, AI_NUMERICHOST);
  if (at_once) {
    MutexLock lock(lookup->mutex_);
    lookup->answer_ = std::make_unique<Answer>(std::move(at_once));
    return lookup;
  }
  bool full = false;
  {
    MutexLock lock(mutex_);
    full = questions_.size() >= kMaxQuestions;
    if (!full) questions_.push_back(lookup);
  }
  if (full) {
    MutexLock lock(lookup->mutex_);
    lookup->answer_ = std::make_unique<Answer>(
        make_error(ErrorCode::kUnavailable, "too many names wait for the DNS server"));
  }
  changed_.notify_one();
  return lookup;
}

void Resolver::run() {
  for (;;) {
    std::shared_ptr<Lookup> lookup;
    {
      MutexLock lock(mutex_);
      while (questions_.empty() && !stop_) changed_.wait_for(mutex_, std::chrono::seconds(1));
      if (stop_) return;
      lookup = std::move(questions_.front());
      questions_.pop_front();
    }
    if (lookup.use_count() == 1) continue;  // the asker has given up
    auto answer =
        std::make_unique<Result<std::vector<SocketAddress>>>(ask(lookup->host_, lookup->port_, 0));
    MutexLock lock(lookup->mutex_);
    lookup->answer_ = std::move(answer);
  }
}

}  // namespace vedette::net
