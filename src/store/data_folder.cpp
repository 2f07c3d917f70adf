// SPDX-License-Identifier: Apache-2.0
#include "store/data_folder.h"

namespace vedette::store {
namespace {

/// A file, a link to nowhere, a name too long: the reason is the system's, what to do is ours.
Error unusable(const std::string& dir, const Error& why) {
  return make_error(why.code, dir + " cannot be the data folder (" + why.what +
                                  "); give a folder on a disk with --data");
}

}  // namespace

Result<DataFolder> DataFolder::open(fs::FileSystem& files, const std::string& dir) {
  if (dir.empty()) return make_error(ErrorCode::kInvalidArgument, "name a data folder: --data DIR");
  if (!files.exists(dir)) {
    if (!files.exists(fs::parent_of(dir)))
      return make_error(ErrorCode::kNotFound, "the data folder " + dir + " is missing, and so is " +
                                                  fs::parent_of(dir) +
                                                  "; create it or mount its disk");
    const auto made = files.make_dirs(dir);
    if (!made) return unusable(dir, made.error());
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
  if (!lock) return unusable(dir, lock.error());
  return DataFolder(dir, std::move(lock).value());
}

}  // namespace vedette::store
