// SPDX-License-Identifier: Apache-2.0
#include "app/volume_folders.h"

#include <algorithm>
#include <filesystem>

#include "store/volume.h"

namespace vedette::app {
namespace {

namespace stdfs = std::filesystem;

/// Without links, as far as it is there; as it was given where even that cannot be looked up.
stdfs::path real_path(const std::string& path) {
  std::error_code error;
  stdfs::path real = stdfs::weakly_canonical(stdfs::absolute(path, error), error);
  if (error) real = stdfs::path(path).lexically_normal();
  return real.has_filename() ? real : real.parent_path();  // "/a/" is "/a"
}

bool lies_within(const stdfs::path& inner, const stdfs::path& outer) {
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
      const stdfs::path inner = real_path(paths[i]);
      const stdfs::path outer = real_path(paths[j]);
      std::error_code error;  // of one that is not there: then they are not the same by a mount
      if (inner == outer || stdfs::equivalent(inner, outer, error))
        return refusal(paths[i], "is the same folder as", paths[j]);
      if (lies_within(inner, outer)) return refusal(paths[i], "lies within", paths[j]);
    }
  }
  return ok();
}

Result<void> check_new_volumes(fs::FileSystem& files, const store::ConfigStore& config,
                               const std::vector<std::string>& paths) {
  VEDETTE_ASSIGN(const auto known, config.volumes());
  for (const std::string& path : paths) {
    const stdfs::path real = real_path(path);
    if (std::any_of(known.begin(), known.end(), [&](const store::KnownVolume& one) {
          return one.path == path || real_path(one.path) == real;
        }))
      continue;
    const auto found = store::Volume::look(files, config, path);
    if (!found && found.error().code == ErrorCode::kFailedPrecondition)
      return make_error(found.error().code, found.error().what);
  }
  return ok();
}

}  // namespace vedette::app
