// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fs/descriptor.h"
#include "fs/file_system.h"

namespace vedette::fs {
namespace {

constexpr size_t kMaxParts = 1024;  // IOV_MAX of Linux

ErrorCode code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
      return ErrorCode::kResourceExhausted;
    case EEXIST:
    case ENOTEMPTY:
    case EWOULDBLOCK:
      return ErrorCode::kFailedPrecondition;
    default:
      return ErrorCode::kUnavailable;
  }
}

Error failed(const char* operation, const std::string& path, int error) {
  std::array<char, 128> text{};
  const char* words = strerror_r(error, text.data(), text.size());
  return make_error(code_of(error), std::string(operation) + " " + path + ": " + words);
}

class RealFile final : public File {
 public:
  RealFile(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> into) const override {
    size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(fd_.get(), into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed("read", path_, errno);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

  Result<void> write_at(uint64_t offset, std::span<const ByteSpan> parts) override {
    std::array<iovec, kMaxParts> vectors;
    while (!parts.empty()) {
      const size_t count = std::min(parts.size(), kMaxParts);
      for (size_t i = 0; i < count; ++i)
        vectors[i] = {const_cast<uint8_t*>(parts[i].data()), parts[i].size()};  // as writev wants
      VEDETTE_TRY(write_vectors(offset, std::span(vectors.data(), count)));
      for (size_t i = 0; i < count; ++i) offset += parts[i].size();
      parts = parts.subspan(count);
    }
    return ok();
  }

  Result<void> allocate(uint64_t offset, uint64_t size) override {
    if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                    static_cast<off_t>(size)) != 0 &&
        errno != EOPNOTSUPP && errno != ENOSYS)
      return failed("reserve space for", path_, errno);
    return ok();
  }
  Result<void> truncate(uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0)
      return failed("truncate", path_, errno);
    return ok();
  }
  Result<void> sync_data() override {
    if (::fdatasync(fd_.get()) != 0) return failed("sync", path_, errno);
    return ok();
  }
  Result<uint64_t> size() const override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return failed("stat", path_, errno);
    return static_cast<uint64_t>(info.st_size);
  }
  void drop_cache(uint64_t offset, uint64_t size) override {
    (void)::posix_fadvise(fd_.get(), static_cast<off_t>(offset), static_cast<off_t>(size),
                          POSIX_FADV_DONTNEED);
  }

 private:
  // Consumes `vectors`; a short write goes on where it ended.
  Result<void> write_vectors(uint64_t offset, std::span<iovec> vectors) {
    while (!vectors.empty()) {
      const ssize_t wrote = ::pwritev(fd_.get(), vectors.data(), static_cast<int>(vectors.size()),
                                      static_cast<off_t>(offset));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return failed("write", path_, errno);
      offset += static_cast<uint64_t>(wrote);
      auto left = static_cast<size_t>(wrote);
      while (!vectors.empty() && left >= vectors.front().iov_len) {
        left -= vectors.front().iov_len;
        vectors = vectors.subspan(1);
      }
      if (vectors.empty()) break;
      if (wrote == 0) return failed("write", path_, EIO);
      vectors.front().iov_base = static_cast<uint8_t*>(vectors.front().iov_base) + left;
      vectors.front().iov_len -= left;
    }
    return ok();
  }

  Descriptor fd_;
  std::string path_;
};

class RealLock final : public FileLock {
 public:
  explicit RealLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  Descriptor fd_;
};

struct Closed {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

Result<std::unique_ptr<File>> open_file(const char* verb, const std::string& path, int flags) {
  Descriptor fd(::open(path.c_str(), flags | O_CLOEXEC, 0640));
  if (fd.get() < 0) return failed(verb, path, errno);
  return std::unique_ptr<File>(std::make_unique<RealFile>(std::move(fd), path));
}

}  // namespace

Result<std::unique_ptr<File>> RealFileSystem::create(const std::string& path) {
  return open_file("create", path, O_RDWR | O_CREAT | O_EXCL);
}
Result<std::unique_ptr<File>> RealFileSystem::open_read(const std::string& path) {
  return open_file("open", path, O_RDONLY);
}
Result<std::unique_ptr<File>> RealFileSystem::open_write(const std::string& path) {
  return open_file("open", path, O_RDWR);
}

Result<void> RealFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failed("remove", path, errno);
  return ok();
}

Result<void> RealFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from, errno);
  return ok();
}

Result<std::vector<DirEntry>> RealFileSystem::list(const std::string& dir) {
  const std::unique_ptr<DIR, Closed> stream(::opendir(dir.c_str()));
  if (stream == nullptr) return failed("list", dir, errno);
  std::vector<DirEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_dir = entry->d_type == DT_DIR;
    bool is_file = entry->d_type == DT_REG;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat info {};
      const bool known = ::lstat(join(dir, name).c_str(), &info) == 0;
      is_dir = known && S_ISDIR(info.st_mode);
      is_file = known && S_ISREG(info.st_mode);
    }
    entries.push_back({std::string(name), is_dir, !is_dir && !is_file});
  }
  if (errno != 0) return failed("list", dir, errno);
  return entries;
}

Result<void> RealFileSystem::make_dirs(const std::string& dir) {
  if (::mkdir(dir.c_str(), 0750) == 0 || errno == EEXIST) return ok();
  const int error = errno;
  const std::string parent = parent_of(dir);
  if (error != ENOENT || parent == dir) return failed("create folder", dir, error);
  VEDETTE_TRY(make_dirs(parent));
  if (::mkdir(dir.c_str(), 0750) != 0 && errno != EEXIST)
    return failed("create folder", dir, errno);
  return ok();
}

Result<void> RealFileSystem::remove_dir(const std::string& dir) {
  if (::rmdir(dir.c_str()) != 0) return failed("remove folder", dir, errno);
  return ok();
}

Result<void> RealFileSystem::sync_dir(const std::string& dir) {
  const Descriptor fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return failed("open folder", dir, errno);
  if (::fsync(fd.get()) != 0) return failed("sync folder", dir, errno);
  return ok();
}

Result<void> RealFileSystem::sync_all(const std::string& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return failed("open", path, errno);
  if (::syncfs(fd.get()) != 0) return failed("sync the disk of", path, errno);
  return ok();
}

Result<Space> RealFileSystem::space(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return failed("look at free space of", path, errno);
  struct stat entry {};
  if (::stat(path.c_str(), &entry) != 0) return failed("look at free space of", path, errno);
  return Space{uint64_t{info.f_blocks} * info.f_frsize, uint64_t{info.f_bavail} * info.f_frsize,
               entry.st_dev};
}

bool RealFileSystem::exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

Result<std::unique_ptr<FileLock>> RealFileSystem::lock(const std::string& path) {
  int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (opened < 0 && errno == EISDIR)  // a folder is locked itself, whatever becomes of its files
    opened = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Descriptor fd(opened);
  if (!fd.ok()) return failed("open lock", path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return failed("lock", path, errno);
  return std::unique_ptr<FileLock>(std::make_unique<RealLock>(std::move(fd)));
}

}  // namespace vedette::fs
