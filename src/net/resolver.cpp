// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.h"

#include <cstring>
#include <deque>
#include <map>
#include <thread>
#include <utility>

#include <netdb.h>

#include "base/contain.h"

namespace vedette::net {
namespace {

// More than this many names wait only when DNS is dead; the next try asks again.
constexpr size_t kMaxQuestions = 1024;

Addresses ask(const std::string& host, uint16_t port, int flags) {
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

const Addresses* Lookup::poll() const {
  MutexLock lock(mutex_);
  return answer_.get();  // set once and never changed
}

void Lookup::set(Addresses answer) {
  MutexLock lock(mutex_);
  answer_ = std::make_unique<Addresses>(std::move(answer));
}

/// What the threads hold, since they may outlive the resolver.
struct Resolver::Shared {
  using Name = std::pair<std::string, uint16_t>;

  explicit Shared(Ask how) : ask(std::move(how)) {}

  const Ask ask;
  Mutex mutex{LockOrder::kQueue};
  CondVar changed;
  std::deque<Name> questions VEDETTE_GUARDED_BY(mutex);
  /// Waiting and under way. Weak: nobody is asked for a name that no asker waits for.
  std::map<Name, std::weak_ptr<Lookup>> lookups VEDETTE_GUARDED_BY(mutex);
  size_t threads VEDETTE_GUARDED_BY(mutex) = 0;
  size_t idle VEDETTE_GUARDED_BY(mutex) = 0;
  bool stop VEDETTE_GUARDED_BY(mutex) = false;
};

Resolver::Resolver()
    : Resolver([](const std::string& host, uint16_t port) { return ask(host, port, 0); }) {}

Resolver::Resolver(Ask ask) : shared_(std::make_shared<Shared>(std::move(ask))) {}

Resolver::~Resolver() {
  {
    MutexLock lock(shared_->mutex);
    shared_->stop = true;
  }
  shared_->changed.notify_all();
}

std::shared_ptr<const Lookup> Resolver::look_up(const std::string& host, uint16_t port) {
  auto at_once = ask(host, port, AI_NUMERICHOST);
  if (at_once) {
    auto lookup = std::make_shared<Lookup>();
    lookup->set(std::move(at_once));
    return lookup;
  }
  bool starts = false;
  std::shared_ptr<Lookup> lookup;
  {
    MutexLock lock(shared_->mutex);
    const Shared::Name name(host, port);
    const auto known = shared_->lookups.find(name);
    if (known != shared_->lookups.end()) {
      // One whose askers gave up while it waited still waits: the place in the queue is ours.
      if (auto same = known->second.lock()) return same;
      lookup = std::make_shared<Lookup>();
      known->second = lookup;
      return lookup;
    }
    lookup = std::make_shared<Lookup>();
    if (shared_->questions.size() >= kMaxQuestions) {
      lookup->set(make_error(ErrorCode::kUnavailable, "too many names wait for the DNS server"));
      return lookup;
    }
    shared_->lookups[name] = lookup;
    shared_->questions.push_back(name);
    starts = shared_->idle < shared_->questions.size() && shared_->threads < kThreads;
    if (starts) ++shared_->threads;
  }
  shared_->changed.notify_one();
  if (starts) start_thread();
  return lookup;
}

/// Not joined: a stop shall not wait for a DNS server. Without another thread those that there are
/// go on, and the next question tries again.
void Resolver::start_thread() {
  const auto start = [this] { std::thread([shared = shared_] { run(shared); }).detach(); };
  if (contain("a thread for name lookups", start)) return;
  MutexLock lock(shared_->mutex);
  --shared_->threads;
}

void Resolver::run(const std::shared_ptr<Shared>& shared) {
  for (;;) {
    Shared::Name name;
    std::shared_ptr<Lookup> lookup;
    {
      MutexLock lock(shared->mutex);
      ++shared->idle;
      while (shared->questions.empty() && !shared->stop)
        shared->changed.wait_for(shared->mutex, std::chrono::seconds(1));
      --shared->idle;
      if (shared->stop) return;
      name = std::move(shared->questions.front());
      shared->questions.pop_front();
      lookup = shared->lookups[name].lock();
      if (lookup == nullptr) shared->lookups.erase(name);  // the askers have given up
    }
    if (lookup == nullptr) continue;
    const bool asked =
        contain("a name lookup", [&] { lookup->set(shared->ask(name.first, name.second)); });
    if (!asked && !contain("a name lookup", [&] {
          lookup->set(make_error(ErrorCode::kInternal, "the name could not be looked up"));
        }))
      continue;
    MutexLock lock(shared->mutex);
    shared->lookups.erase(name);
  }
}

}  // namespace vedette::net
