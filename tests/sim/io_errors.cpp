// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios.h"
#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;

constexpr auto kLength = std::chrono::minutes(10);
constexpr Duration kAfterwards = seconds(20);

// The canonical run: four cameras, two volumes, files of half a minute, kept for four.
WorldOptions canonical() {
  fs::FakeChance chance(1);
  WorldOptions options;
  options.cameras = some_cameras(4, chance);
  options.volumes = 2;
  options.keep_age_us = 240'000'000;
  return options;
}

std::string read_all(int pipe) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t n = 0; (n = ::read(pipe, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<size_t>(n));
  return text;
}

// The state of the run is copied by fork(): what has gone before need not be done again for each
// operation.
class Brancher {
 public:
  Brancher(World& world, uint64_t first, uint64_t last, uint64_t stride, IoFigures& figures)
      : world_(world), first_(first), last_(last), stride_(stride), figures_(figures) {}

  void before_operation() {
    const uint64_t number = ++figures_.operations;
    if (pipe_ >= 0 || number < first_ || number > last_ || (number - first_) % stride_ != 0) return;
    for (const bool for_good : {false, true})
      if (branch(number, for_good)) return;
  }
  [[nodiscard]] bool is_branch() const { return pipe_ >= 0; }

  // In a branch: what became of it, and the end of the process.
  [[noreturn]] void finish() {
    world_.disk().clear_faults();
    world_.check();
    world_.cut_power(figures_.operations);
    world_.start();
    world_.run(seconds(10));
    world_.check();
    std::string text;
    for (const std::string& finding : world_.checker().findings()) text += finding + "\n";
    text += "end\n";
    for (size_t done = 0; done < text.size();) {
      const ssize_t n = ::write(pipe_, text.data() + done, text.size() - done);
      if (n <= 0) break;
      done += static_cast<size_t>(n);
    }
    ::_exit(0);
  }

 private:
  // True in the branch.
  bool branch(uint64_t number, bool for_good) {
    std::array<int, 2> ends{};
    VEDETTE_ASSERT(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    VEDETTE_ASSERT(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      pipe_ = ends[1];
      world_.disk().inject({.op = fs::Op::kAny, .for_good = for_good});
      world_.shorten(kAfterwards);
      return true;
    }
    ::close(ends[1]);
    const std::string text = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ++figures_.tried;
    const std::string name = fmt::format("operation {} {}", number, for_good ? "for good" : "once");
    if (status != 0 || text.empty() || text.compare(text.size() - 4, 4, "end\n") != 0)
      figures_.findings.push_back(fmt::format("{}: the process ended with {}", name, status));
    for (size_t at = 0; at < text.size();) {
      const size_t line = text.find('\n', at);
      const std::string one = text.substr(at, line - at);
      if (one != "end") figures_.findings.push_back(name + ": " + one);
      at = line + 1;
    }
    return false;
  }

  World& world_;
  const uint64_t first_;
  const uint64_t last_;
  const uint64_t stride_;
  IoFigures& figures_;
  int pipe_ = -1;
};

}  // namespace

IoFigures io_errors(uint64_t first, uint64_t last, uint64_t stride) {
  IoFigures figures;
  World world(canonical());
  Brancher brancher(world, first, last, stride, figures);
  world.set_on_operation([&] { brancher.before_operation(); });
  world.run(kLength);
  world.set_on_operation(nullptr);
  if (brancher.is_branch()) brancher.finish();
  world.check();
  for (const std::string& finding : world.checker().findings())
    figures.findings.push_back("no fault: " + finding);
  return figures;
}

}  // namespace vedette::trial
