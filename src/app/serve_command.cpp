// SPDX-License-Identifier: Apache-2.0
// vedette serve: runs until SIGINT or SIGTERM.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/retention_text.h"
#include "app/server.h"
#include "app/signals.h"
#include "base/log.h"

namespace vedette::app {
namespace {

/// As a shell takes it for one word.
std::string quoted(const std::string& word) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 || std::strchr("/._-+,:@%", c) != nullptr;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

void greet(const Server& server, const ServerOptions& options) {
  if (server.port() == 0) {
    std::printf("Vedette is running, with no address to open: --listen is empty.\n");
    std::fflush(stdout);
    return;
  }
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  std::printf("Vedette is running at http://%s:%u/\n", host.c_str(), server.port());
  if (options.demo) {
    std::printf(
        "Next: open it. Its cameras are drawn, not real; the first time that takes a "
        "minute. Stop with Ctrl-C.\n");
  } else if (server.cameras() == 0) {
    std::printf(
        "Next: open it and add a camera, or: %s camera add --data %s --id door --name Door "
        "--url rtsp://user:password@host/path\n",
        quoted(program_invocation_name).c_str(), quoted(options.data).c_str());
  } else {
    std::printf("Next: open it. Recording %zu cameras. Stop with Ctrl-C.\n", server.cameras());
  }
  std::fflush(stdout);
}

int serve(const ServerOptions& options) {
  const sigset_t signals = block_stop_signals();
  const auto server = Server::start(options);
  if (!server) return report(server.error());
  greet(**server, options);
  wait_for_stop(signals);
  log::info("app", "stopping");
  return kDone;
}

std::function<int()> setup(CLI::App& parser) {
  auto options = std::make_shared<ServerOptions>();
  auto quota = std::make_shared<std::string>();
  auto transcode = std::make_shared<int>(50);
  parser.add_option("--data", options->data, "Folder for configuration and index")->required();
  parser.add_option("--listen", options->listen, "Address and port, on loopback only")
      ->capture_default_str();
  parser.add_option("--volume", options->volumes,
                    "Folder to record to (default: DATA/video), with its own limits if any: "
                    "/srv/video,quota=1TB,reserve=20GB");
  parser.add_option("--quota", *quota, "Use at most this much of each volume: 10GB, 1.5TB");
  parser.add_option("--discover", options->discover,
                    "Where cameras are looked for: network (the default), or an address to ask by "
                    "itself: 10.1.0.20; may be given again");
  parser.add_option("--web", options->web_root, "Folder of the built page");
  parser
      .add_option("--transcode-budget", *transcode,
                  "Percent of a core for showing live what a browser cannot decode; 0: none")
      ->check(CLI::Range(0, 800))
      ->capture_default_str();
  parser.add_flag("--demo", options->demo, "With simulated cameras");
  return [options, quota, transcode] {
    options->transcode_cores = *transcode / 100.0;
    if (!quota->empty()) {
      const auto bytes = parse_size(*quota);
      if (!bytes) return report(bytes.error());
      options->quota_bytes = *bytes;
    }
    return serve(*options);
  };
}

}  // namespace

std::vector<Command> server_commands() {
  return {{auth::Policy(auth::Operation::kRunServer, auth::ObjectKind::kServer,
                        auth::PictureUse::kNone),
           "serve", "Record, and show it in the browser", setup}};
}

}  // namespace vedette::app
