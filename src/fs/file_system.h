// SPDX-License-Identifier: Apache-2.0
// The file seam: everything the archive does to a disk goes through here, so that tests can cut the
// power, fill the disk and fail any single operation. RealFileSystem is Linux; FakeFileSystem
// (fake_file_system.h) lives in memory.
//
// Paths are absolute or relative to the working directory, UTF-8, separated by '/'. Errors carry
// the operation and the path: kNotFound (ENOENT, ENOTDIR), kPermissionDenied (EACCES, EPERM,
// EROFS), kResourceExhausted (ENOSPC, EDQUOT, EMFILE), kFailedPrecondition (EEXIST, ENOTEMPTY),
// kUnavailable (everything else of the device, EIO first of all).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::fs {

/// An open file. Closed by the destructor, without a sync. Writing is confined to one thread;
/// read_at() may be called from any.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to into.size() bytes; fewer only at the end of the file.
  [[nodiscard]] virtual Result<size_t> read_at(uint64_t offset, std::span<uint8_t> into) const = 0;
  /// Writes all parts one after another at `offset`, with one system call where it can (up to
  /// IOV_MAX parts, no short write). After an error the written range is unknown.
  [[nodiscard]] virtual Result<void> write_at(uint64_t offset, std::span<const ByteSpan> parts) = 0;
  /// Reserves space without changing size(). A file system that cannot answers with success: it is
  /// an optimisation, and a full disk shows at the write.
  [[nodiscard]] virtual Result<void> allocate(uint64_t offset, uint64_t size) = 0;
  /// Also gives back what allocate() reserved beyond the end.
  [[nodiscard]] virtual Result<void> truncate(uint64_t size) = 0;
  /// Data and size are on the medium. After an error nothing written since the last success may be
  /// believed, and calling again proves nothing: the kernel may have dropped the pages.
  [[nodiscard]] virtual Result<void> sync_data() = 0;
  [[nodiscard]] virtual Result<uint64_t> size() const = 0;
  /// Hint that these synced bytes are not read again soon.
  virtual void drop_cache(uint64_t offset, uint64_t size) = 0;
};

struct DirEntry {
  std::string name;
  bool is_dir = false;
  bool is_other = false;  ///< neither a folder nor a regular file: a link, a device; not followed
};

struct Space {
  uint64_t total_bytes = 0;
  uint64_t free_bytes = 0;  ///< for a process without privileges
  uint64_t device = 0;      ///< paths of one device share these bytes
};

/// Held until destroyed; the operating system releases it when the process dies.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

/// Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// A new file for reading and writing, mode 0640; kFailedPrecondition when it exists.
  [[nodiscard]] virtual Result<std::unique_ptr<File>> create(const std::string& path) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<File>> open_read(const std::string& path) = 0;
  /// An existing file for reading and writing.
  [[nodiscard]] virtual Result<std::unique_ptr<File>> open_write(const std::string& path) = 0;
  [[nodiscard]] virtual Result<void> remove(const std::string& path) = 0;
  /// Replaces `to`.
  [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Without "." and "..", in no order.
  [[nodiscard]] virtual Result<std::vector<DirEntry>> list(const std::string& dir) = 0;
  /// The directory and its parents; success when it is there already.
  [[nodiscard]] virtual Result<void> make_dirs(const std::string& dir) = 0;
  /// Removes an empty directory; kFailedPrecondition when it is not empty.
  [[nodiscard]] virtual Result<void> remove_dir(const std::string& dir) = 0;
  /// The names in `dir` are on the medium.
  [[nodiscard]] virtual Result<void> sync_dir(const std::string& dir) = 0;
  /// Everything of the file system that holds `path` is on the medium (syncfs).
  [[nodiscard]] virtual Result<void> sync_all(const std::string& path) = 0;
  [[nodiscard]] virtual Result<Space> space(const std::string& path) = 0;
  [[nodiscard]] virtual bool exists(const std::string& path) = 0;
  /// kFailedPrecondition when another process (or another holder in this one) has it.
  [[nodiscard]] virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

/// The operating system's files.
class RealFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open_read(const std::string& path) override;
  Result<std::unique_ptr<File>> open_write(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<std::vector<DirEntry>> list(const std::string& dir) override;
  Result<void> make_dirs(const std::string& dir) override;
  Result<void> remove_dir(const std::string& dir) override;
  Result<void> sync_dir(const std::string& dir) override;
  Result<void> sync_all(const std::string& path) override;
  Result<Space> space(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;
};

/// "a/b" + "c" = "a/b/c".
[[nodiscard]] std::string join(std::string_view dir, std::string_view name);
/// The directory part; "." when there is none.
[[nodiscard]] std::string parent_of(std::string_view path);

/// The whole of a small file. kResourceExhausted when it is larger than `max_bytes`.
[[nodiscard]] Result<Bytes> read_all(FileSystem& files, const std::string& path,
                                     size_t max_bytes = size_t{1} << 20);
/// A small file that is either whole or not there after a power cut: written beside, synced,
/// renamed, directory synced.
[[nodiscard]] Result<void> write_atomically(FileSystem& files, const std::string& path,
                                            ByteSpan content);

}  // namespace vedette::fs
