// SPDX-License-Identifier: Apache-2.0
// Names that a DNS server answers late, never, or twice; and hosts with more than one address.
#include "net/resolver.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "net/socket.h"
#include "net/tcp_stream.h"

namespace vedette::net {
namespace {

using std::chrono::milliseconds;

SocketAddress loopback(uint16_t port) {
  SocketAddress out;
  auto* address = reinterpret_cast<sockaddr_in*>(&out.storage);
  address->sin_family = AF_INET;
  address->sin_port = htons(port);
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.size = sizeof *address;
  return out;
}

/// A DNS server in which some names hang until they are let go.
class Names {
 public:
  std::set<std::string> dead;
  std::map<std::string, int> asked;

  Addresses ask(const std::string& host, uint16_t port) {
    std::unique_lock lock(mutex_);
    ++asked[host];
    changed_.notify_all();
    if (host == "no-memory") throw std::bad_alloc();
    changed_.wait(lock, [&] { return dead.count(host) == 0 || released_; });
    return std::vector<SocketAddress>{loopback(port)};
  }
  void wait_until_asked(const std::string& host) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked.count(host) > 0; });
  }
  int times(const std::string& host) {
    const std::lock_guard lock(mutex_);
    return asked[host];
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
};

const Addresses* wait_for(const std::shared_ptr<const Lookup>& lookup) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (lookup->poll() == nullptr && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  return lookup->poll();
}

/// The threads of a resolver may outlive it, and with it this.
Resolver::Ask answers_of(const std::shared_ptr<Names>& names) {
  return [names](const std::string& host, uint16_t port) { return names->ask(host, port); };
}

TEST(Resolver, a_dead_domain_holds_up_nobody_else) {
  const auto names = std::make_shared<Names>();
  names->dead = {"dead.example"};
  Resolver resolver(answers_of(names));
  const auto dead = resolver.look_up("dead.example", 554);
  names->wait_until_asked("dead.example");
  const auto good = resolver.look_up("door.lan", 554);
  const Addresses* answer = wait_for(good);
  ASSERT_NE(answer, nullptr) << "waits behind the dead one";
  EXPECT_TRUE(*answer);
  EXPECT_EQ(dead->poll(), nullptr);
  names->release();
}

TEST(Resolver, asks_once_for_a_name_that_many_wait_for) {
  const auto names = std::make_shared<Names>();
  names->dead = {"slow.example"};
  Resolver resolver(answers_of(names));
  const auto first = resolver.look_up("slow.example", 554);
  names->wait_until_asked("slow.example");
  const auto second = resolver.look_up("slow.example", 554);
  names->release();
  EXPECT_TRUE(*wait_for(first));
  EXPECT_TRUE(*wait_for(second));
  EXPECT_EQ(names->times("slow.example"), 1);
}

TEST(Resolver, retries_of_a_dead_domain_take_no_second_thread) {
  const auto names = std::make_shared<Names>();
  names->dead = {"dead.example"};
  Resolver resolver(answers_of(names));
  for (size_t i = 0; i < 4 * Resolver::kThreads; ++i) {
    const auto lookup = resolver.look_up("dead.example", 554);
    names->wait_until_asked("dead.example");  // then given up, and asked again
  }
  EXPECT_TRUE(*wait_for(resolver.look_up("door.lan", 554)));
  EXPECT_EQ(names->times("dead.example"), 1);
  names->release();
}

TEST(Resolver, ends_without_waiting_for_a_name) {
  const auto names = std::make_shared<Names>();
  names->dead = {"dead.example"};
  {
    Resolver resolver(answers_of(names));
    const auto lookup = resolver.look_up("dead.example", 554);
    names->wait_until_asked("dead.example");
  }  // would never return
  names->release();
}

TEST(Resolver, answers_though_memory_ran_out) {
  const auto names = std::make_shared<Names>();
  Resolver resolver(answers_of(names));
  const auto lookup = resolver.look_up("no-memory", 554);
  const Addresses* answer = wait_for(lookup);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->error().code, ErrorCode::kInternal);
  EXPECT_TRUE(*wait_for(resolver.look_up("door.lan", 554)));
}

/// Listens on a port of 127.0.0.1.
class Listener {
 public:
  explicit Listener(int backlog) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const SocketAddress any = loopback(0);
    EXPECT_EQ(bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&any.storage), any.size), 0);
    EXPECT_EQ(listen(socket_.fd(), backlog), 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] uint16_t port() const { return port_; }

 private:
  Socket socket_;
  uint16_t port_ = 0;
};

/// A port whose queue of connections is full: the kernel drops what asks for another, without a
/// word, as a router does where an address leads nowhere.
class SilentPort {
 public:
  SilentPort() : listener_(0) {
    for (int i = 0; i < 4; ++i) {
      Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      const SocketAddress to = loopback(listener_.port());
      (void)::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&to.storage), to.size);
      waiting_.push_back(std::move(socket));
    }
  }
  [[nodiscard]] uint16_t port() const { return listener_.port(); }

 private:
  Listener listener_;
  std::vector<Socket> waiting_;
};

class SeveralAddresses : public testing::Test {
 protected:
  std::unique_ptr<TcpStream> connect(const std::vector<uint16_t>& ports) {
    resolver_ = std::make_unique<Resolver>([ports](const std::string&, uint16_t) {
      std::vector<SocketAddress> addresses;
      for (const uint16_t port : ports) addresses.push_back(loopback(port));
      return Addresses(std::move(addresses));
    });
    auto lookup = resolver_->look_up("door.lan", 554);
    (void)wait_for(lookup);
    return std::make_unique<TcpStream>(std::move(lookup), "door.lan:554", clock_);
  }

  FakeClock clock_;
  std::unique_ptr<Resolver> resolver_;
};

TEST_F(SeveralAddresses, a_silent_first_one_does_not_hide_the_second) {
  const SilentPort silent;
  const Listener good(8);
  const auto stream = connect({silent.port(), good.port()});
  Duration passed{0};
  while (stream->poll() == ByteStream::State::kConnecting && passed < std::chrono::seconds(3)) {
    clock_.advance(milliseconds(50));
    passed += milliseconds(50);
  }
  EXPECT_EQ(stream->poll(), ByteStream::State::kOpen);
}

TEST_F(SeveralAddresses, one_that_is_slow_keeps_its_share) {
  const SilentPort silent;
  const Listener good(8);
  const auto stream = connect({silent.port(), good.port()});
  EXPECT_EQ(stream->poll(), ByteStream::State::kConnecting);
  clock_.advance(milliseconds(1200));
  EXPECT_EQ(stream->poll(), ByteStream::State::kConnecting);
}

TEST_F(SeveralAddresses, the_last_one_is_waited_for_as_long_as_the_caller_likes) {
  const SilentPort silent;
  const auto stream = connect({silent.port()});
  EXPECT_EQ(stream->poll(), ByteStream::State::kConnecting);
  clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(stream->poll(), ByteStream::State::kConnecting);
}

}  // namespace
}  // namespace vedette::net
