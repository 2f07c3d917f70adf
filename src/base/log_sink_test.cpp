// SPDX-License-Identifier: Apache-2.0
// Fault 32 of docs/trust.md: the log cannot be written. Nothing that logs waits or ends for it; a
// test that hangs here has failed.
#include "base/log_sink.h"

#include <array>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vedette::log {
namespace {

constexpr int kLines = 20'000;  // some 100 bytes each: more than any pipe or socket holds

std::shared_ptr<PatientSink> log_much(int fd) {
  auto sink = std::make_shared<PatientSink>(fd);
  spdlog::logger logger("", sink);
  for (int i = 0; i < kLines; ++i) logger.error("line {} {}", i, std::string(80, 'x'));
  return sink;
}

std::string read_some(int fd) {
  std::string text(1 << 20, '\0');
  const ssize_t got = ::read(fd, text.data(), text.size());
  text.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return text;
}

TEST(Fault32, a_pipe_that_nobody_reads) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto sink = log_much(ends[1]);
  EXPECT_GT(sink->dropped(), 1000U);
  // Somebody reads again: the log goes on, and says what is missing.
  while (read_some(ends[0]).size() == 1 << 16) {
  }
  spdlog::logger("", sink).error("afterwards");
  const std::string text = read_some(ends[0]);
  EXPECT_NE(text.find("lines of the log could not be written"), std::string::npos);
  EXPECT_NE(text.find("afterwards"), std::string::npos);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Fault32, a_journal_that_hangs) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  EXPECT_GT(log_much(ends[1])->dropped(), 1000U);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Fault32, a_journal_that_is_gone) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  EXPECT_EQ(log_much(ends[1])->dropped(), kLines);
  ::close(ends[1]);
}

TEST(Fault32, a_full_disk) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  EXPECT_EQ(log_much(full)->dropped(), kLines);
  ::close(full);
}

}  // namespace
}  // namespace vedette::log
