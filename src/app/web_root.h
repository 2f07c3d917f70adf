// SPDX-License-Identifier: Apache-2.0
// Where the built page lies.
#pragma once

#include <string>

namespace vedette::app {

/// VEDETTE_WEB, else web/dist of the source tree the program was built in, else
/// ../share/vedette/web beside the program. Empty when none of them holds an index.html.
[[nodiscard]] std::string find_web_root();

}  // namespace vedette::app
