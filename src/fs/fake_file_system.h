// SPDX-License-Identifier: Apache-2.0
// A disk in memory that behaves as badly as POSIX allows: what was not synced is lost by
// power_cut(), a name that was not synced with its directory too. Faults fail the n-th matching
// operation, once or for good; the disk can be filled. Thread-safe.
#pragma once

#include <map>
#include <set>

#include "base/mutex.h"
#include "fs/file_system.h"

namespace vedette::fs {

/// What a fault can hit and the counters count.
enum class Op {
  kCreate,
  kOpen,
  kRead,
  kWrite,
  kAllocate,
  kTruncate,
  kSync,
  kSyncDir,
  kSyncAll,
  kRemove,
  kRename,
  kList,
  kMakeDir,
  kSpace,
  kLock
};

struct Fault {
  Op op = Op::kWrite;
  int nth = 1;            ///< of the matching operations from now on, counted from 1
  bool for_good = false;  ///< that one and every later one
  ErrorCode code = ErrorCode::kUnavailable;
  std::string path_part;  ///< only paths that contain this
};

class FakeFileSystem final : public FileSystem {
 public:
  explicit FakeFileSystem(uint64_t capacity_bytes = uint64_t{1} << 40);
  ~FakeFileSystem() override;

  // Faults.
  void inject(Fault fault);
  void clear_faults();
  void set_capacity(uint64_t bytes);
  /// Every file and name is as it was last synced; open files fail from now on.
  void power_cut();
  /// The folder and all below it are gone, as when a disk is pulled; plug_in() brings them back.
  void unplug(const std::string& dir);
  void plug_in(const std::string& dir);

  // Looking.
  [[nodiscard]] int count(Op op) const;
  [[nodiscard]] std::vector<std::string> all_files() const;
  [[nodiscard]] Bytes content(const std::string& path) const;
  [[nodiscard]] uint64_t used_bytes() const;

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

 private:
  friend class FakeFile;
  friend class FakeLock;
  struct Node {
    Bytes data;
    Bytes synced;
  };
  using NodePtr = std::shared_ptr<Node>;

  [[nodiscard]] Result<void> check(Op op, const std::string& path) VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] bool unplugged(const std::string& path) const VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] uint64_t used() const VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string& path);

  mutable Mutex mutex_{LockOrder::kLeaf};
  uint64_t capacity_ VEDETTE_GUARDED_BY(mutex_);
  uint64_t power_cuts_ VEDETTE_GUARDED_BY(mutex_) = 0;
  std::vector<Fault> faults_ VEDETTE_GUARDED_BY(mutex_);
  std::map<Op, int> counts_ VEDETTE_GUARDED_BY(mutex_);
  std::map<std::string, NodePtr> names_ VEDETTE_GUARDED_BY(mutex_);
  std::map<std::string, NodePtr> synced_names_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> dirs_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> synced_dirs_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> unplugged_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> locks_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::fs
