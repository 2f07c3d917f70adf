// SPDX-License-Identifier: Apache-2.0
// vedette volume list|set|remove: where is recorded to and how much of each disk may be taken,
// through the running server's control socket, else in the configuration itself.
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "app/control.h"
#include "app/question.h"
#include "app/retention_text.h"
#include "app/volume_text.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

const std::string kVolumes = "/api/v1/volumes";

int print_volumes(const json::value& volumes) {
  for (const json::value& volume : volumes.as_array())
    std::printf("%s\n", volume_line(volume.as_object()).c_str());
  return kDone;
}

std::function<int()> setup_list(CLI::App& parser) {
  return setup_showing(parser, {"GET", kVolumes}, &print_volumes);
}

struct SetOptions {
  std::string data, path;
  LimitWords limits;
  bool dry_run = false;
};

/// The volume as it is, or a new one.
Result<json::object> volume_at(Control& control, const std::string& path) {
  VEDETTE_ASSIGN(const std::string answer, control.ask("GET", kVolumes, ""));
  const json::value all = json::parse(answer);
  for (const json::value& volume : all.as_array())
    if (volume.at("path").as_string() == path) return volume.as_object();
  return json::object{{"path", path}, {"quota_bytes", nullptr}, {"reserve_bytes", nullptr}};
}

int say_plan(Control& control, const json::object& volume) {
  const auto answer = control.ask("GET", "/api/v1/storage/plan?" + plan_query(volume), "");
  if (!answer) return report(answer.error());
  std::printf("%s\n(dry run: nothing was changed)\n",
              plan_sentence(json::parse(*answer).as_object()).c_str());
  return kDone;
}

int set(const SetOptions& options) {
  Control control(options.data);
  auto volume = volume_at(control, options.path);
  if (!volume) return report(volume.error());
  if (const auto good = apply_limits(options.limits, *volume); !good) return report(good.error());
  if (options.dry_run) return say_plan(control, *volume);
  const auto answer = control.exchange("PUT", kVolumes, json::serialize(*volume));
  if (!answer) return report(answer.error());
  if (answer->status >= 300) return report(problem_of(*answer));
  std::printf("%s%s\n", answer->status == 201 ? "recorded to from now on: " : "",
              volume_line(json::parse(answer->body).as_object()).c_str());
  return kDone;
}

std::function<int()> setup_set(CLI::App& parser) {
  auto options = std::make_shared<SetOptions>();
  parser.add_option("--data", options->data, "Data folder of the site")->required();
  parser.add_option("--path", options->path, "The folder, as `vedette volume list` shows it")
      ->required();
  parser.add_option("--quota", options->limits.quota,
                    "Recordings stay below: 500GB, 1.5TB; none takes the limit away");
  parser.add_option("--reserve", options->limits.reserve,
                    "Kept free on the disk: 20GB, 0; default is 5 % but at most 1 GiB");
  parser.add_flag("--dry-run", options->dry_run, "Say what would be deleted, and change nothing");
  return [options] { return set(*options); };
}

std::function<int()> setup_remove(CLI::App& parser) {
  return setup_change(
      parser, {"--path", "The folder, as `vedette volume list` shows it", "DELETE",
               "/api/v1/volumes?path={}",
               "nothing new is recorded to {}; what is there stays until its time is over"});
}

}  // namespace

std::vector<Command> volume_commands() {
  using auth::ObjectKind;
  using auth::Operation;
  using auth::PictureUse;
  const auth::Policy configure(Operation::kConfigureVolumes, ObjectKind::kServer,
                               PictureUse::kNone);
  return {
      {auth::Policy(Operation::kReadStatus, ObjectKind::kServer, PictureUse::kNone), "volume list",
       "Where is recorded to, and with which limits", setup_list},
      {configure, "volume set", "Record to a folder, or change its quota and reserve", setup_set},
      {configure, "volume remove", "Record nothing new to a folder", setup_remove},
  };
}

}  // namespace vedette::app
