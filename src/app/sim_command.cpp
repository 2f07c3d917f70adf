// SPDX-License-Identifier: Apache-2.0
// vedette sim: RTSP cameras for tests, demos and benchmarks.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/signals.h"
#include "sim/simulator.h"

namespace vedette::app {
namespace {

struct SimFlags {
  sim::SimOptions options;
  std::map<std::string, std::string> faults;
  std::string auth = "none";
  std::string onvif_login = "token";
  std::string codec = "h264";
  bool stats = false;
};

constexpr const char* kFaults[] = {"drop",    "reorder",           "stall", "reboot",
                                   "garbage", "change-parameters", "drift"};

std::string default_cache() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (cache != nullptr && *cache != '\0') return std::string(cache) + "/vedette";
  return std::string(home == nullptr ? "/tmp" : home) + "/.cache/vedette";
}

Result<void> finish(SimFlags& flags) {
  for (const auto& [name, value] : flags.faults) {
    if (!value.empty()) VEDETTE_TRY(sim::set_fault(flags.options.faults, name, value));
  }
  const std::map<std::string, rtsp::ServerScheme> schemes = {
      {"none", rtsp::ServerScheme::kNone},
      {"basic", rtsp::ServerScheme::kBasic},
      {"md5", rtsp::ServerScheme::kDigestMd5},
      {"sha256", rtsp::ServerScheme::kDigestSha256}};
  const auto scheme = schemes.find(flags.auth);
  if (scheme == schemes.end()) {
    return make_error(ErrorCode::kInvalidArgument, "--auth is none, basic, md5 or sha256");
  }
  flags.options.auth = scheme->second;
  if (flags.onvif_login != "token" && flags.onvif_login != "http") {
    return make_error(ErrorCode::kInvalidArgument, "--onvif-login is token or http");
  }
  flags.options.onvif_http_login = flags.onvif_login == "http";
  flags.options.codec = flags.codec == "h265" ? media::Codec::kH265 : media::Codec::kH264;
  if (flags.options.cache_dir.empty()) flags.options.cache_dir = default_cache();
  return sim::check(flags.options);
}

int simulate(SimFlags& flags) {
  const sigset_t signals = block_stop_signals();
  if (const auto finished = finish(flags); !finished) return report(finished.error());
  const RealClock clock;
  const auto simulator = sim::Simulator::create(flags.options, clock);
  if (!simulator) return report(simulator.error());
  std::jthread server([&](const std::stop_token& stop) { (*simulator)->run(stop); });
  std::printf("%d cameras at rtsp://%s:%u/cam0 and up, port %u\n", flags.options.cameras,
              flags.options.address.c_str(), (*simulator)->port(), (*simulator)->port());
  if (flags.options.onvif) {
    std::printf("ONVIF at http://%s:%u/onvif/cam0/device_service and up, discovery at UDP %u\n",
                flags.options.address.c_str(), (*simulator)->onvif_port(),
                flags.options.discovery_port);
  }
  std::fflush(stdout);
  wait_for_stop(signals);
  server.request_stop();
  server.join();
  if (flags.stats) std::printf("%s\n", sim::to_json((*simulator)->stats()).c_str());
  return kDone;
}

void add_onvif(CLI::App& parser, SimFlags& flags) {
  sim::SimOptions& options = flags.options;
  parser.add_flag("--onvif", options.onvif, "Be found: answer WS-Discovery and serve ONVIF");
  parser.add_option("--onvif-port", options.onvif_port, "Of the ONVIF services, HTTP")
      ->capture_default_str();
  parser.add_option("--discovery-port", options.discovery_port, "Of WS-Discovery, UDP")
      ->capture_default_str();
  parser.add_option("--onvif-login", flags.onvif_login, "token (WS-Security) or http (Digest)");
}

void add_faults(CLI::App& parser, SimFlags& flags) {
  constexpr const char* kHelp[] = {"Lose packets: 0.01",     "UDP: swap packets: 0.05",
                                   "Send nothing: 20s:5s",   "Drop and refuse clients: 30s",
                                   "Junk bytes: 10s",        "Other parameter sets: 20s",
                                   "Clock drift in ppm: 500"};
  for (size_t i = 0; i < std::size(kFaults); ++i) {
    parser.add_option("--" + std::string(kFaults[i]), flags.faults[kFaults[i]], kHelp[i]);
  }
}

std::function<int()> setup_sim(CLI::App& parser) {
  auto flags = std::make_shared<SimFlags>();
  sim::SimOptions& options = flags->options;
  parser.add_option("--file", options.file, "MP4 to serve; without it scenes are drawn");
  parser.add_option("--sub-file", options.sub_file, "MP4 to serve as /camN/sub");
  parser.add_option("--cameras", options.cameras, "How many, up to 256")->capture_default_str();
  parser.add_option("--port", options.port, "0: any that is free")->capture_default_str();
  parser.add_option("--address", options.address, "Address to listen on")->capture_default_str();
  parser.add_option("--seed", options.seed, "Of scenes and faults")->capture_default_str();
  parser.add_option("--codec", flags->codec, "Of drawn scenes: h264 or h265");
  parser.add_option("--auth", flags->auth, "none, basic, md5 or sha256");
  parser.add_option("--user", options.user, "Who may connect");
  parser.add_option("--password", options.password, "With which password");
  parser.add_option("--requests-per-nonce", options.requests_per_nonce, "Make nonces go stale");
  parser.add_option("--cache", options.cache_dir, "Folder where drawn scenes are kept");
  parser.add_flag("--once", options.once, "Each client gets the file once, from its beginning");
  parser.add_option("--fps", options.fps, "Of drawn main streams, 1 to 60")->capture_default_str();
  parser.add_option("--scenes", options.scenes, "Different scenes")->capture_default_str();
  parser.add_flag("--stamp", options.stamp,
                  "Draw the wall clock into scenes, for programs to read");
  parser.add_flag("--aligned", options.aligned, "Key frames of all cameras at once");
  parser.add_flag("--stats", flags->stats, "Print what was sent, as JSON, at the end");
  add_onvif(parser, *flags);
  add_faults(parser, *flags);
  return [flags] { return simulate(*flags); };
}

}  // namespace

std::vector<Command> simulator_commands() {
  return {{auth::Policy(auth::Operation::kRunServer, auth::ObjectKind::kServer,
                        auth::PictureUse::kNone),
           "sim", "Serve simulated cameras over RTSP", setup_sim}};
}

}  // namespace vedette::app
