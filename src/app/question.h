// SPDX-License-Identifier: Apache-2.0
// Commands that put one question to the API of a data folder (control.h): those that show what is
// there, and those that change one thing which they name. Confined to the main thread.
#pragma once

#include <functional>
#include <string>

#include <boost/json/fwd.hpp>

#include "app/command.h"

namespace vedette::app {

struct Question {
  const char* method = "GET";
  std::string target;
  const char* body = "";
};

/// Declares --data and --json. The command prints the answer's JSON, or has `print` show it to a
/// person; what `print` returns is its exit code.
[[nodiscard]] std::function<int()> setup_showing(CLI::App& parser, Question question,
                                                 int (*print)(const boost::json::value& answer));

/// A change of one thing, which an option of the command names.
struct ChangeOfOne {
  const char* option;          ///< "--id"
  const char* help;            ///< of that option
  const char* method;          ///< "DELETE"
  const char* target;          ///< with {} for what the option says, percent-encoded
  const char* said_when_done;  ///< likewise with {}, as it was written
};

/// Declares --data and the option.
[[nodiscard]] std::function<int()> setup_change(CLI::App& parser, const ChangeOfOne& change);

}  // namespace vedette::app
