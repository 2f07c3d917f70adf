// SPDX-License-Identifier: Apache-2.0
// Parses the command line and runs one command. Exceptions of libraries end here.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "base/log.h"

namespace vedette::app {

namespace {

/// The parser for "camera add": a subcommand of a subcommand made when first needed.
CLI::App* parser_for(CLI::App& root, std::map<std::string, CLI::App*>& groups,
                     const Command& command) {
  const size_t space = command.name.find(' ');
  if (space == std::string::npos) return root.add_subcommand(command.name, command.help);
  const std::string group = command.name.substr(0, space);
  if (groups[group] == nullptr) {
    groups[group] = root.add_subcommand(group, "Commands about a " + group);
    groups[group]->require_subcommand(1);
  }
  return groups[group]->add_subcommand(command.name.substr(space + 1), command.help);
}

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  for (auto* part : {server_commands, camera_commands, config_commands, hold_commands,
                     storage_commands, volume_commands, status_commands, export_commands,
                     fsck_commands, evidence_commands, simulator_commands}) {
    for (Command& command : part()) commands.push_back(std::move(command));
  }
  return commands;
}

/// An answer that did not get where it was sent to (a full disk) is none.
int delivered(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  std::fprintf(stderr,
               "vedette: cannot write the answer to the standard output: %s; make room, or send it "
               "elsewhere\n",
               std::strerror(errno));
  return kCouldNot;
}

/// The command that was being read, as its help is asked for: "vedette camera probe".
std::string typed_command(const CLI::App& root) {
  std::string words = root.get_name();
  for (const CLI::App* app = &root; !app->get_subcommands().empty();) {
    app = app->get_subcommands().back();
    words += " " + app->get_name();
  }
  return words;
}

int run(int argc, char** argv) {
  CLI::App root("Vedette records every camera, shows any moment and watches places, not people.",
                "vedette");
  root.set_version_flag("--version", std::string("vedette ") + VEDETTE_VERSION);
  root.require_subcommand(1);
  bool verbose = false;
  root.add_flag("-v,--verbose", verbose, "Log every step");

  int exit_code = kDone;
  std::map<std::string, CLI::App*> groups;
  for (const Command& command : all_commands()) {
    CLI::App* parser = parser_for(root, groups, command);
    parser->callback([&, action = command.setup(*parser)] {
      log::init(verbose ? log::Level::kDebug : log::Level::kInfo);
      exit_code = action();
    });
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Asking for help or the version is no error and prints to stdout.
    if (error.get_exit_code() == 0) return root.exit(error);
    std::fprintf(stderr, "vedette: %s; try: %s --help\n", error.what(),
                 typed_command(root).c_str());
    return kWrongUsage;
  }
  return delivered(exit_code);
}

}  // namespace
}  // namespace vedette::app

int main(int argc, char** argv) {
  try {
    return vedette::app::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vedette: internal: %s\n", error.what());
    return vedette::app::kCouldNot;
  }
}
