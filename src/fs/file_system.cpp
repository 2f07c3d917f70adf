// SPDX-License-Identifier: Apache-2.0
#include "fs/file_system.h"

namespace vedette::fs {

std::string join(std::string_view dir, std::string_view name) {
  std::string path(dir);
  if (!path.empty() && path.back() != '/') path += '/';
  path += name;
  return path;
}

std::string parent_of(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

Result<Bytes> read_all(FileSystem& files, const std::string& path, size_t max_bytes) {
  VEDETTE_ASSIGN(const std::unique_ptr<File> file, files.open_read(path));
  VEDETTE_ASSIGN(const uint64_t size, file->size());
  if (size > max_bytes)
    return make_error(ErrorCode::kResourceExhausted, path + " is larger than expected");
  Bytes content(static_cast<size_t>(size));
  VEDETTE_ASSIGN(const size_t got, file->read_at(0, content));
  content.resize(got);
  return content;
}

Result<void> write_atomically(FileSystem& files, const std::string& path, ByteSpan content) {
  const std::string beside = path + ".new";
  if (files.exists(beside)) VEDETTE_TRY(files.remove(beside));  // of an attempt that was cut off
  {
    VEDETTE_ASSIGN(const std::unique_ptr<File> file, files.create(beside));
    VEDETTE_TRY(file->write_at(0, std::span(&content, 1)));
    VEDETTE_TRY(file->sync_data());
  }
  VEDETTE_TRY(files.rename(beside, path));
  return files.sync_dir(parent_of(path));
}

}  // namespace vedette::fs
