// SPDX-License-Identifier: Apache-2.0
#include "app/question.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/control.h"
#include "app/volume_text.h"

namespace vedette::app {

std::function<int()> setup_showing(CLI::App& parser, Question question,
                                   int (*print)(const boost::json::value& answer)) {
  auto data = std::make_shared<std::string>();
  auto as_json = std::make_shared<bool>(false);
  parser.add_option("--data", *data, "Data folder of the site")->required();
  parser.add_flag("--json", *as_json, "The API's JSON");
  return [data, as_json, question = std::move(question), print] {
    Control control(*data);
    const auto answer = control.ask(question.method, question.target, question.body);
    if (!answer) return report(answer.error());
    if (!*as_json) return print(boost::json::parse(*answer));
    std::printf("%s\n", answer->c_str());
    return static_cast<int>(kDone);
  };
}

std::function<int()> setup_change(CLI::App& parser, const ChangeOfOne& change) {
  auto data = std::make_shared<std::string>();
  auto named = std::make_shared<std::string>();
  parser.add_option("--data", *data, "Data folder of the site")->required();
  parser.add_option(change.option, *named, change.help)->required();
  return [data, named, change] {
    Control control(*data);
    const std::string target = fmt::format(fmt::runtime(change.target), percent_encoded(*named));
    const auto answer = control.ask(change.method, target, "");
    if (!answer) return report(answer.error());
    std::printf("%s\n", fmt::format(fmt::runtime(change.said_when_done), *named).c_str());
    return static_cast<int>(kDone);
  };
}

}  // namespace vedette::app
