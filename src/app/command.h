// SPDX-License-Identifier: Apache-2.0
// A command of the program. Like every route and WebSocket message it cannot be defined without
// the policy that says what it does to what; until accounts exist, whoever may open the data folder
// is its owner.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "auth/policy.h"
#include "base/result.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace vedette::app {

/// Exit codes of every command (docs/guide/operate.md).
enum ExitCode : int { kDone = 0, kAnswerIsNo = 1, kWrongUsage = 2, kCouldNot = 3 };

struct Command {
  Command(auth::Policy command_policy, std::string command_name, std::string command_help,
          std::function<std::function<int()>(CLI::App&)> command_setup)
      : policy(command_policy),
        name(std::move(command_name)),
        help(std::move(command_help)),
        setup(std::move(command_setup)) {}

  auth::Policy policy;
  std::string name;  ///< "camera add": a space makes a subcommand
  std::string help;
  /// Declares the options on the parser and returns what runs once they are parsed.
  std::function<std::function<int()>(CLI::App&)> setup;
};

/// The one line on stderr that a failure ends with; gives the exit code that fits it.
int report(const Error& error);

std::vector<Command> camera_commands();
std::vector<Command> config_commands();
std::vector<Command> hold_commands();
std::vector<Command> storage_commands();
std::vector<Command> volume_commands();
std::vector<Command> server_commands();     // serve
std::vector<Command> status_commands();     // status
std::vector<Command> export_commands();     // export
std::vector<Command> fsck_commands();       // fsck
std::vector<Command> evidence_commands();   // verify, key
std::vector<Command> simulator_commands();  // sim

}  // namespace vedette::app
