// SPDX-License-Identifier: Apache-2.0
// vedette hold add|list|remove: through the running server's control socket, else in the
// configuration itself.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "app/control.h"
#include "app/question.h"
#include "base/time.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

constexpr const char* kHolds = "/api/v1/holds";

struct AddOptions {
  std::string data, camera, from, to, reason, by;
};

std::string user_name() {
  const char* name = std::getenv("USER");
  return name == nullptr || *name == '\0' ? "owner" : name;
}

int add(const AddOptions& options) {
  const auto from = parse_time(options.from);
  if (!from) return report(from.error());
  const auto to = parse_time(options.to);
  if (!to) return report(to.error());
  const json::object hold{{"camera", options.camera},
                          {"from_us", from->us},
                          {"to_us", to->us},
                          {"reason", options.reason},
                          {"by", options.by.empty() ? user_name() : options.by}};
  Control control(options.data);
  const auto placed = control.ask("POST", kHolds, json::serialize(hold));
  if (!placed) return report(placed.error());
  const json::value answer = json::parse(*placed);
  std::printf("hold %s placed; lift it with: vedette hold remove --data %s --id %s\n",
              answer.at("id").as_string().c_str(), options.data.c_str(),
              answer.at("id").as_string().c_str());
  return kDone;
}

std::function<int()> setup_add(CLI::App& parser) {
  auto options = std::make_shared<AddOptions>();
  parser.add_option("--data", options->data, "Data folder of the site")->required();
  parser.add_option("--camera", options->camera, "The camera's id")->required();
  parser.add_option("--from", options->from, "2026-11-22T14:00:00Z, or UTC microseconds")
      ->required();
  parser.add_option("--to", options->to, "The same; what is held ends before it")->required();
  parser.add_option("--reason", options->reason, "Why, in a few words")->required();
  parser.add_option("--by", options->by, "Who asks for it (default: your user name)");
  return [options] { return add(*options); };
}

int print_holds(const json::value& holds) {
  for (const json::value& hold : holds.as_array())
    std::printf("%s  %-16s %s to %s  %s (%s)\n", hold.at("id").as_string().c_str(),
                hold.at("camera").as_string().c_str(),
                to_rfc3339({hold.at("from_us").to_number<int64_t>()}).c_str(),
                to_rfc3339({hold.at("to_us").to_number<int64_t>()}).c_str(),
                hold.at("reason").as_string().c_str(), hold.at("by").as_string().c_str());
  return kDone;
}

std::function<int()> setup_list(CLI::App& parser) {
  return setup_showing(parser, {"GET", kHolds}, &print_holds);
}

std::function<int()> setup_remove(CLI::App& parser) {
  return setup_change(
      parser, {"--id", "The hold's id, as `vedette hold list` shows it", "DELETE",
               "/api/v1/holds/{}", "hold {} lifted; what it kept is deleted when its time comes"});
}

}  // namespace

std::vector<Command> hold_commands() {
  using auth::ObjectKind;
  using auth::Operation;
  using auth::PictureUse;
  return {
      {auth::Policy(Operation::kHoldRecordings, ObjectKind::kCamera, PictureUse::kNone), "hold add",
       "Keep a stretch of a camera from deletion", setup_add},
      {auth::Policy(Operation::kReadLedger, ObjectKind::kServer, PictureUse::kNone), "hold list",
       "What is kept, why, and by whom", setup_list},
      {auth::Policy(Operation::kHoldRecordings, ObjectKind::kCamera, PictureUse::kNone),
       "hold remove", "Lift a hold", setup_remove},
  };
}

}  // namespace vedette::app
