// SPDX-License-Identifier: Apache-2.0
#include "app/web_root.h"

#include <cstdlib>
#include <filesystem>

namespace vedette::app {

std::string find_web_root() {
  namespace files = std::filesystem;
  std::error_code code;
  // build/release/vedette -> the source tree is two folders up.
  const files::path folder = files::read_symlink("/proc/self/exe", code).parent_path();
  const char* named = std::getenv("VEDETTE_WEB");
  for (const files::path& candidate :
       {files::path(named == nullptr ? "" : named), folder / "../../web/dist",
        folder / "../share/vedette/web"}) {
    if (!candidate.empty() && files::exists(candidate / "index.html", code)) {
      return files::weakly_canonical(candidate, code).string();
    }
  }
  return {};
}

}  // namespace vedette::app
