// SPDX-License-Identifier: Apache-2.0
// vedette storage: how full the volumes are, what each camera keeps, and a dry run of deletion.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "app/control.h"
#include "app/retention_text.h"
#include "app/storage_text.h"
#include "base/time.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

void print_plan(const json::value& plan) {
  std::printf("%lld files, %.1f GB would be deleted\n",
              static_cast<long long>(plan.at("files").to_number<int64_t>()),
              plan.at("bytes").to_number<double>() / 1e9);
  for (const json::value& file : plan.at("deletions").as_array())
    std::printf("%-10s %s%s\n", file.at("reason").as_string().c_str(),
                file.at("path").as_string().c_str(),
                file.at("below_minimum").as_bool() ? "  (less than asked is kept)" : "");
}

int storage(const std::string& data, const std::string& plan, bool as_json) {
  std::string target = "/api/v1/storage";
  if (!plan.empty()) {
    const auto ahead = parse_duration(plan);
    if (!ahead) return report(ahead.error());
    target += "/plan?ahead_us=" + std::to_string(*ahead);
  }
  Control control(data);
  const auto answer = control.ask("GET", target, "");
  if (!answer) return report(answer.error());
  if (as_json) {
    std::printf("%s\n", answer->c_str());
    return kDone;
  }
  const json::value body = json::parse(*answer);
  if (!plan.empty()) {
    print_plan(body);
    return kDone;
  }
  for (const std::string& line : storage_lines(body.as_object())) std::printf("%s\n", line.c_str());
  return kDone;
}

std::function<int()> setup(CLI::App& parser) {
  auto data = std::make_shared<std::string>();
  auto plan = std::make_shared<std::string>();
  auto as_json = std::make_shared<bool>(false);
  parser.add_option("--data", *data, "Data folder of the site")->required();
  parser.add_option("--plan", *plan, "List what will have been deleted in this time: 24h, 7d");
  parser.add_flag("--json", *as_json, "The API's JSON");
  return [data, plan, as_json] { return storage(*data, *plan, *as_json); };
}

}  // namespace

std::vector<Command> storage_commands() {
  return {{auth::Policy(auth::Operation::kReadStatus, auth::ObjectKind::kServer,
                        auth::PictureUse::kNone),
           "storage", "How full the disks are, what is kept, what goes next", setup}};
}

}  // namespace vedette::app
