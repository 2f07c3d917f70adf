// SPDX-License-Identifier: Apache-2.0
#include "app/volume_folders.h"

#include <algorithm>
#include <filesystem>

namespace vedette::app {
namespace {

namespace fs = std::filesystem;

/// Without links, as far as it is there; as it was given where even that cannot be looked up.
fs::path real_path(const std::string& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) real = fs::path(path).lexically_normal();
  return real.has_filename() ? real : real.parent_path();  // "/a/" is "/a"
}

bool lies_within(const fs::path& inner, const fs::path& outer) {
  const auto [out, in] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return out == outer.end();
}

Error refusal(const std::string& inner, const std::string& relation, const std::string& outer) {
  return make_error(ErrorCode::kInvalidArgument,
                    "the volume " + inner + " " + relation + " the volume " + outer +
                        ": what is recorded there would be counted and deleted twice; give each "
                        "--volume a folder of its own, none of them within another");
}

}  // namespace

Result<void> check_volume_folders(const std::vector<std::string>& paths) {
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t j = 0; j < paths.size(); ++j) {
      if (i == j) continue;
      const fs::path inner = real_path(paths[i]);
      const fs::path outer = real_path(paths[j]);
      std::error_code error;  // of one that is not there: then they are not the same by a mount
      if (inner == outer || fs::equivalent(inner, outer, error))
        return refusal(paths[i], "is the same folder as", paths[j]);
      if (lies_within(inner, outer)) return refusal(paths[i], "lies within", paths[j]);
    }
  }
  return ok();
}

}  // namespace vedette::app
