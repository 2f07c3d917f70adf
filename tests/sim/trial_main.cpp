// SPDX-License-Identifier: Apache-2.0
// archive_sim: runs the simulation, prints the seed of what it finds, and figures as JSON.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "scenarios.h"

namespace {

using namespace vedette::trial;

void print_lines(const std::vector<std::string>& lines, size_t most) {
  for (size_t i = 0; i < std::min(most, lines.size()); ++i) fmt::print(stderr, "  {}\n", lines[i]);
}

int run_seed(uint64_t seed, Extent extent) {
  const Outcome outcome = random_faults(seed, extent);
  print_lines(outcome.story, 1000);
  fmt::print("seed {}: trace {:016x}, {} fragments, {} findings\n", seed, outcome.trace,
             outcome.fragments, outcome.findings.size());
  print_lines(outcome.findings, 1000);
  return outcome.findings.empty() ? 0 : 1;
}

int run_each(const std::vector<uint64_t>& seeds, Extent extent) {
  uint64_t fragments = 0;
  std::vector<uint64_t> failed;
  for (const uint64_t seed : seeds) {
    const Outcome outcome = random_faults(seed, extent);
    fragments += outcome.fragments;
    if (outcome.findings.empty()) continue;
    failed.push_back(seed);
    fmt::print(stderr, "seed {}:\n", seed);
    print_lines(outcome.findings, 3);
  }
  fmt::print("{{\"first\":{},\"count\":{},\"fragments\":{},\"failed\":[{}]}}\n", seeds.front(),
             seeds.size(), fragments, fmt::join(failed, ","));
  return failed.empty() ? 0 : 1;
}

int run_seeds(uint64_t first, uint64_t count, Extent extent) {
  std::vector<uint64_t> seeds(count);
  std::iota(seeds.begin(), seeds.end(), first);
  return run_each(seeds, extent);
}

/// A seed begins each line that is neither empty nor a comment.
int run_list(const std::string& path, Extent extent) {
  std::ifstream in(path);
  std::vector<uint64_t> seeds;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line.front() != '#') seeds.push_back(std::stoull(line));
  if (seeds.empty()) {
    fmt::print(stderr, "{} names no seed\n", path);
    return 2;
  }
  return run_each(seeds, extent);
}

int run_power_cuts(uint64_t first, uint64_t images) {
  constexpr uint64_t kPerSeed = 100;
  CutFigures figures;
  uint64_t seed = first;
  while (figures.images < images)
    power_cuts(seed++, std::min(kPerSeed, images - figures.images), figures);
  std::sort(figures.lost_us.begin(), figures.lost_us.end());
  const auto quantile = [&](double share) {
    const auto last = static_cast<double>(figures.lost_us.size() - 1);
    return static_cast<double>(figures.lost_us[static_cast<size_t>(share * last)]) / 1e6;
  };
  print_lines(figures.findings, 20);
  fmt::print(
      "{{\"images\":{},\"first_seed\":{},\"last_seed\":{},\"findings\":{},\"lost_s\":"
      "{{\"p50\":{},\"p99\":{},\"p100\":{}}}}}\n",
      figures.images, first, seed - 1, figures.findings.size(), quantile(0.5), quantile(0.99),
      quantile(1));
  return figures.findings.empty() ? 0 : 1;
}

int run_io_errors(uint64_t first, uint64_t last, uint64_t stride) {
  const IoFigures figures = io_errors(first, last, stride);
  print_lines(figures.findings, 40);
  fmt::print("{{\"operations\":{},\"tried\":{},\"findings\":{}}}\n", figures.operations,
             figures.tried, figures.findings.size());
  return figures.findings.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Deterministic simulation of recording under faults"};
  uint64_t seed = 0;
  uint64_t seeds = 0;
  uint64_t first = 1;
  uint64_t last = UINT64_MAX;
  uint64_t stride = 1;
  uint64_t images = 0;
  std::string list;
  bool io = false;
  bool log = false;
  Extent extent;
  auto* one = app.add_option("--seed", seed, "One random run, with its story");
  app.add_option("--seeds", seeds, "This many random runs");
  app.add_option("--list", list, "The seeds that the lines of this file begin with");
  app.add_option("--first", first, "First seed, or first operation");
  app.add_option("--last", last, "Last operation");
  app.add_option("--stride", stride, "Every n-th operation")->check(CLI::PositiveNumber);
  app.add_option("--power-cuts", images, "This many crash images");
  app.add_flag("--io-errors", io, "Every operation failed once and for good");
  app.add_flag("--verify", extent.verify, "What even seeds signed must verify at their end");
  app.add_flag("--wired", extent.wired, "Cameras over RTSP and RTP, with the faults of a network");
  app.add_flag("--log", log, "The program's own log lines");
  CLI11_PARSE(app, argc, argv);
  if (!log) spdlog::set_level(spdlog::level::off);
  if (one->count() > 0) return run_seed(seed, extent);
  if (!list.empty()) return run_list(list, extent);
  if (seeds > 0) return run_seeds(first, seeds, extent);
  if (images > 0) return run_power_cuts(first, images);
  if (io) return run_io_errors(first, last, stride);
  fmt::print(stderr,
             "say what to run: --seed N, --seeds N, --list FILE, --power-cuts N or --io-errors\n");
  return 2;
}
