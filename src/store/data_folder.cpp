// SPDX-License-Identifier: Apache-2.0
#include "store/data_folder.h"

namespace vedette::store {

Result<DataFolder> DataFolder::open(fs::FileSystem& files, const std::string& dir) {
  if (dir.empty()) return make_error(ErrorCode::kInvalidArgument, "name a data folder: --data DIR");
  if (!files.exists(dir)) {
    if (!files.exists(fs::parent_of(dir)))
      return make_error(ErrorCode::kNotFound, "the data folder " + dir + " is missing, and so is " +
                                                  fs::parent_of(dir) +
                                                  "; create it or mount its disk");
    VEDETTE_TRY(files.make_dirs(dir));
  }
  const DataPaths paths(dir);
  auto lock = files.lock(paths.lock);
  if (!lock && lock.error().code == ErrorCode::kFailedPrecondition)
    return make_error(ErrorCode::kFailedPrecondition,
                      "another vedette server runs on " + dir + "; stop it or use another --data");
  if (!lock && lock.error().code == ErrorCode::kPermissionDenied)
    return make_error(ErrorCode::kPermissionDenied,
                      "cannot write to the data folder " + dir + " (" + lock.error().what +
                          "); give this user access or use another --data");
  if (!lock) return std::move(lock).error().with_context("data folder");
  return DataFolder(dir, std::move(lock).value());
}

}  // namespace vedette::store
